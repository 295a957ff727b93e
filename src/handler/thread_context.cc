#include "handler/thread_context.h"

#include <ucontext.h>

#include <cstring>
#include <span>

#include "base/byte_reader.h"

namespace cairn::handler {
namespace {

constexpr std::uint32_t kMxCsrOffset = 0x34;      // CONTEXT.MxCsr.
constexpr std::uint32_t kFxSaveMxCsrOffset = 24;  // Intel's manual volume 1, table 10-2.

// In the order of CONTEXT.
struct AllRegisters {
  std::array<std::uint64_t, 17> rax_to_rip{};
  std::array<std::uint16_t, 6> segments{};  // cs ds es fs gs ss
  std::uint32_t eflags = 0;
  base::Bytes fx_save;  // kFxSaveBytes of them.
};

template <typename T>
void Put(ContextBytes& context, std::uint32_t offset, const T& value) {
  std::memcpy(context.data() + offset, &value, sizeof(value));
}

ContextBytes MakeContext(const AllRegisters& registers) {
  ContextBytes context{};
  Put(context, wire::kContextAmd64FlagsOffset,
      wire::kContextAmd64Control | wire::kContextAmd64Integer | wire::kContextAmd64Segments |
          wire::kContextAmd64FloatingPoint);
  Put(context, wire::kContextAmd64SegmentsOffset, registers.segments);
  Put(context, wire::kContextAmd64EflagsOffset, registers.eflags);
  Put(context, wire::kContextAmd64RaxOffset, registers.rax_to_rip);
  std::memcpy(context.data() + wire::kContextAmd64FxSaveOffset, registers.fx_save.data(),
              registers.fx_save.size());
  std::memcpy(context.data() + kMxCsrOffset, registers.fx_save.data() + kFxSaveMxCsrOffset,
              sizeof(std::uint32_t));
  return context;
}

}  // namespace

ContextBytes ContextOfRequest(const wire::CrashRequest& request) {
  const auto& from = request.registers;
  // REG_CSGSFS holds cs, gs, fs and ss in this order, 16 bits each (asm/sigcontext.h).
  const std::uint64_t packed = from[REG_CSGSFS];
  const auto segment = [packed](int index) { return static_cast<std::uint16_t>(packed >> (16 * index)); };
  return MakeContext({
      .rax_to_rip = {from[REG_RAX], from[REG_RCX], from[REG_RDX], from[REG_RBX], from[REG_RSP], from[REG_RBP],
                     from[REG_RSI], from[REG_RDI], from[REG_R8], from[REG_R9], from[REG_R10], from[REG_R11],
                     from[REG_R12], from[REG_R13], from[REG_R14], from[REG_R15], from[REG_RIP]},
      .segments = {segment(0), 0, 0, segment(2), segment(1), segment(3)},
      .eflags = static_cast<std::uint32_t>(from[REG_EFL]),
      .fx_save = request.floating_point,
  });
}

ContextBytes ContextOfTrace(const user_regs_struct& general, const user_fpregs_struct& floating_point) {
  static_assert(sizeof(user_fpregs_struct) == wire::kFxSaveBytes);
  const auto segment = [](unsigned long long value) { return static_cast<std::uint16_t>(value); };
  return MakeContext({
      .rax_to_rip = {general.rax, general.rcx, general.rdx, general.rbx, general.rsp, general.rbp,
                     general.rsi, general.rdi, general.r8, general.r9, general.r10, general.r11, general.r12,
                     general.r13, general.r14, general.r15, general.rip},
      .segments = {segment(general.cs), segment(general.ds), segment(general.es), segment(general.fs),
                   segment(general.gs), segment(general.ss)},
      .eflags = static_cast<std::uint32_t>(general.eflags),
      .fx_save = std::as_bytes(std::span(&floating_point, 1)),
  });
}

}  // namespace cairn::handler
