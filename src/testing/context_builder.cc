#include "testing/context_builder.h"

#include "testing/byte_sink.h"

namespace cairn::testing {
namespace {

using model::RegisterIndex;
using model::Registers;

std::uint64_t Value(const Registers& registers, RegisterIndex index) {
  return registers.Get(index).value_or(0);
}

void Put32(ByteSink& sink, const Registers& registers, RegisterIndex first, RegisterIndex last) {
  for (RegisterIndex i = first; i <= last; ++i) sink.U32(static_cast<std::uint32_t>(Value(registers, i)));
}

void Put64(ByteSink& sink, const Registers& registers, RegisterIndex first, RegisterIndex last) {
  for (RegisterIndex i = first; i <= last; ++i) sink.U64(Value(registers, i));
}

std::vector<std::byte> Fill(ByteSink& sink, std::size_t size) {
  sink.Zeros(size - sink.size());
  return sink.Take();
}

// MDRawContextMIPS, whose registers `extend` brings to 64 bits.
std::vector<std::byte> EitherMips(const Registers& registers, std::uint32_t flags, std::endian order,
                                  std::uint64_t (*extend)(std::uint64_t)) {
  ByteSink sink(order);
  sink.U32(flags).U32(0);                                                        // context_flags, _pad0
  for (RegisterIndex i = 0; i < 32; ++i) sink.U64(extend(Value(registers, i)));  // iregs
  sink.U64(0x4d44'4849).U64(0x4d44'4c4f);                                        // mdhi, mdlo
  sink.Zeros(24).U32(0).U32(0);                                                  // hi, lo, dsp_control, _pad1
  sink.U64(extend(Value(registers, model::kMipsPc)));                            // epc
  return Fill(sink, 600);
}

}  // namespace

std::vector<std::byte> X86Context(const Registers& registers, std::endian order) {
  const auto value = [&](RegisterIndex index) { return static_cast<std::uint32_t>(Value(registers, index)); };
  ByteSink sink(order);
  sink.U32(0x0001003f).Zeros(24);                // i386: all parts; Dr0-3, 6, 7
  sink.Zeros(112);                               // FloatSave
  sink.U32(0x2b).U32(0x53).U32(0x2b).U32(0x2b);  // SegGs, SegFs, SegEs, SegDs
  sink.U32(value(model::kEdi)).U32(value(model::kEsi)).U32(value(model::kEbx));
  sink.U32(value(model::kEdx)).U32(value(model::kEcx)).U32(value(model::kEax));
  sink.U32(value(model::kEbp)).U32(value(model::kEip)).U32(0x23).U32(value(model::kEflags));
  sink.U32(value(model::kEsp)).U32(0x2b);
  return Fill(sink, 716);
}

std::vector<std::byte> ArmContext(const Registers& registers, std::endian order) {
  ByteSink sink(order);
  sink.U32(0x40000006);  // ARM: integer, floating point
  Put32(sink, registers, model::kArmR0, model::kArmPc);
  return Fill(sink, 368);
}

std::vector<std::byte> ArmWindowsContext(const Registers& registers) {
  ByteSink sink;
  sink.U32(0x00200007);  // CONTEXT_ARM: control, integer, floating point
  Put32(sink, registers, model::kArmR0, model::kArmPc);
  return Fill(sink, 416);
}

std::vector<std::byte> Arm64Context(const Registers& registers, std::endian order) {
  ByteSink sink(order);
  sink.U32(0x00400007).U32(0x80001000);  // control, integer, floating point; Cpsr
  Put64(sink, registers, model::kArm64X0, model::kArm64Pc);
  return Fill(sink, 912);
}

std::vector<std::byte> Arm64OldContext(const Registers& registers, std::endian order) {
  ByteSink sink(order);
  sink.U64(0x80000006);  // integer, floating point
  Put64(sink, registers, model::kArm64X0, model::kArm64Pc);
  return Fill(sink, 796);
}

std::vector<std::byte> MipsContext(const Registers& registers, std::endian order) {
  return EitherMips(registers, 0x00040007, order, [](std::uint64_t value) {
    return static_cast<std::uint64_t>(
        static_cast<std::int64_t>(static_cast<std::int32_t>(static_cast<std::uint32_t>(value))));
  });
}

std::vector<std::byte> Mips64Context(const Registers& registers, std::endian order) {
  return EitherMips(registers, 0x00080007, order, [](std::uint64_t value) { return value; });
}

std::vector<std::byte> RiscvContext(const Registers& registers, std::endian order) {
  ByteSink sink(order);
  sink.U32(0x00800003).U32(1);  // integer, floating point; version
  Put32(sink, registers, model::kRiscvPc, model::kRiscvPc);
  Put32(sink, registers, model::kRiscvRa, 31);
  return Fill(sink, 268);
}

std::vector<std::byte> Riscv64Context(const Registers& registers, std::endian order) {
  ByteSink sink(order);
  sink.U32(0x08000003).U32(1);
  Put64(sink, registers, model::kRiscvPc, model::kRiscvPc);
  Put64(sink, registers, model::kRiscvRa, 31);
  return Fill(sink, 524);
}

}  // namespace cairn::testing
