#include "formats/minidump/linux_text.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "base/hex.h"
#include "formats/minidump/limits.h"

namespace cairn::minidump {
namespace {

constexpr std::string_view kBlanks = " \t\r";

std::optional<std::string_view> ReadText(const Minidump& dump, wire::StreamType type) {
  const std::optional<base::Bytes> stream = dump.Stream(type);
  if (!stream) return std::nullopt;
  return base::AsText(*stream).substr(0, kMaxLinuxTextBytes);
}

std::string_view Trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// The first line of `text`, which then begins behind it. A zero byte ends a text as well: some writers copy
// whole buffers.
std::string_view TakeLine(std::string_view& text) {
  const std::size_t end = std::min(text.find_first_of(std::string_view("\n\0", 2)), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

struct KeyValue {
  std::string_view key;
  std::string_view value;
};

// "key<separator>value" with blanks around either. A line without the separator has an empty key.
KeyValue SplitLine(std::string_view line, char separator) {
  const std::size_t at = line.find(separator);
  if (at == std::string_view::npos) return {};
  return {Trim(line.substr(0, at)), Trim(line.substr(at + 1))};
}

// The value of the first line whose key is `key`.
std::optional<std::string_view> FindValue(std::string_view text, char separator, std::string_view key) {
  while (!text.empty()) {
    const KeyValue line = SplitLine(TakeLine(text), separator);
    if (line.key == key) return line.value;
  }
  return std::nullopt;
}

std::string_view Unquote(std::string_view text) {
  const bool is_quoted =
      text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.front() == text.back();
  return is_quoted ? text.substr(1, text.size() - 2) : text;
}

// A key of /etc/lsb-release, that of /etc/os-release which says the same, and where it goes.
struct ReleaseRow {
  std::string_view lsb_key;
  std::string_view os_key;
  std::string model::LinuxRelease::* member;
};
constexpr ReleaseRow kReleaseRows[] = {
    {"DISTRIB_ID", "ID", &model::LinuxRelease::id},
    {"DISTRIB_RELEASE", "VERSION_ID", &model::LinuxRelease::release},
    {"DISTRIB_CODENAME", "VERSION_CODENAME", &model::LinuxRelease::codename},
    {"DISTRIB_DESCRIPTION", "PRETTY_NAME", &model::LinuxRelease::description},
};

// "8388608" or "unlimited"; whatever else a kernel might write is no limit that can be told.
std::string LimitText(std::string_view text) {
  const bool is_number =
      !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  return is_number || text == "unlimited" ? std::string(text.substr(0, kMaxValueBytes)) : "err";
}

// The next word of `text`, which then begins behind it; empty at the end.
std::string_view TakeWord(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  const std::string_view word = text.substr(0, text.find_first_of(kBlanks));
  text.remove_prefix(word.size());
  return word;
}

// "Max open files            1024                 4096                 files     ": the kernel prints the
// name in 25 columns and a blank (fs/proc/base.c, proc_pid_limits). Some limits have no unit.
std::optional<model::ProcessLimit> ParseLimit(std::string_view line) {
  constexpr std::size_t kNameColumns = 25;
  if (line.size() <= kNameColumns) return std::nullopt;
  model::ProcessLimit limit{.name = std::string(Trim(line.substr(0, kNameColumns)))};
  std::string_view rest = line.substr(kNameColumns);
  const std::string_view soft = TakeWord(rest);
  const std::string_view hard = TakeWord(rest);
  const std::string_view unit = TakeWord(rest);
  if (limit.name.empty() || hard.empty()) return std::nullopt;
  limit.soft = LimitText(soft);
  limit.hard = LimitText(hard);
  limit.unit = unit.empty() ? "n/a" : std::string(unit.substr(0, kMaxValueBytes));
  return limit;
}

}  // namespace

std::optional<model::LinuxRelease> ReadLinuxRelease(const Minidump& dump) {
  const std::optional<std::string_view> text = ReadText(dump, wire::StreamType::kLinuxLsbRelease);
  if (!text) return std::nullopt;
  model::LinuxRelease release;
  for (const ReleaseRow& row : kReleaseRows) {
    std::optional<std::string_view> value = FindValue(*text, '=', row.lsb_key);
    if (!value) value = FindValue(*text, '=', row.os_key);
    if (value) release.*row.member = Unquote(*value).substr(0, kMaxValueBytes);
  }
  return release;
}

std::vector<model::ProcessLimit> ReadProcessLimits(const Minidump& dump, model::Diagnostics& diagnostics) {
  std::vector<model::ProcessLimit> limits;
  const std::optional<std::string_view> whole = ReadText(dump, wire::StreamType::kMozLinuxLimits);
  std::string_view text = whole.value_or(std::string_view());
  while (!text.empty()) {
    const std::size_t offset = whole->size() - text.size();
    const std::string_view line = TakeLine(text);
    if (Trim(line).empty() || line.starts_with("Limit ")) continue;  // The second is the table's head.
    if (limits.size() == kMaxProcessLimits) {
      diagnostics.Add(model::Stage::kMinidump, {base::Code::kLimitExceeded, offset, "process limits"});
      break;
    }
    if (std::optional<model::ProcessLimit> limit = ParseLimit(line)) {
      limits.push_back(std::move(*limit));
    } else {
      diagnostics.Add(model::Stage::kMinidump, {base::Code::kBadValue, offset, "process limit"});
    }
  }
  return limits;
}

std::string ReadMicrocode(const Minidump& dump) {
  const std::string_view text = ReadText(dump, wire::StreamType::kLinuxCpuInfo).value_or(std::string_view());
  const std::string_view value = FindValue(text, ':', "microcode").value_or(std::string_view());
  if (!value.starts_with("0x")) return {};
  const std::optional<std::uint64_t> number = base::ParseHex(value.substr(2));
  return number ? "0x" + base::ToHex(*number) : std::string();
}

std::optional<std::uint32_t> ReadProcStatusPid(const Minidump& dump) {
  const std::string_view text =
      ReadText(dump, wire::StreamType::kLinuxProcStatus).value_or(std::string_view());
  const std::string_view value = FindValue(text, ':', "Pid").value_or(std::string_view());
  std::uint32_t process_id = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), process_id);
  if (error != std::errc() || end != value.data() + value.size()) return std::nullopt;
  return process_id;
}

}  // namespace cairn::minidump
