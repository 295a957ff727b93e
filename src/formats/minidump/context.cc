#include "formats/minidump/context.h"

namespace cairn::minidump {
namespace {

// The order of the integer registers in CONTEXT of amd64 (winnt.h), which is the hardware's.
constexpr model::RegisterIndex kAmd64Order[] = {
    model::kRax, model::kRcx, model::kRdx, model::kRbx, model::kRsp, model::kRbp,
    model::kRsi, model::kRdi, model::kR8,  model::kR9,  model::kR10, model::kR11,
    model::kR12, model::kR13, model::kR14, model::kR15, model::kRip};

constexpr std::uint32_t kContextCpuMask = 0xffff0000;

std::optional<model::Registers> ReadAmd64(base::ByteReader reader) {
  reader.Seek(wire::kContextAmd64FlagsOffset);
  const auto flags = reader.Read<std::uint32_t>();
  reader.Seek(wire::kContextAmd64RaxOffset);
  model::Registers registers;
  for (const model::RegisterIndex index : kAmd64Order) registers.Set(index, reader.Read<std::uint64_t>());
  // Crashpad sets more high bits than the CPU's (CONTEXT_XSTATE and CONTEXT_EXCEPTION_ACTIVE live there too).
  if (!reader.ok() || (flags & kContextCpuMask & wire::kContextAmd64) == 0) return std::nullopt;
  return registers;
}

}  // namespace

std::optional<model::Registers> ReadContext(const Minidump& dump, base::Bytes context, model::Cpu cpu) {
  if (cpu != model::Cpu::kAmd64) return std::nullopt;
  return ReadAmd64(dump.Reader(context));
}

}  // namespace cairn::minidump
