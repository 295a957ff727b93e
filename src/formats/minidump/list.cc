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

SizedList OpenSizedList(const Minidump& dump, base::Bytes stream, const SizedListShape& shape,
                        model::Diagnostics& diagnostics) {
  const auto note = [&](base::Code code, std::uint64_t offset) {
    diagnostics.Add(model::Stage::kMinidump, {code, offset, shape.what});
  };
  SizedList list{.order = dump.order()};
  base::ByteReader reader = dump.Reader(stream);
  const auto header_bytes = reader.Read<std::uint32_t>();
  const auto entry_bytes = reader.Read<std::uint32_t>();
  std::uint64_t count = shape.count_bytes == sizeof(std::uint64_t) ? reader.Read<std::uint64_t>()
                                                                   : reader.Read<std::uint32_t>();
  if (!reader.ok()) {
    note(base::Code::kTruncated, stream.size());
    return list;
  }
  if (header_bytes < reader.offset() || header_bytes > stream.size() ||
      entry_bytes < shape.element_bytes_min) {
    if (count != 0) note(base::Code::kBadValue, 0);
    return list;
  }
  list.entries = stream.subspan(header_bytes);
  list.header_bytes = header_bytes;
  list.entry_bytes = entry_bytes;
  if (const std::size_t there = list.entries.size() / entry_bytes; count > there) {
    note(base::Code::kTruncated, stream.size());
    count = there;
  }
  if (count > shape.count_max) {
    note(base::Code::kLimitExceeded, count);
    count = shape.count_max;
  }
  list.count = static_cast<std::uint32_t>(count);
  return list;
}

}  // namespace cairn::minidump
