#include "formats/minidump/function_table.h"

#include <optional>

#include "formats/minidump/limits.h"

namespace cairn::minidump {
namespace {

constexpr std::uint32_t kHeaderBytes = 24;
constexpr std::uint32_t kDescriptorBytes = 32;

// MINIDUMP_FUNCTION_TABLE_STREAM
struct Header {
  std::uint32_t header_bytes = 0;
  std::uint32_t descriptor_bytes = 0;
  std::uint32_t native_descriptor_bytes = 0;
  std::uint32_t entry_bytes = 0;
  std::uint32_t table_count = 0;
  std::uint32_t pad_bytes = 0;  // Behind the header.
};

Header ReadHeader(base::ByteReader& reader) {
  Header header;
  header.header_bytes = reader.Read<std::uint32_t>();
  header.descriptor_bytes = reader.Read<std::uint32_t>();
  header.native_descriptor_bytes = reader.Read<std::uint32_t>();
  header.entry_bytes = reader.Read<std::uint32_t>();
  header.table_count = reader.Read<std::uint32_t>();
  header.pad_bytes = reader.Read<std::uint32_t>();
  return header;
}

// The next table, if all of it is there.
std::optional<FunctionTable> ReadTable(base::ByteReader& reader, const Header& header) {
  FunctionTable table;
  const std::size_t start = reader.offset();
  table.start = {reader.Read<std::uint64_t>()};  // MINIDUMP_FUNCTION_TABLE_DESCRIPTOR
  table.end = {reader.Read<std::uint64_t>()};
  table.base = {reader.Read<std::uint64_t>()};
  table.entry_count = reader.Read<std::uint32_t>();
  const auto pad_bytes = reader.Read<std::uint32_t>();
  if (!reader.ok()) return std::nullopt;
  reader.Seek(start + std::size_t{header.descriptor_bytes});
  table.entry_bytes = header.entry_bytes;
  table.descriptor = reader.ReadBytes(header.native_descriptor_bytes);
  table.entries = reader.ReadBytes(std::uint64_t{table.entry_count} * header.entry_bytes);
  if (!reader.ok()) return std::nullopt;
  if (pad_bytes <= reader.remaining()) reader.Skip(pad_bytes);
  return table;
}

}  // namespace

std::vector<FunctionTable> ReadFunctionTables(const Minidump& dump, model::Diagnostics& diagnostics) {
  const std::optional<base::Bytes> stream = dump.Stream(wire::StreamType::kFunctionTable);
  if (!stream) return {};
  return ParseFunctionTables(dump, *stream, diagnostics);
}

std::vector<FunctionTable> ParseFunctionTables(const Minidump& dump, base::Bytes stream,
                                               model::Diagnostics& diagnostics) {
  std::vector<FunctionTable> tables;
  const auto note = [&](base::Code code, std::uint64_t offset) {
    diagnostics.Add(model::Stage::kMinidump, {code, offset, "function tables"});
  };
  base::ByteReader reader = dump.Reader(stream);
  const Header header = ReadHeader(reader);
  if (!reader.ok() || header.header_bytes < kHeaderBytes || header.descriptor_bytes < kDescriptorBytes) {
    note(reader.ok() ? base::Code::kBadValue : base::Code::kTruncated, 0);
    return tables;
  }
  reader.Seek(std::size_t{header.header_bytes} + header.pad_bytes);
  for (std::uint32_t i = 0; i < header.table_count; ++i) {
    if (i == kMaxFunctionTables) {
      note(base::Code::kLimitExceeded, reader.offset());
      break;
    }
    const std::size_t offset = reader.offset();
    const std::optional<FunctionTable> table = ReadTable(reader, header);
    if (!table) {
      note(base::Code::kTruncated, offset);
      break;
    }
    tables.push_back(*table);
  }
  return tables;
}

}  // namespace cairn::minidump
