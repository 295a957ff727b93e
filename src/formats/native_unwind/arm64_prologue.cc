#include "formats/native_unwind/arm64_prologue.h"

#include <array>
#include <cstdint>

#include "formats/native_unwind/rule_building.h"
#include "model/registers.h"

namespace cairn::native {
namespace {

constexpr int kMaxInstructions = 32;
constexpr std::int64_t kWordBytes = 8;
constexpr std::uint32_t kFirstSaved = 19;  // x19
constexpr std::uint32_t kLastSaved = model::kArm64Lr;

// A field of `width` bits as a signed number.
std::int64_t SignedBits(std::uint32_t code, unsigned shift, unsigned width) {
  return static_cast<std::int32_t>(code << (32 - shift - width)) >> (32 - width);
}

class PrologueReader {
 public:
  explicit PrologueReader(base::Bytes code) : reader_(code) {}

  std::optional<model::UnwindRow> Read() {
    for (int i = 0; i < kMaxInstructions && reader_.remaining() > 0; ++i) {
      const auto code = reader_.Read<std::uint32_t>();
      if (!reader_.ok() || (!IsHint(code) && !LowersStack(code) && !SavesPair(code) && !SavesOne(code))) {
        return std::nullopt;
      }
    }
    if (reader_.remaining() > 0) return std::nullopt;
    model::UnwindRow row;
    row.cfa = RegisterPlus(model::kArm64Sp, depth_);
    row.return_address = RegisterPlus(model::kArm64Lr, 0);
    for (std::uint32_t index = kFirstSaved; index <= kLastSaved; ++index) {
      const std::optional<std::int64_t>& place = saved_.at(index);
      if (!place) continue;
      const model::Rule rule = LoadFrom(CfaPlus(*place));
      if (index == model::kArm64Lr) {
        row.return_address = rule;
      } else {
        row.registers.push_back({static_cast<model::RegisterIndex>(index), rule});
      }
    }
    return row;
  }

 private:
  // nop, bti, pacibsp: all of the space of hints.
  static bool IsHint(std::uint32_t code) { return (code & 0xfffff01f) == 0xd503201f; }

  // sub sp, sp, #n; Arm's manual, "SUB (immediate)".
  bool LowersStack(std::uint32_t code) {
    if ((code & 0xff8003ff) != 0xd10003ff) return false;
    depth_ += static_cast<std::int64_t>(code >> 10 & 0xfff) << ((code >> 22 & 1) * 12);
    return true;
  }

  // stp of two x or d registers at [sp, #n] or [sp, #n]!; "STP" and "STP (SIMD&FP)".
  bool SavesPair(std::uint32_t code) {
    const bool integers = (code & 0xfe4003e0) == 0xa80003e0;
    const bool floats = (code & 0xfe4003e0) == 0x6c0003e0;
    const std::uint32_t mode = code >> 23 & 3;
    constexpr std::uint32_t kAtOffset = 2;
    constexpr std::uint32_t kBefore = 3;
    if ((!integers && !floats) || (mode != kAtOffset && mode != kBefore)) return false;
    std::int64_t offset = SignedBits(code, 15, 7) * kWordBytes;
    if (mode == kBefore) {
      depth_ -= offset;
      offset = 0;
    }
    return floats || (Save(code & 31, offset) && Save(code >> 10 & 31, offset + kWordBytes));
  }

  // str of one x register at [sp, #n] or [sp, #n]!; "STR (immediate)".
  bool SavesOne(std::uint32_t code) {
    if ((code & 0xffe00fe0) == 0xf8000fe0) {
      depth_ -= SignedBits(code, 12, 9);
      return Save(code & 31, 0);
    }
    return (code & 0xffc003e0) == 0xf90003e0 &&
           Save(code & 31, static_cast<std::int64_t>(code >> 10 & 0xfff) * kWordBytes);
  }

  // False for a register that no prologue saves: the body has begun.
  bool Save(std::uint32_t index, std::int64_t offset) {
    if (index < kFirstSaved || index > kLastSaved) return false;
    saved_.at(index) = offset - depth_;
    return true;
  }

  base::ByteReader reader_;
  std::int64_t depth_ = 0;                                         // From the stack pointer up to the CFA.
  std::array<std::optional<std::int64_t>, kLastSaved + 1> saved_;  // Places counted from the CFA.
};

}  // namespace

std::optional<model::UnwindRow> ReadArm64Prologue(base::Bytes code) { return PrologueReader(code).Read(); }

}  // namespace cairn::native
