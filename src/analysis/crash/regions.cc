#include "analysis/crash/regions.h"

#include <algorithm>

namespace cairn::crash {
namespace {

// Guards are a page or a few; reserved address space is far larger.
constexpr std::uint64_t kMaxGuardBytes = 0x8000;

std::span<const model::MemoryMapping>::iterator UpperBound(Regions regions, model::ProcessAddress address) {
  return std::upper_bound(
      regions.begin(), regions.end(), address,
      [](model::ProcessAddress value, const model::MemoryMapping& region) { return value < region.start; });
}

}  // namespace

const model::MemoryMapping* FindRegion(Regions regions, model::ProcessAddress address) {
  const auto above = UpperBound(regions, address);
  if (above == regions.begin()) return nullptr;
  const model::MemoryMapping& region = *(above - 1);
  return address < region.end ? &region : nullptr;
}

const model::MemoryMapping* FindRegionAbove(Regions regions, model::ProcessAddress address) {
  const auto above = UpperBound(regions, address);
  return above == regions.end() ? nullptr : &*above;
}

bool IsAccessible(const model::MemoryMapping& region) {
  return region.readable || region.writable || region.executable;
}

bool Allows(const model::MemoryMapping& region, model::AccessKind kind) {
  switch (kind) {
    case model::AccessKind::kUnknown: return IsAccessible(region);
    case model::AccessKind::kRead: return region.readable;
    case model::AccessKind::kWrite: return region.writable;
    case model::AccessKind::kReadWrite: return region.readable && region.writable;
  }
  return false;
}

bool IsLikelyGuardPage(Regions regions, model::ProcessAddress address) {
  const model::MemoryMapping* const guard = FindRegion(regions, address);
  if (guard == nullptr || IsAccessible(*guard)) return false;
  if (guard->end.value - guard->start.value > kMaxGuardBytes) return false;
  const model::MemoryMapping* const above = FindRegion(regions, guard->end);
  if (above != nullptr && IsAccessible(*above)) return true;
  if (guard->start.value == 0) return false;
  const model::MemoryMapping* const below =
      FindRegion(regions, model::ProcessAddress{guard->start.value - 1});
  return below != nullptr && IsAccessible(*below);
}

}  // namespace cairn::crash
