#include "formats/minidump/memory.h"

#include <algorithm>

#include "formats/minidump/limits.h"
#include "formats/minidump/list.h"

namespace cairn::minidump {
using model::MemoryView;

namespace {

constexpr std::uint32_t kDescriptor64Bytes = 16;  // MINIDUMP_MEMORY_DESCRIPTOR64: start u64, size u64

void AddRange(std::uint64_t start, base::Bytes bytes, std::vector<MemoryView>& ranges) {
  if (bytes.empty() || bytes.size() - 1 > ~start) return;  // Empty, or past the last address.
  ranges.push_back({{start}, bytes});
}

// MINIDUMP_MEMORY64_LIST: count u64, rva u64 of all bytes, then {start, size} of ranges whose bytes follow
// one another.
std::vector<MemoryView> ReadMemory64(const Minidump& dump, base::Bytes stream,
                                     model::Diagnostics& diagnostics) {
  std::vector<MemoryView> ranges;
  base::ByteReader reader = dump.Reader(stream);
  std::uint64_t count = reader.Read<std::uint64_t>();
  const auto rva = reader.Read<std::uint64_t>();
  if (count > reader.remaining() / kDescriptor64Bytes) {
    diagnostics.Add(model::Stage::kMinidump, {base::Code::kTruncated, stream.size(), "full memory list"});
    count = reader.remaining() / kDescriptor64Bytes;
  }
  base::Bytes bytes = dump.From(rva).value_or(base::Bytes());
  for (std::uint64_t i = 0; i < std::min<std::uint64_t>(count, kMaxMemoryRanges); ++i) {
    const auto start = reader.Read<std::uint64_t>();
    const auto size = reader.Read<std::uint64_t>();
    const std::size_t there = static_cast<std::size_t>(std::min<std::uint64_t>(size, bytes.size()));
    AddRange(start, bytes.first(there), ranges);
    bytes = bytes.subspan(there);
    if (there < size) {
      diagnostics.Add(model::Stage::kMinidump, {base::Code::kTruncated, reader.offset(), "full memory"});
      break;
    }
  }
  return ranges;
}

std::vector<MemoryView> ReadMemory32(const Minidump& dump, base::Bytes stream,
                                     model::Diagnostics& diagnostics) {
  std::vector<MemoryView> ranges;
  List list =
      OpenList(dump, stream, {wire::kMemoryDescriptorSize, kMaxMemoryRanges, "memory list"}, diagnostics);
  ranges.reserve(list.count);
  for (std::uint32_t i = 0; i < list.count; ++i) {
    const auto start = list.reader.Read<std::uint64_t>();  // MINIDUMP_MEMORY_DESCRIPTOR.StartOfMemoryRange
    const Location location = ReadLocation(list.reader);
    if (location.size == 0) continue;
    if (const std::optional<base::Bytes> bytes = dump.At(location)) {
      AddRange(start, *bytes, ranges);
    } else {
      diagnostics.Add(model::Stage::kMinidump,
                      {base::Code::kTruncated, list.reader.offset(), "memory range"});
    }
  }
  return ranges;
}

}  // namespace

Memory Memory::Read(const Minidump& dump, model::Diagnostics& diagnostics) {
  Memory memory;
  if (const std::optional<base::Bytes> stream = dump.Stream(wire::StreamType::kMemory64List)) {
    memory.ranges_ = ReadMemory64(dump, *stream, diagnostics);
  }
  const std::optional<base::Bytes> stream = dump.Stream(wire::StreamType::kMemoryList);
  if (memory.ranges_.empty() && stream) memory.ranges_ = ReadMemory32(dump, *stream, diagnostics);
  std::ranges::stable_sort(memory.ranges_, {}, &MemoryView::start);
  return memory;
}

}  // namespace cairn::minidump
