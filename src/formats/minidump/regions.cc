#include "formats/minidump/regions.h"

#include <algorithm>
#include <optional>

#include "formats/minidump/limits.h"
#include "formats/minidump/linux_maps.h"
#include "formats/minidump/list.h"

namespace cairn::minidump {
namespace {

constexpr std::uint32_t kProtectionMask = 0xff;  // winnt.h: above it PAGE_GUARD and hints for caches.

constexpr std::uint32_t kReadable = wire::kPageReadOnly | wire::kPageReadWrite | wire::kPageWriteCopy |
                                    wire::kPageExecuteRead | wire::kPageExecuteReadWrite |
                                    wire::kPageExecuteWriteCopy;
constexpr std::uint32_t kWritable =
    wire::kPageReadWrite | wire::kPageWriteCopy | wire::kPageExecuteReadWrite | wire::kPageExecuteWriteCopy;
constexpr std::uint32_t kExecutable =
    wire::kPageExecute | wire::kPageExecuteRead | wire::kPageExecuteReadWrite | wire::kPageExecuteWriteCopy;

std::vector<model::MemoryMapping> ReadMemoryInfo(const Minidump& dump, base::Bytes stream,
                                                 model::Diagnostics& diagnostics) {
  const SizedList list = OpenSizedList(dump, stream,
                                       {.element_bytes_min = wire::kMemoryInfoSize,
                                        .count_max = kMaxRegions,
                                        .count_bytes = sizeof(std::uint64_t),
                                        .what = "memory regions"},
                                       diagnostics);
  std::vector<model::MemoryMapping> regions;
  for (std::uint32_t i = 0; i < list.count; ++i) {
    base::ByteReader reader = list.Entry(i);  // MINIDUMP_MEMORY_INFO, minidumpapiset.h.
    const auto base = reader.Read<std::uint64_t>();
    reader.Skip(2 * sizeof(std::uint64_t));  // AllocationBase, AllocationProtect, alignment
    const auto size = reader.Read<std::uint64_t>();
    const auto state = reader.Read<std::uint32_t>();
    const auto protection = reader.Read<std::uint32_t>();
    if (state != wire::kMemoryCommitted) continue;
    if (size == 0 || size > ~base) {
      diagnostics.Add(model::Stage::kMinidump, {base::Code::kBadValue, list.EntryOffset(i), "memory region"});
      continue;
    }
    // A guard page raises an exception at the first access of any kind.
    const std::uint32_t allowed = (protection & wire::kPageGuard) != 0 ? 0 : protection & kProtectionMask;
    regions.push_back({.start = {base},
                       .end = {base + size},
                       .readable = (allowed & kReadable) != 0,
                       .writable = (allowed & kWritable) != 0,
                       .executable = (allowed & kExecutable) != 0});
  }
  return regions;
}

}  // namespace

std::vector<model::MemoryMapping> ReadRegions(const Minidump& dump, model::Diagnostics& diagnostics) {
  std::vector<model::MemoryMapping> regions = ReadLinuxMaps(dump, diagnostics);
  const std::optional<base::Bytes> stream = dump.Stream(wire::StreamType::kMemoryInfoList);
  if (regions.empty() && stream) regions = ReadMemoryInfo(dump, *stream, diagnostics);
  std::ranges::stable_sort(regions, {}, &model::MemoryMapping::start);
  return regions;
}

}  // namespace cairn::minidump
