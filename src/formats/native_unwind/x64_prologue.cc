#include "formats/native_unwind/x64_prologue.h"

#include <cstdint>
#include <vector>

#include "formats/native_unwind/rule_building.h"
#include "formats/native_unwind/x64_epilogue.h"

namespace cairn::native {
namespace {

constexpr int kMaxInstructions = 16;
constexpr std::int64_t kWordBytes = 8;

class PrologueReader {
 public:
  explicit PrologueReader(base::Bytes code) : reader_(code) {}

  std::optional<model::UnwindRow> Read() {
    for (int i = 0; i < kMaxInstructions && reader_.remaining() > 0; ++i) {
      if (!ReadInstruction() || !reader_.ok()) return std::nullopt;
    }
    if (reader_.remaining() > 0) return std::nullopt;
    row_.cfa = RegisterPlus(model::kRsp, depth_);
    row_.return_address = LoadFrom(CfaPlus(-kWordBytes));
    return row_;
  }

 private:
  bool ReadInstruction() {
    const auto opcode = reader_.Read<std::uint8_t>();
    if (opcode >= 0x50 && opcode <= 0x57) return Push(opcode - 0x50u);
    switch (opcode) {
      case 0x41: {  // REX.B
        const auto extended = reader_.Read<std::uint8_t>();
        return extended >= 0x50 && extended <= 0x57 && Push(extended - 0x50u + 8u);
      }
      case 0x48: return ReadWide();
      case 0xf3: return base::AsText(reader_.ReadBytes(3)) == "\x0f\x1e\xfa";  // endbr64
      default: return false;
    }
  }

  // mov rbp, rsp in both encodings; sub rsp, n.
  bool ReadWide() {
    const auto opcode = reader_.Read<std::uint8_t>();
    const auto operands = reader_.Read<std::uint8_t>();
    if ((opcode == 0x89 && operands == 0xe5) || (opcode == 0x8b && operands == 0xec)) return true;
    if (operands != 0xec) return false;
    if (opcode == 0x83) return Allocate(reader_.Read<std::int8_t>());
    if (opcode == 0x81) return Allocate(reader_.Read<std::int32_t>());
    return false;
  }

  bool Push(unsigned machine_number) {
    depth_ += kWordBytes;
    const model::RegisterIndex index = X64Register(machine_number);
    const bool preserved = index == model::kRbx || index == model::kRbp || index >= model::kR12;
    if (preserved) row_.registers.push_back({index, LoadFrom(CfaPlus(-depth_))});
    return true;
  }

  bool Allocate(std::int64_t bytes) {
    depth_ += bytes;
    return bytes >= 0;
  }

  base::ByteReader reader_;
  std::int64_t depth_ = kWordBytes;  // From the stack pointer up to the CFA.
  model::UnwindRow row_;
};

}  // namespace

std::optional<model::UnwindRow> ReadX64Prologue(base::Bytes code) { return PrologueReader(code).Read(); }

}  // namespace cairn::native
