#include "analysis/crash/instruction.h"

namespace cairn::crash {
namespace {

std::uint64_t Extend(std::uint64_t value, AddressForm::Extend how) {
  switch (how) {
    case AddressForm::Extend::kUnsigned32: return static_cast<std::uint32_t>(value);
    case AddressForm::Extend::kSigned32:
      return static_cast<std::uint64_t>(std::int64_t{static_cast<std::int32_t>(value)});
    case AddressForm::Extend::kNone: break;
  }
  return value;
}

}  // namespace

std::optional<model::ProcessAddress> Evaluate(const AddressForm& form, const model::Registers& registers) {
  auto sum = static_cast<std::uint64_t>(form.displacement);  // All sums wrap, as the CPU's do.
  if (form.base != model::kNoRegister) {
    const std::optional<std::uint64_t> base = registers.Get(form.base);
    if (!base) return std::nullopt;
    sum += *base;
  }
  if (form.index != model::kNoRegister) {
    const std::optional<std::uint64_t> index = registers.Get(form.index);
    if (!index) return std::nullopt;
    sum += Extend(*index, form.index_extend) << (form.shift & 7);
  }
  if (form.is_32_bit) sum &= 0xffffffff;
  return model::ProcessAddress{sum};
}

}  // namespace cairn::crash
