#include "formats/minidump/system_memory.h"

#include <cstdint>

#include "base/checked_math.h"

namespace cairn::minidump {
namespace {

// MINIDUMP_SYSTEM_MEMORY_INFO_1, minidumpapiset.h, packed to 4 bytes: revision and flags, then four
// structures.
constexpr std::size_t kPageSizeOffset = 8;            // BasicInfo.PageSize; NumberOfPhysicalPages follows.
constexpr std::size_t kBasicPerformanceOffset = 116;  // BasicPerfInfo: four u64.
constexpr std::size_t kPerformancePagesOffset = 192;  // PerfInfo.AvailablePages and so on: u32.
constexpr std::uint16_t kHasBasicPerformance = 0x2;   // MINIDUMP_SYSMEMINFO1_BASICPERF

// Counts of pages. PerfInfo has them in 32 bits, BasicPerfInfo of newer systems in 64.
struct Pages {
  std::uint64_t available = 0;
  std::uint64_t committed = 0;
  std::uint64_t commit_limit = 0;
};

std::optional<Pages> ReadPages(base::ByteReader reader, std::uint16_t flags) {
  Pages pages;
  if ((flags & kHasBasicPerformance) != 0) {
    reader.Seek(kBasicPerformanceOffset);
    pages.available = reader.Read<std::uint64_t>();
    pages.committed = reader.Read<std::uint64_t>();
    pages.commit_limit = reader.Read<std::uint64_t>();
  } else {
    reader.Seek(kPerformancePagesOffset);
    pages.available = reader.Read<std::uint32_t>();
    pages.committed = reader.Read<std::uint32_t>();
    pages.commit_limit = reader.Read<std::uint32_t>();
  }
  if (!reader.ok()) return std::nullopt;
  return pages;
}

}  // namespace

std::optional<model::SystemMemory> ReadSystemMemory(const Minidump& dump) {
  const std::optional<base::Bytes> stream = dump.Stream(wire::StreamType::kSystemMemoryInfo);
  if (!stream) return std::nullopt;
  base::ByteReader reader = dump.Reader(*stream);
  reader.Skip(sizeof(std::uint16_t));  // Revision
  const auto flags = reader.Read<std::uint16_t>();
  reader.Seek(kPageSizeOffset);
  const std::uint64_t page_bytes = reader.Read<std::uint32_t>();
  const std::uint64_t physical_pages = reader.Read<std::uint32_t>();
  model::SystemMemory memory;
  if (!reader.ok() || page_bytes == 0) return memory;
  const auto bytes_of = [&](std::uint64_t pages) { return base::CheckedMultiply(pages, page_bytes); };
  memory.physical_total = bytes_of(physical_pages);
  if (const std::optional<Pages> pages = ReadPages(dump.Reader(*stream), flags)) {
    memory.physical_available = bytes_of(pages->available);
    memory.commit_limit = bytes_of(pages->commit_limit);
    if (pages->committed <= pages->commit_limit) {
      memory.commit_available = bytes_of(pages->commit_limit - pages->committed);
    }
  }
  return memory;
}

}  // namespace cairn::minidump
