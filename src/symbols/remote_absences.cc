#include "symbols/remote_absences.h"

#include <algorithm>
#include <charconv>
#include <span>

#include "os/file.h"

namespace cairn::symbols {
namespace {

using base::Code;

constexpr std::int64_t kSecond_ms = 1000;

// A day: what symbols.md's users of public servers expect. What is uploaded later is found after that, or
// when the file KEY.absent is removed.
constexpr std::int64_t kNotThere_ms = std::int64_t{24} * 3600 * kSecond_ms;
// A login page or a firewall is seldom mended within minutes.
constexpr std::int64_t kBlocked_ms = 600 * kSecond_ms;
constexpr std::int64_t kUnreadable_ms = 3600 * kSecond_ms;
constexpr std::int64_t kRateLimited_ms = 60 * kSecond_ms;
constexpr std::int64_t kServerError_ms = 30 * kSecond_ms;
constexpr std::int64_t kNetwork_ms = 15 * kSecond_ms;
// Whatever a server asks for, it is asked again after an hour.
constexpr std::int64_t kLongestBackOff_ms = 3600 * kSecond_ms;

// A file has a line per server; nobody has so many servers, or such long URLs.
constexpr std::size_t kMaxFileBytes = 1 << 16;

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

// Whether the reason holds for every file of the server: it is busy, or did not answer at all.
bool IsOfServer(const Absence& absence) {
  return absence.reason == AbsenceReason::kRateLimited ||
         (absence.reason == AbsenceReason::kNetwork && absence.status == 0);
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

base::Error ErrorOf(const Absence& absence) {
  switch (absence.reason) {
    case AbsenceReason::kNotThere: return {Code::kNotFound, absence.status, "symbols: on no symbol server"};
    case AbsenceReason::kRateLimited:
      return {Code::kRefused, absence.status, "symbols: the symbol server is busy (HTTP status)"};
    case AbsenceReason::kServerError:
      return {Code::kRefused, absence.status, "symbols: the symbol server failed (HTTP status)"};
    case AbsenceReason::kNetwork:
      return {Code::kTimeout, absence.status, "symbols: the symbol server is out of reach"};
    case AbsenceReason::kBlocked:
      return {Code::kRefused, absence.status, "symbols: the symbol server gives no access (HTTP status)"};
    case AbsenceReason::kUnreadable:
      return {Code::kBadMagic, absence.status, "symbols: what the symbol server sent"};
  }
  return {Code::kNotFound, 0, "symbols"};
}

std::int64_t BeliefMillis(AbsenceReason reason, std::optional<int> retry_after_s) {
  const auto asked_or = [&](std::int64_t usual_ms) {
    if (!retry_after_s) return usual_ms;
    return std::clamp<std::int64_t>(std::int64_t{*retry_after_s} * kSecond_ms, kSecond_ms,
                                    kLongestBackOff_ms);
  };
  switch (reason) {
    case AbsenceReason::kNotThere: return kNotThere_ms;
    case AbsenceReason::kRateLimited: return asked_or(kRateLimited_ms);
    case AbsenceReason::kServerError: return asked_or(kServerError_ms);
    case AbsenceReason::kNetwork: return kNetwork_ms;
    case AbsenceReason::kBlocked: return kBlocked_ms;
    case AbsenceReason::kUnreadable: return kUnreadable_ms;
  }
  return 0;
}

std::optional<Absence> RemoteAbsences::Find(const std::string& server, const std::string& key,
                                            std::int64_t now_unix_ms) {
  {
    const std::lock_guard lock(mutex_);
    for (const std::string& name : {server + "\n", server + "\n" + key}) {
      const auto found = memory_.find(name);
      if (found != memory_.end() && found->second.expires_unix_ms > now_unix_ms) return found->second.absence;
    }
  }
  for (const Entry& entry : ReadEntries(key, now_unix_ms)) {
    if (entry.server == server) return entry.absence;
  }
  return std::nullopt;
}

void RemoteAbsences::Remember(const std::string& server, const std::string& key, const Absence& absence,
                              std::optional<int> retry_after_s, std::int64_t now_unix_ms) {
  const Entry entry{server, absence, now_unix_ms + BeliefMillis(absence.reason, retry_after_s)};
  {
    const std::lock_guard lock(mutex_);
    if (memory_.size() >= kMaxEntries) memory_.clear();
    memory_[server + "\n" + key] = entry;
    if (IsOfServer(absence)) memory_[server + "\n"] = entry;
  }
  if (folder_.empty()) return;
  // Processes hold the module's lock here, so none loses what another wrote.
  std::vector<Entry> entries = ReadEntries(key, now_unix_ms);
  std::erase_if(entries, [&](const Entry& other) { return other.server == server; });
  entries.push_back(entry);
  std::string text;
  for (const Entry& line : entries) {
    text.append(NameOf(line.absence.reason)).append(" ").append(std::to_string(line.absence.status));
    text.append(" ")
        .append(std::to_string(line.expires_unix_ms))
        .append(" ")
        .append(line.server)
        .append("\n");
  }
  const std::string path = FilePath(key);
  // Without the file the server is only asked once more.
  if (os::MakeDirectories(path.substr(0, path.rfind('/'))))
    (void)os::WriteFileDurably(path, base::AsBytes(text));
}

std::string RemoteAbsences::FilePath(const std::string& key) const {
  return std::string(folder_).append("/").append(key).append(".absent");
}

// Lines of "REASON STATUS EXPIRES SERVER" that are still believed.
std::vector<RemoteAbsences::Entry> RemoteAbsences::ReadEntries(const std::string& key,
                                                               std::int64_t now_unix_ms) const {
  std::vector<Entry> entries;
  if (folder_.empty()) return entries;
  const base::Result<std::string> text = os::ReadFile(FilePath(key), kMaxFileBytes);
  if (!text) return entries;
  std::string_view rest = *text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const auto* const row = std::ranges::find(kReasonNames, TakeWord(line), &ReasonName::name);
    Entry entry;
    if (row == std::end(kReasonNames) || !ReadNumber(TakeWord(line), entry.absence.status) ||
        !ReadNumber(TakeWord(line), entry.expires_unix_ms)) {
      continue;
    }
    entry.absence.reason = row->reason;
    entry.server = line;
    // A clock that was set back must not make an absence eternal.
    const bool believed = entry.expires_unix_ms > now_unix_ms &&
                          entry.expires_unix_ms <= now_unix_ms + std::max(kNotThere_ms, kLongestBackOff_ms);
    if (believed) entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace cairn::symbols
