#include "formats/minidump/mac_info.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

#include "formats/minidump/limits.h"

namespace cairn::minidump {
namespace {

// Versions of crashreporter_annotations_t that added fields. Those between are not seen in dumps.
constexpr std::uint64_t kVersionWithTexts = 4;
constexpr std::uint64_t kVersionWithAbortCause = 5;

// The texts behind a record's numbers, each with a zero at its end.
constexpr std::string model::MacCrashInfo::* kTexts[] = {
    &model::MacCrashInfo::module, &model::MacCrashInfo::message, &model::MacCrashInfo::signature_string,
    &model::MacCrashInfo::backtrace, &model::MacCrashInfo::message2};

std::optional<model::MacCrashInfo> ReadRecord(base::ByteReader reader, std::uint32_t numbers_bytes) {
  reader.Skip(sizeof(std::uint64_t));  // Stream type.
  const auto version = reader.Read<std::uint64_t>();
  if (!reader.ok() || numbers_bytes < reader.offset()) return std::nullopt;
  model::MacCrashInfo info;
  const auto read_number = [&](std::optional<std::uint64_t>& number) {
    if (numbers_bytes - reader.offset() < sizeof(std::uint64_t)) return;
    const auto value = reader.Read<std::uint64_t>();
    if (reader.ok()) number = value;
  };
  if (version < kVersionWithTexts) return info;
  read_number(info.thread);
  read_number(info.dialog_mode);
  if (version >= kVersionWithAbortCause) read_number(info.abort_cause);
  // The texts stand where the numbers of the writer's version end, which may be newer than these.
  reader.Seek(numbers_bytes);
  if (!reader.ok()) return std::nullopt;
  std::string_view rest = base::AsText(reader.ReadBytes(reader.remaining()));
  for (std::string model::MacCrashInfo::* const text : kTexts) {
    const std::size_t end = std::min(rest.find('\0'), rest.size());
    info.*text = rest.substr(0, std::min<std::size_t>(end, kMaxTextBytes));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return info;
}

}  // namespace

std::vector<model::MacCrashInfo> ReadMacCrashInfo(const Minidump& dump, model::Diagnostics& diagnostics) {
  const std::optional<base::Bytes> stream = dump.Stream(wire::StreamType::kMozMacosCrashInfo);
  if (!stream) return {};
  return ParseMacCrashInfo(dump, *stream, diagnostics);
}

std::vector<model::MacCrashInfo> ParseMacCrashInfo(const Minidump& dump, base::Bytes stream,
                                                   model::Diagnostics& diagnostics) {
  std::vector<model::MacCrashInfo> records;
  const auto note = [&](base::Code code, std::uint64_t offset) {
    diagnostics.Add(model::Stage::kMinidump, {code, offset, "macOS crash info"});
  };
  base::ByteReader reader = dump.Reader(stream);
  reader.Skip(sizeof(std::uint32_t));  // Stream type.
  auto count = reader.Read<std::uint32_t>();
  const auto numbers_bytes = reader.Read<std::uint32_t>();
  if (count > kMaxMacCrashRecords) {
    note(base::Code::kLimitExceeded, count);
    count = kMaxMacCrashRecords;
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    const Location location = ReadLocation(reader);
    if (!reader.ok()) {
      note(base::Code::kTruncated, stream.size());
      break;
    }
    const std::optional<base::Bytes> bytes = dump.At(location);
    const std::optional<model::MacCrashInfo> record =
        bytes ? ReadRecord(dump.Reader(*bytes), numbers_bytes) : std::nullopt;
    if (record) {
      records.push_back(*record);
    } else {
      note(base::Code::kBadValue, location.rva);
    }
  }
  return records;
}

std::string ReadMacBootArgs(const Minidump& dump) {
  const std::optional<base::Bytes> stream = dump.Stream(wire::StreamType::kMozMacosBootargs);
  if (!stream) return {};
  base::ByteReader reader = dump.Reader(*stream);
  reader.Skip(sizeof(std::uint32_t));  // Stream type.
  return dump.Utf16At(reader.Read<std::uint64_t>()).value_or(std::string());
}

}  // namespace cairn::minidump
