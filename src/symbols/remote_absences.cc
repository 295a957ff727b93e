#include "symbols/remote_absences.h"

#include <algorithm>

#include "os/file.h"

namespace cairn::symbols {
namespace {

using base::Code;

constexpr std::int64_t kSecond_ms = 1000;

// A login page or a firewall is seldom mended within minutes.
constexpr std::int64_t kBlocked_ms = 600 * kSecond_ms;
constexpr std::int64_t kUnreadable_ms = 3600 * kSecond_ms;
constexpr std::int64_t kRateLimited_ms = 60 * kSecond_ms;
constexpr std::int64_t kServerError_ms = 30 * kSecond_ms;
constexpr std::int64_t kNetwork_ms = 15 * kSecond_ms;
// Whatever a server asks for, it is asked again after an hour.
constexpr std::int64_t kLongestBackOff_ms = 3600 * kSecond_ms;
static_assert(kLongestBackOff_ms <= kLongestBelief_ms);

// A file has a line per server; nobody has so many servers, or such long URLs.
constexpr std::size_t kMaxFileBytes = 1 << 16;

// Whether the reason holds for every file of the server: it is busy, or did not answer at all.
bool IsOfServer(const Absence& absence) {
  return absence.reason == AbsenceReason::kRateLimited ||
         (absence.reason == AbsenceReason::kNetwork && absence.status == 0);
}

}  // namespace

base::Error ErrorOf(const Absence& absence) {
  switch (absence.reason) {
    case AbsenceReason::kNotThere: return {Code::kNotFound, absence.status, "symbols: on no symbol server"};
    case AbsenceReason::kRateLimited:
      return {Code::kRefused, absence.status, "symbols: the symbol server is busy (HTTP status)"};
    case AbsenceReason::kServerError:
      return {Code::kRefused, absence.status, "symbols: the symbol server failed (HTTP status)"};
    case AbsenceReason::kNetwork: return {Code::kUnreachable, absence.status, "symbols: the symbol server"};
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
    case AbsenceReason::kNotThere: return kLongestBelief_ms;
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
  for (const AbsenceEntry& entry : ReadEntries(key, now_unix_ms)) {
    if (entry.server == server) return entry.absence;
  }
  return std::nullopt;
}

void RemoteAbsences::Remember(const std::string& server, const std::string& key, const Absence& absence,
                              std::optional<int> retry_after_s, std::int64_t now_unix_ms) {
  const AbsenceEntry entry{server, absence, now_unix_ms + BeliefMillis(absence.reason, retry_after_s)};
  {
    const std::lock_guard lock(mutex_);
    if (memory_.size() >= kMaxEntries) memory_.clear();
    memory_[server + "\n" + key] = entry;
    if (IsOfServer(absence)) memory_[server + "\n"] = entry;
  }
  if (folder_.empty()) return;
  // Processes hold the module's lock here, so none loses what another wrote.
  std::vector<AbsenceEntry> entries = ReadEntries(key, now_unix_ms);
  std::erase_if(entries, [&](const AbsenceEntry& other) { return other.server == server; });
  entries.push_back(entry);
  const std::string path = FilePath(key);
  // Without the file the server is only asked once more.
  if (os::MakeDirectories(path.substr(0, path.rfind('/'))))
    (void)os::WriteFileDurably(path, base::AsBytes(FormatAbsenceFile(entries)));
}

bool RemoteAbsences::WasRemembered(const std::string& key) const {
  return !folder_.empty() && os::Inspect(FilePath(key));
}

std::string RemoteAbsences::FilePath(const std::string& key) const {
  return std::string(folder_).append("/").append(key).append(".absent");
}

std::vector<AbsenceEntry> RemoteAbsences::ReadEntries(const std::string& key,
                                                      std::int64_t now_unix_ms) const {
  if (folder_.empty()) return {};
  const base::Result<std::string> text = os::ReadFile(FilePath(key), kMaxFileBytes);
  if (!text) return {};
  return ParseAbsenceFile(*text, now_unix_ms);
}

}  // namespace cairn::symbols
