#include "formats/minidump/list.h"

#include <algorithm>

namespace cairn::minidump {

List OpenList(const Minidump& dump, base::Bytes stream, const ListShape& shape,
              model::Diagnostics& diagnostics) {
  List list{.reader = dump.Reader(stream)};
  list.count = list.reader.Read<std::uint32_t>();
  const std::uint64_t elements_bytes = std::uint64_t{list.count} * shape.element_bytes;
  if (stream.size() == 2 * sizeof(std::uint32_t) + elements_bytes) list.reader.Skip(sizeof(std::uint32_t));
  if (const std::size_t there = list.reader.remaining() / shape.element_bytes; list.count > there) {
    diagnostics.Add(model::Stage::kMinidump, {base::Code::kTruncated, stream.size(), shape.what});
    list.count = static_cast<std::uint32_t>(there);
  }
  if (list.count > shape.count_max) {
    diagnostics.Add(model::Stage::kMinidump, {base::Code::kLimitExceeded, list.count, shape.what});
    list.count = shape.count_max;
  }
  return list;
}

}  // namespace cairn::minidump
