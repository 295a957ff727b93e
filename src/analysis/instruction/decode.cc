#include "analysis/instruction/decode.h"

#include <cstdint>

#include "analysis/instruction/amd64_operands.h"
#include "analysis/instruction/arm64_operands.h"
#include "analysis/instruction/disassembler.h"
#include "base/hex.h"

namespace cairn::instruction {
namespace {

constexpr std::size_t kArm64Bytes = 4;

std::string TextOf(const cs_insn& instruction) {
  std::string text(instruction.mnemonic);
  if (instruction.op_str[0] != '\0') text.append(" ").append(instruction.op_str);
  return text;
}

std::optional<crash::Instruction> DecodeAmd64(base::Bytes code, model::ProcessAddress pc) {
  const Disassembler disassembler(CS_ARCH_X86, code, pc);
  const cs_insn* const decoded = disassembler.get();
  if (decoded == nullptr || decoded->detail == nullptr) return std::nullopt;
  crash::Instruction instruction;
  instruction.text = TextOf(*decoded);
  AddAmd64Operands(*decoded, instruction);
  return instruction;
}

std::optional<crash::Instruction> DecodeArm64(base::Bytes code, model::ProcessAddress pc) {
  if (code.size() < kArm64Bytes) return std::nullopt;
  const base::Bytes word = code.first(kArm64Bytes);
  crash::Instruction instruction;
  const auto encoding = base::ByteReader(word).Read<std::uint32_t>();
  AddArm64Operands(encoding, pc, instruction);
  const Disassembler disassembler(CS_ARCH_ARM64, word, pc);
  if (disassembler.get() != nullptr) {
    instruction.text = TextOf(*disassembler.get());
  } else if (instruction.operands.empty() && !instruction.jump) {
    return std::nullopt;
  } else {
    instruction.text = ".inst " + base::ToAddress(encoding, 8);
  }
  return instruction;
}

}  // namespace

std::optional<crash::Instruction> Decode(model::Cpu cpu, base::Bytes code, model::ProcessAddress pc) {
  switch (cpu) {
    case model::Cpu::kAmd64: return DecodeAmd64(code, pc);
    case model::Cpu::kArm64: return DecodeArm64(code, pc);
    default: return std::nullopt;
  }
}

}  // namespace cairn::instruction
