#include "analysis/crash/bit_flips.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "analysis/crash/canonical.h"
#include "analysis/crash/poison.h"
#include "analysis/crash/regions.h"

namespace cairn::crash {
namespace {

using model::AccessKind;
using model::ProcessAddress;

constexpr double kBaseline = 0.25;
constexpr double kNonCanonical = 0.9;
constexpr double kNull = 0.5;
constexpr double kOriginalLow = 0.5;  // Of kNull: a small number was meant to be one.
constexpr double kPoison = 0.5;       // Of all: a register shows another cause.
constexpr std::array<double, 4> kNearbyRegisters = {0.5, 0.55, 0.6, 0.65};

// Below it an address is no sign of a pointer.
constexpr std::uint64_t kLowAddress = 0x2000;
constexpr std::uint64_t kNearbyBytes = 0x1000;

// Which bits of an address may be wrong.
struct BitRange {
  int first = 0;
  int end = 0;
};

BitRange BitsOf(model::Cpu cpu, bool was_non_canonical) {
  if (cpu != model::Cpu::kAmd64) return {0, 64};
  return was_non_canonical ? BitRange{48, 64} : BitRange{0, 48};
}

// One search: which mappings would have been right, and what is known of the registers.
class Search {
 public:
  Search(const InstructionInput& input, AccessKind kind, bool is_execution, bool was_non_canonical)
      : input_(input),
        table_(*model::FindRegisterTable(input.system.cpu)),
        kind_(kind),
        is_execution_(is_execution),
        was_non_canonical_(was_non_canonical),
        poison_(HoldsPoison(table_, input.context)) {}

  BitRange bits() const { return BitsOf(input_.system.cpu, was_non_canonical_); }

  // Keeps `address`, to which a flip of `original` leads, if it would not have faulted.
  void Try(ProcessAddress address, std::uint64_t original, std::string_view source) {
    const bool is_null = address.value == 0;
    const model::MemoryMapping* const region = FindRegion(input_.regions, address);
    if (!is_null && (region == nullptr || !IsAllowed(*region))) return;
    model::BitFlip flip{.address = address,
                        .source_register = std::string(source),
                        .was_non_canonical = was_non_canonical_,
                        .is_null = is_null,
                        .was_low = is_null && original <= kLowAddress,
                        .nearby_registers = CountNearby(address),
                        .poison_registers = poison_};
    flip.confidence = BitFlipConfidence(flip);
    // A register explains more than the address that was computed of it.
    for (model::BitFlip& known : flips_) {
      if (known.address != address) continue;
      if (known.source_register.empty()) known = std::move(flip);
      return;
    }
    flips_.push_back(std::move(flip));
  }

  std::vector<model::BitFlip> Take() {
    std::ranges::stable_sort(flips_, std::greater<>(), &model::BitFlip::confidence);
    return std::move(flips_);
  }

 private:
  bool IsAllowed(const model::MemoryMapping& region) const {
    return is_execution_ ? region.executable : Allows(region, kind_);
  }

  std::uint32_t CountNearby(ProcessAddress address) const {
    if (address.value <= kLowAddress) return 0;
    std::uint32_t count = 0;
    for (std::size_t i = 0; i < table_.names.size(); ++i) {
      const auto value = input_.context.Get(static_cast<model::RegisterIndex>(i));
      if (value && (*value - address.value <= kNearbyBytes || address.value - *value <= kNearbyBytes))
        ++count;
    }
    return count;
  }

  const InstructionInput& input_;
  const model::RegisterTable& table_;
  AccessKind kind_;
  bool is_execution_;
  bool was_non_canonical_;
  bool poison_;
  std::vector<model::BitFlip> flips_;
};

// The access that faulted: the one at the address, or the first that is not canonical.
const MemoryOperand* FindOperand(const InstructionInput& input, const Instruction* instruction,
                                 ProcessAddress address) {
  if (instruction == nullptr) return nullptr;
  for (const MemoryOperand& operand : instruction->operands) {
    const std::optional<ProcessAddress> start = Evaluate(operand.form, input.context);
    if (!start) continue;
    const std::uint64_t distance = address.value - WithoutTag(input.system.cpu, *start).value;
    if (distance < std::max<std::uint64_t>(operand.size, 1)) return &operand;
  }
  return nullptr;
}

// A mapping holds or touches the address: an access that began or ended there was meant to.
bool IsAtMapping(Regions regions, ProcessAddress address, std::uint64_t size, const Fault& fault) {
  const auto allowed = [&](ProcessAddress at) {
    const model::MemoryMapping* const region = FindRegion(regions, at);
    if (region == nullptr) return false;
    return fault.is_execution ? region->executable : Allows(*region, fault.access);
  };
  return allowed(address) || allowed({address.value + size}) ||
         (address.value >= size && allowed({address.value - size}));
}

void TryRegister(const InstructionInput& input, const MemoryOperand& operand, model::RegisterIndex index,
                 Search& search) {
  const model::RegisterTable& table = *model::FindRegisterTable(input.system.cpu);
  const std::optional<std::uint64_t> value = input.context.Get(index);
  if (!value || index >= table.names.size() || index == table.pc) return;
  for (int bit = search.bits().first; bit < search.bits().end; ++bit) {
    model::Registers flipped = input.context;
    flipped.Set(index, *value ^ std::uint64_t{1} << bit);
    if (const std::optional<ProcessAddress> address = Evaluate(operand.form, flipped)) {
      search.Try(WithoutTag(input.system.cpu, *address), *value, table.names[index]);
    }
  }
}

}  // namespace

double BitFlipConfidence(const model::BitFlip& flip) {
  double doubt = 1 - kBaseline;
  if (flip.was_non_canonical) doubt *= 1 - kNonCanonical;
  if (flip.is_null) doubt *= 1 - (flip.was_low ? kNull * kOriginalLow : kNull);
  if (flip.nearby_registers != 0) {
    doubt *= 1 - kNearbyRegisters[std::min<std::size_t>(flip.nearby_registers, kNearbyRegisters.size()) - 1];
  }
  return (1 - doubt) * (flip.poison_registers ? kPoison : 1);
}

std::vector<model::BitFlip> FindBitFlips(const InstructionInput& input, const Fault& fault,
                                         const Instruction* instruction, const model::CrashFacts& facts) {
  const bool is_fault = fault.kind == Fault::Kind::kAccess || fault.kind == Fault::Kind::kGeneralProtection;
  if (!is_fault || input.regions.empty() || model::PointerBytes(input.system.cpu) != 8) return {};
  if (model::FindRegisterTable(input.system.cpu) == nullptr) return {};
  std::optional<ProcessAddress> address = std::nullopt;
  if (fault.kind == Fault::Kind::kAccess) address = fault.address;
  bool was_non_canonical = false;
  if (facts.adjusted_address) {
    if (facts.adjusted_address->kind == model::AdjustedAddress::Kind::kNullPointer) return {};
    address = ProcessAddress{facts.adjusted_address->value};
    was_non_canonical = true;
  }
  if (!address) return {};

  const MemoryOperand* const operand = FindOperand(input, instruction, *address);
  const std::uint64_t size = operand != nullptr ? std::max<std::uint64_t>(operand->size, 1) : 1;
  if (IsAtMapping(input.regions, *address, size, fault)) return {};
  const AccessKind kind =
      operand != nullptr && fault.access == AccessKind::kUnknown ? operand->kind : fault.access;
  const bool is_execution = fault.is_execution || *address == input.pc;
  Search search(input, kind, is_execution, was_non_canonical);
  for (int bit = search.bits().first; bit < search.bits().end; ++bit) {
    search.Try({address->value ^ std::uint64_t{1} << bit}, address->value, {});
  }
  if (operand != nullptr) {
    TryRegister(input, *operand, operand->form.base, search);
    TryRegister(input, *operand, operand->form.index, search);
  }
  return search.Take();
}

}  // namespace cairn::crash
