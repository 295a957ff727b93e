#include "formats/native_unwind/arm_unwind_info.h"

#include <array>
#include <bit>
#include <optional>

#include "formats/native_unwind/rule_building.h"
#include "model/registers.h"

namespace cairn::native {

using base::Code;
using base::Error;
using base::Result;
using model::RegisterIndex;

namespace {

constexpr std::uint32_t kCompactBit = 1u << 31;
constexpr std::int64_t kWordBytes = 4;

// The lowest `count` bytes of a word, the highest of them first.
void AppendBytes(std::uint32_t word, unsigned count, std::vector<std::uint8_t>& bytes) {
  while (count-- > 0) bytes.push_back(static_cast<std::uint8_t>(word >> count * 8));
}

// Runs instructions over a stack pointer that is a register of the callee plus a number. What they find is
// where registers lie, not their values.
class VirtualStack {
 public:
  explicit VirtualStack(const std::vector<std::uint8_t>& instructions) : code_(instructions) {}

  Result<model::UnwindRow> Run() {
    while (next_ < code_.size() && code_[next_] != kFinish) {
      const std::size_t at = next_;
      if (!Step(Take())) return Error{Code::kUnsupported, at, "ARM unwind instruction"};
    }
    return Row();
  }

 private:
  static constexpr std::uint8_t kFinish = 0xb0;

  struct Place {
    RegisterIndex base = model::kArmSp;
    std::int64_t displacement = 0;
  };

  std::uint8_t Take() { return next_ < code_.size() ? code_[next_++] : kFinish; }

  bool Step(std::uint8_t op) {
    if (op < 0x40) return Move((op & 0x3f) * 4 + 4);
    if (op < 0x80) return Move(-((op & 0x3f) * 4 + 4));
    if (op < 0x90) return PopMask(static_cast<std::uint32_t>((op & 0xf) << 8 | Take()) << 4);
    if (op < 0xa0) return SetFrom(op & 0xf);
    if (op < 0xb0) return PopMask(MaskUpTo(op & 7) | LinkBit(op));
    return StepLong(op);
  }

  // r4 up to r4 + n; with bit 3 of the instruction r14 too.
  static std::uint32_t MaskUpTo(unsigned n) { return ((2u << n) - 1) << 4; }
  static std::uint32_t LinkBit(std::uint8_t op) { return (op & 8) != 0 ? 1u << model::kArmLr : 0; }

  bool StepLong(std::uint8_t op) {
    switch (op) {
      case 0xb1: return PopSome(Take());                   // r0 to r3
      case 0xb2: return MoveFar();                         // By more than two of the short forms.
      case 0xb3: return Move((Take() & 0xf) * 8 + 8 + 4);  // Vector registers as FSTMFDX stores them.
      case 0xb4: return Move(kWordBytes);                  // The code that authenticates the return address.
      case 0xb5: return true;                              // It was made of the stack pointer here.
      case 0xc6: return Move((Take() & 0xf) * 8 + 8);      // wR registers of iWMMXt
      case 0xc7: return PopControl(Take());                // and its control registers.
      case 0xc8:
      case 0xc9: return Move((Take() & 0xf) * 8 + 8);  // Vector registers, by VPUSH.
      default: break;
    }
    if (op >= 0xb8 && op < 0xc0) return Move((op & 7) * 8 + 8 + 4);
    if ((op >= 0xc0 && op < 0xc6) || (op >= 0xd0 && op < 0xd8)) return Move((op & 7) * 8 + 8);
    return false;
  }

  bool Move(std::int64_t bytes) {
    stack_.displacement += bytes;
    return true;
  }

  // 0x204 and a LEB128 number of words. No frame has 2^28 of them.
  bool MoveFar() {
    std::int64_t words = 0;
    for (int shift = 0; shift < 28; shift += 7) {
      const std::uint8_t byte = Take();
      words |= std::int64_t{byte & 0x7f} << shift;
      if ((byte & 0x80) == 0) return Move(0x204 + words * kWordBytes);
    }
    return false;
  }

  // Nothing to pop means "refuse to unwind". A popped stack pointer would be a value in memory.
  bool PopMask(std::uint32_t mask) {
    if (mask == 0 || (mask >> model::kArmSp & 1) != 0) return false;
    for (RegisterIndex index = 0; index < saved_.size(); ++index) {
      if ((mask >> index & 1) == 0) continue;
      saved_.at(index) = stack_;
      stack_.displacement += kWordBytes;
    }
    return true;
  }
  bool PopSome(std::uint8_t mask) { return (mask & 0xf0) == 0 && PopMask(mask); }
  bool PopControl(std::uint8_t mask) {
    return mask != 0 && (mask & 0xf0) == 0 && Move(std::popcount(mask) * kWordBytes);
  }

  bool SetFrom(RegisterIndex index) {
    if (index == model::kArmSp || index == model::kArmPc || saved_.at(index)) return false;
    stack_ = {index, 0};
    return true;
  }

  model::Rule LoadAt(const Place& place) const {
    if (place.base != stack_.base) return LoadFrom(RegisterPlus(place.base, place.displacement));
    return LoadFrom(CfaPlus(place.displacement - stack_.displacement));
  }

  model::UnwindRow Row() const {
    model::UnwindRow row;
    row.cfa = RegisterPlus(stack_.base, stack_.displacement);
    const auto& pc = saved_[model::kArmPc];
    const auto& link = saved_[model::kArmLr];
    row.return_address = pc ? LoadAt(*pc) : link ? LoadAt(*link) : RegisterPlus(model::kArmLr, 0);
    for (RegisterIndex index = 0; index < model::kArmSp; ++index) {
      if (saved_.at(index)) row.registers.push_back({index, LoadAt(*saved_.at(index))});
    }
    return row;
  }

  const std::vector<std::uint8_t>& code_;
  std::size_t next_ = 0;
  Place stack_;
  std::array<std::optional<Place>, model::kArmPc + 1> saved_;
};

}  // namespace

Result<std::vector<std::uint8_t>> ReadInlineArmInstructions(std::uint32_t word) {
  constexpr std::uint32_t kPersonality = 0x7f000000;
  if ((word & kCompactBit) == 0) return Error{Code::kBadValue, 0, "inline ARM unwind entry"};
  if ((word & kPersonality) != 0) return Error{Code::kUnsupported, 0, "inline ARM personality routine"};
  std::vector<std::uint8_t> instructions;
  AppendBytes(word, 3, instructions);
  return instructions;
}

Result<std::vector<std::uint8_t>> ReadArmInstructions(base::Bytes record) {
  base::ByteReader reader(record);
  auto word = reader.Read<std::uint32_t>();
  std::vector<std::uint8_t> instructions;
  std::uint32_t more_words = 0;
  const std::uint32_t personality = word >> 24 & 0xf;
  if ((word & kCompactBit) != 0 && personality == 0) {
    AppendBytes(word, 3, instructions);
  } else if ((word & kCompactBit) != 0) {
    if (personality > 2) return Error{Code::kUnsupported, 0, "ARM personality routine"};
    more_words = word >> 16 & 0xff;
    AppendBytes(word, 2, instructions);
  } else {
    word = reader.Read<std::uint32_t>();
    more_words = word >> 24;
    AppendBytes(word, 3, instructions);
  }
  for (std::uint32_t i = 0; i < more_words; ++i) AppendBytes(reader.Read<std::uint32_t>(), 4, instructions);
  if (!reader.ok()) return Error{Code::kTruncated, 0, "ARM unwind instructions"};
  return instructions;
}

Result<model::UnwindRow> RowOfArmInstructions(const std::vector<std::uint8_t>& instructions) {
  return VirtualStack(instructions).Run();
}

}  // namespace cairn::native
