#include "formats/native_unwind/x64_prologue.h"

#include <cstdint>
#include <vector>

#include "formats/native_unwind/rule_building.h"
#include "formats/native_unwind/x64_epilogue.h"

namespace cairn::native {
namespace {

constexpr int kMaxInstructions = 16;

class PrologueReader {
 public:
  PrologueReader(model::Cpu cpu, base::Bytes code) : is_wide_(cpu == model::Cpu::kAmd64), reader_(code) {}

  std::optional<model::UnwindRow> Read() {
    for (int i = 0; i < kMaxInstructions && reader_.remaining() > 0; ++i) {
      if (!ReadInstruction() || !reader_.ok()) return std::nullopt;
    }
    if (reader_.remaining() > 0) return std::nullopt;
    row_.cfa = RegisterPlus(is_wide_ ? model::RegisterIndex{model::kRsp} : model::RegisterIndex{model::kEsp},
                            depth_);
    row_.return_address = LoadFrom(CfaPlus(-word_bytes_));
    return row_;
  }

 private:
  bool ReadInstruction() {
    const auto opcode = reader_.Read<std::uint8_t>();
    if (opcode >= 0x50 && opcode <= 0x57) return Push(opcode - 0x50u);
    if (opcode == 0xf3)
      return base::AsText(reader_.ReadBytes(3)) == (is_wide_ ? "\x0f\x1e\xfa" : "\x0f\x1e\xfb");
    if (!is_wide_) return ReadMoveOrAllocation(opcode);
    switch (opcode) {
      case 0x41: {  // REX.B
        const auto extended = reader_.Read<std::uint8_t>();
        return extended >= 0x50 && extended <= 0x57 && Push(extended - 0x50u + 8u);
      }
      case 0x48: return ReadMoveOrAllocation(reader_.Read<std::uint8_t>());  // REX.W
      default: return false;
    }
  }

  // mov rbp, rsp in both encodings; sub rsp, n. The same of 32 bits.
  bool ReadMoveOrAllocation(std::uint8_t opcode) {
    const auto operands = reader_.Read<std::uint8_t>();
    if ((opcode == 0x89 && operands == 0xe5) || (opcode == 0x8b && operands == 0xec)) return true;
    if (operands != 0xec) return false;
    if (opcode == 0x83) return Allocate(reader_.Read<std::int8_t>());
    if (opcode == 0x81) return Allocate(reader_.Read<std::int32_t>());
    return false;
  }

  bool Push(unsigned machine_number) {
    depth_ += word_bytes_;
    // On x86 the numbers are those of DWARF.
    const auto index =
        is_wide_ ? X64Register(machine_number) : static_cast<model::RegisterIndex>(machine_number);
    if (IsPreserved(index)) row_.registers.push_back({index, LoadFrom(CfaPlus(-depth_))});
    return true;
  }

  bool IsPreserved(model::RegisterIndex index) const {
    if (is_wide_) return index == model::kRbx || index == model::kRbp || index >= model::kR12;
    return index == model::kEbx || index == model::kEbp || index == model::kEsi || index == model::kEdi;
  }

  bool Allocate(std::int64_t bytes) {
    depth_ += bytes;
    return bytes >= 0;
  }

  bool is_wide_;
  std::int64_t word_bytes_ = is_wide_ ? 8 : 4;
  base::ByteReader reader_;
  std::int64_t depth_ = word_bytes_;  // From the stack pointer up to the CFA.
  model::UnwindRow row_;
};

}  // namespace

std::optional<model::UnwindRow> ReadX64Prologue(base::Bytes code) {
  return PrologueReader(model::Cpu::kAmd64, code).Read();
}

std::optional<model::UnwindRow> ReadX86Prologue(base::Bytes code) {
  return PrologueReader(model::Cpu::kX86, code).Read();
}

}  // namespace cairn::native
