#include "formats/dwarf/expression.h"

#include <bit>
#include <utility>
#include <vector>

#include "formats/dwarf/leb128.h"

namespace cairn::dwarf {

using base::ByteReader;
using model::Rule;
using model::RuleOp;

namespace {

// DWARF 5 table 7.9.
enum Operation : std::uint8_t {
  kDeref = 0x06,
  kConst1u = 0x08,
  kConst1s = 0x09,
  kConst2u = 0x0a,
  kConst2s = 0x0b,
  kConst4u = 0x0c,
  kConst4s = 0x0d,
  kConst8u = 0x0e,
  kConst8s = 0x0f,
  kConstu = 0x10,
  kConsts = 0x11,
  kDup = 0x12,
  kDrop = 0x13,
  kOver = 0x14,
  kPick = 0x15,
  kSwap = 0x16,
  kRot = 0x17,
  kAnd = 0x1a,
  kMinus = 0x1c,
  kMod = 0x1d,
  kMul = 0x1e,
  kNeg = 0x1f,
  kPlus = 0x22,
  kPlusUconst = 0x23,
  kShl = 0x24,
  kShr = 0x25,
  kGe = 0x2a,
  kLit0 = 0x30,
  kLit31 = 0x4f,
  kBreg0 = 0x70,
  kBreg31 = 0x8f,
  kBregx = 0x92,
  kNop = 0x96,
};

// One value on the expression's stack: how to compute it, and what is known of it.
struct Entry {
  Rule rule;
  std::uint64_t bound = 0;  // The value is below this power of two; 0: nothing is known.
};

class Translator {
 public:
  Translator(base::Bytes expression, const Rule& initial) : reader_(expression) {
    if (!initial.empty()) stack_.push_back({initial});
  }

  std::optional<Rule> Run() {
    for (int count = 0; reader_.remaining() > 0; ++count) {
      if (count == kMaxExpressionOperations || !Step(reader_.Read<std::uint8_t>()) || !reader_.ok())
        return std::nullopt;
    }
    if (stack_.empty()) return std::nullopt;
    return std::move(stack_.back().rule);
  }

 private:
  bool Step(std::uint8_t operation) {
    if (operation >= kLit0 && operation <= kLit31) return PushConstant(operation - kLit0);
    if (operation >= kBreg0 && operation <= kBreg31)
      return PushRegister(static_cast<std::uint64_t>(operation - kBreg0));
    switch (operation) {
      case kConst1u: return PushConstant(reader_.Read<std::uint8_t>());
      case kConst1s: return PushConstant(reader_.Read<std::int8_t>());
      case kConst2u: return PushConstant(reader_.Read<std::uint16_t>());
      case kConst2s: return PushConstant(reader_.Read<std::int16_t>());
      case kConst4u: return PushConstant(reader_.Read<std::uint32_t>());
      case kConst4s: return PushConstant(reader_.Read<std::int32_t>());
      case kConst8u: return PushConstant(static_cast<std::int64_t>(reader_.Read<std::uint64_t>()));
      case kConst8s: return PushConstant(reader_.Read<std::int64_t>());
      case kConstu: return PushConstant(static_cast<std::int64_t>(ReadUnsignedLeb128(reader_)));
      case kConsts: return PushConstant(ReadSignedLeb128(reader_));
      case kBregx: return PushRegister(ReadUnsignedLeb128(reader_));
      case kPlusUconst:
        return PushConstant(static_cast<std::int64_t>(ReadUnsignedLeb128(reader_))) && Combine(RuleOp::kAdd);
      case kPlus: return Combine(RuleOp::kAdd);
      case kMinus: return Combine(RuleOp::kSubtract);
      case kMul: return Combine(RuleOp::kMultiply);
      case kMod: return Combine(RuleOp::kModulo);
      case kNeg: return PushConstant(-1) && Combine(RuleOp::kMultiply);
      case kDeref: return Dereference();
      case kAnd: return And();
      case kShl: return Shift(RuleOp::kMultiply);
      case kShr: return Shift(RuleOp::kDivide);
      case kGe: return GreaterOrEqual();
      case kNop: return true;
      default: return Rearrange(operation);
    }
  }

  bool Rearrange(std::uint8_t operation) {
    switch (operation) {
      case kDup: return Pick(0);
      case kOver: return Pick(1);
      case kPick: return Pick(reader_.Read<std::uint8_t>());
      case kDrop:
        if (stack_.empty()) return false;
        stack_.pop_back();
        return true;
      case kSwap:
        if (stack_.size() < 2) return false;
        std::swap(stack_.end()[-1], stack_.end()[-2]);
        return true;
      case kRot:  // The top goes below the two under it.
        if (stack_.size() < 3) return false;
        std::swap(stack_.end()[-1], stack_.end()[-2]);
        std::swap(stack_.end()[-2], stack_.end()[-3]);
        return true;
      default: return false;
    }
  }

  bool Push(Entry entry) {
    if (stack_.size() == kMaxExpressionStack || entry.rule.size() > model::kMaxRuleTokens) return false;
    stack_.push_back(std::move(entry));
    return true;
  }
  bool PushConstant(std::int64_t value) { return Push({{{RuleOp::kConstant, value}}}); }

  bool PushRegister(std::uint64_t index) {
    if (index >= model::kMaxRegisters) return false;
    const std::int64_t offset = ReadSignedLeb128(reader_);
    if (!Push({{{RuleOp::kRegister, static_cast<std::int64_t>(index)}}})) return false;
    return offset == 0 || (PushConstant(offset) && Combine(RuleOp::kAdd));
  }

  bool Pick(std::size_t depth) {
    if (depth >= stack_.size()) return false;
    return Push(stack_[stack_.size() - 1 - depth]);
  }

  // a b -> a op b.
  bool Combine(RuleOp op) {
    if (stack_.size() < 2) return false;
    Entry right = std::move(stack_.back());
    stack_.pop_back();
    Entry left = std::move(stack_.back());
    stack_.pop_back();
    left.rule.insert(left.rule.end(), right.rule.begin(), right.rule.end());
    left.rule.push_back({op});
    left.bound = 0;
    return Push(std::move(left));
  }

  bool Dereference() {
    if (stack_.empty()) return false;
    Entry top = std::move(stack_.back());
    stack_.pop_back();
    top.rule.push_back({RuleOp::kDereference});
    top.bound = 0;
    return Push(std::move(top));
  }

  // Takes a constant off the top.
  std::optional<std::int64_t> PopConstant() {
    if (stack_.empty()) return std::nullopt;
    const Rule& rule = stack_.back().rule;
    if (rule.size() != 1 || rule[0].op != RuleOp::kConstant) return std::nullopt;
    const std::int64_t value = rule[0].value;
    stack_.pop_back();
    return value;
  }

  // With 2^n - 1 it is the rest of a division, with -2^n it aligns.
  bool And() {
    const std::optional<std::int64_t> mask = PopConstant();
    if (!mask) return false;
    const auto bits = static_cast<std::uint64_t>(*mask);
    if (*mask >= 0 && std::has_single_bit(bits + 1)) {
      if (!PushConstant(*mask + 1) || !Combine(RuleOp::kModulo)) return false;
      stack_.back().bound = bits + 1;
      return true;
    }
    if (*mask < 0 && std::has_single_bit(~bits + 1)) {
      return PushConstant(static_cast<std::int64_t>(~bits + 1)) && Combine(RuleOp::kAlign);
    }
    return false;
  }

  bool Shift(RuleOp multiply_or_divide) {
    const std::optional<std::int64_t> count = PopConstant();
    if (!count || *count < 0 || *count >= 63) return false;
    return PushConstant(std::int64_t{1} << *count) && Combine(multiply_or_divide);
  }

  // a >= c, for a below the power of two m and 0 < c <= m: (a + m - c) / m is 1 if so, else 0.
  bool GreaterOrEqual() {
    const std::optional<std::int64_t> limit = PopConstant();
    if (!limit || *limit <= 0 || stack_.empty()) return false;
    const std::uint64_t bound = stack_.back().bound;
    if (bound == 0 || static_cast<std::uint64_t>(*limit) > bound) return false;
    return PushConstant(static_cast<std::int64_t>(bound) - *limit) && Combine(RuleOp::kAdd) &&
           PushConstant(static_cast<std::int64_t>(bound)) && Combine(RuleOp::kDivide);
  }

  ByteReader reader_;
  std::vector<Entry> stack_;
};

}  // namespace

std::optional<Rule> TranslateExpression(base::Bytes expression, const Rule& initial) {
  return Translator(expression, initial).Run();
}

}  // namespace cairn::dwarf
