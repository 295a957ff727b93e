#include "analysis/crash/stack_overflow.h"

#include <algorithm>
#include <span>

#include "analysis/crash/regions.h"

namespace cairn::crash {
namespace {

// How far below the stack pointer code touches the stack: pushes, calls and the red zone of amd64 (128 bytes)
// and arm64 on macOS (128); probes of large frames touch one page after the other.
constexpr std::uint64_t kMaxBelowStackPointer = 0x1000;

// How far above the stack pointer one frame reaches. Larger frames than the usual limit of a stack (8 MiB)
// are seen only in tests; a fault farther away has nothing to do with the stack.
constexpr std::uint64_t kMaxFrameBytes = std::uint64_t{16} << 20;

// What lies between the last usable byte of a stack and what may be mapped below it: Linux keeps 256 pages of
// the largest kind in use (stack_guard_gap); macOS maps the guard of the main thread, so that it is found.
constexpr std::uint64_t kMaxGapBytes = std::uint64_t{256} * 0x10000;

// The stack whose lower end lies above `address`, with nothing but guards between.
const model::MemoryMapping* FindStackAbove(Regions regions, model::ProcessAddress address) {
  const model::MemoryMapping* const here = FindRegion(regions, address);
  if (here != nullptr && IsAccessible(*here)) return nullptr;
  model::ProcessAddress end = here != nullptr ? here->end : address;
  // A guard may be more than one mapping; two are seen where a thread library adds its own to the system's.
  constexpr int kMaxGuards = 4;
  for (int i = 0; i < kMaxGuards; ++i) {
    const model::MemoryMapping* next = FindRegion(regions, end);
    if (next == nullptr) next = FindRegionAbove(regions, end);
    if (next == nullptr || next->start.value - end.value > kMaxGapBytes) return nullptr;
    if (IsAccessible(*next)) return next->readable && next->writable ? next : nullptr;
    end = next->end;
  }
  return nullptr;
}

// The same without mappings, as of macOS: the dump holds a stack from its stack pointer on, or from its lower
// end where that is higher. `address`, near the stack pointer and below all of it, is then below the stack;
// what the dump holds was there to be accessed.
bool IsBelowStackView(std::span<const model::MemoryView> memory, model::ProcessAddress address,
                      std::uint64_t sp) {
  const auto holds_address = [&](const model::MemoryView& view) { return view.Contains(address); };
  if (std::ranges::any_of(memory, holds_address)) return false;
  return std::ranges::any_of(memory, [&](const model::MemoryView& view) {
    return view.start > address && view.start.value - address.value <= kMaxGapBytes &&
           (sp < view.start.value || sp - view.start.value < view.bytes.size());
  });
}

}  // namespace

bool IsStackOverflow(const InstructionInput& input, const Fault& fault) {
  if (fault.kind == Fault::Kind::kStackOverflow) return true;
  if (fault.kind != Fault::Kind::kAccess) return false;
  const model::RegisterTable* const table = model::FindRegisterTable(input.system.cpu);
  if (table == nullptr) return false;
  const std::optional<std::uint64_t> sp = input.context.Get(table->sp);
  if (!sp) return false;
  const std::uint64_t address = fault.address.value;
  const bool is_near =
      address >= *sp ? address - *sp < kMaxFrameBytes : *sp - address <= kMaxBelowStackPointer;
  if (!is_near) return false;
  if (input.regions.empty()) return IsBelowStackView(input.memory, fault.address, *sp);
  const model::MemoryMapping* const stack = FindStackAbove(input.regions, fault.address);
  return stack != nullptr && *sp < stack->end.value;
}

}  // namespace cairn::crash
