#include "symbols/absence_file.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

namespace cairn::symbols {
namespace {

struct ReasonName {
  AbsenceReason reason;
  std::string_view name;
};
constexpr ReasonName kReasonNames[] = {
    {AbsenceReason::kNotThere, "not-there"},       {AbsenceReason::kRateLimited, "rate-limited"},
    {AbsenceReason::kServerError, "server-error"}, {AbsenceReason::kNetwork, "network"},
    {AbsenceReason::kBlocked, "blocked"},          {AbsenceReason::kUnreadable, "unreadable"},
};

std::string_view NameOf(AbsenceReason reason) {
  const auto* const row = std::ranges::find(kReasonNames, reason, &ReasonName::reason);
  return row == std::end(kReasonNames) ? "unknown" : row->name;
}

// Takes what stands before the next blank off the line.
std::string_view TakeWord(std::string_view& line) {
  const std::size_t end = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return word;
}

template <typename T>
bool ReadNumber(std::string_view word, T& number) {
  const auto result = std::from_chars(word.data(), word.data() + word.size(), number);
  return result.ec == std::errc() && result.ptr == word.data() + word.size();
}

}  // namespace

std::vector<AbsenceEntry> ParseAbsenceFile(std::string_view text, std::int64_t now_unix_ms) {
  std::vector<AbsenceEntry> entries;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto* const row = std::ranges::find(kReasonNames, TakeWord(line), &ReasonName::name);
    AbsenceEntry entry;
    if (row == std::end(kReasonNames) || !ReadNumber(TakeWord(line), entry.absence.status) ||
        !ReadNumber(TakeWord(line), entry.expires_unix_ms)) {
      continue;
    }
    entry.absence.reason = row->reason;
    entry.server = line;
    const bool believed =
        entry.expires_unix_ms > now_unix_ms && entry.expires_unix_ms <= now_unix_ms + kLongestBelief_ms;
    if (believed) entries.push_back(std::move(entry));
  }
  return entries;
}

std::string FormatAbsenceFile(const std::vector<AbsenceEntry>& entries) {
  std::string text;
  for (const AbsenceEntry& entry : entries) {
    text.append(NameOf(entry.absence.reason)).append(" ").append(std::to_string(entry.absence.status));
    text.append(" ").append(std::to_string(entry.expires_unix_ms));
    text.append(" ").append(entry.server).append("\n");
  }
  return text;
}

}  // namespace cairn::symbols
