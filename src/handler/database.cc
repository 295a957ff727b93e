#include "handler/database.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "os/file.h"
#include "wire/configuration.h"

namespace cairn::handler {
namespace {

constexpr std::string_view kDumpSuffix = ".dmp";
constexpr std::string_view kPingSuffix = ".json";
constexpr std::string_view kStateSuffix = ".state";
constexpr std::size_t kMaxStateBytes = 65536;

constexpr std::int64_t kFirstBackOffS = 60;
constexpr std::int64_t kMaxBackOffS = 8 * 3600;

// What is no number of this type leaves the value as it was.
template <typename T>
void ParseNumber(std::string_view text, T& value) {
  std::from_chars(text.data(), text.data() + text.size(), value);
}

std::string Joined(const std::string& folder, const char* subfolder, const std::string& id,
                   std::string_view suffix) {
  return folder + subfolder + "/" + id + std::string(suffix);
}

// The ids of the files with `suffix` in `folder`, oldest first.
std::vector<std::string> ListByAge(const std::string& folder, std::string_view suffix) {
  std::vector<std::pair<std::int64_t, std::string>> found;
  const auto names = os::ListDirectory(folder);
  if (!names) return {};
  for (const std::string& name : *names) {
    if (!name.ends_with(suffix)) continue;
    const auto info = os::Inspect(folder + "/" + name);
    if (info && !info->is_directory)
      found.emplace_back(info->modified_ns, name.substr(0, name.size() - suffix.size()));
  }
  std::ranges::sort(found);
  std::vector<std::string> ids;
  ids.reserve(found.size());
  for (auto& [age, id] : found) ids.push_back(std::move(id));
  return ids;
}

WaitingState ReadState(const std::string& path) {
  const auto text = os::ReadFile(path, kMaxStateBytes);
  return text ? ParseState(*text) : WaitingState{};
}

base::Status WriteState(const std::string& path, const WaitingState& state) {
  return os::WriteFileDurably(path, base::AsBytes(FormatState(state)));
}

// Deleting is all that can be done; a file that stays is met again next time.
void Delete(const std::string& path) { static_cast<void>(os::RemoveFile(path)); }

}  // namespace

WaitingState StateAtCrash(const Settings& settings) {
  return {.consent = settings.report_consent,
          .owes_ping = settings.wants_pings(),
          .submit_url = settings.submit_url};
}

// Lines "name value". A line break in a value would end it, so it becomes a blank.
std::string FormatState(const WaitingState& state) {
  std::string text;
  const auto line = [&text](std::string_view name, std::string value) {
    std::ranges::replace(value, '\n', ' ');
    text.append(name).append(" ").append(value).append("\n");
  };
  line("consent", std::string(ConsentName(state.consent)));
  line("owes_ping", state.owes_ping ? "1" : "0");
  line("submit_url", state.submit_url);
  line("url_path", state.url_path);
  line("walks", std::to_string(state.walks));
  line("attempts", std::to_string(state.attempts));
  line("last_attempt_s", std::to_string(state.last_attempt_s));
  line("refused", state.refused);
  return text;
}

WaitingState ParseState(const std::string& text) {
  WaitingState state;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const std::size_t blank = line.find(' ');
    if (blank == std::string_view::npos) continue;
    const std::string_view name = line.substr(0, blank);
    const std::string_view value = line.substr(blank + 1);
    if (name == "consent" && value == "always") state.consent = ReportConsent::kAlways;
    if (name == "consent" && value == "never") state.consent = ReportConsent::kNever;
    if (name == "owes_ping") state.owes_ping = value == "1";
    if (name == "submit_url") state.submit_url = value;
    if (name == "url_path") state.url_path = value;
    if (name == "walks") ParseNumber(value, state.walks);
    if (name == "attempts") ParseNumber(value, state.attempts);
    if (name == "last_attempt_s") ParseNumber(value, state.last_attempt_s);
    if (name == "refused") state.refused = value;
  }
  return state;
}

bool IsDue(const WaitingState& state, std::int64_t now_s) {
  if (!state.refused.empty()) return false;
  if (state.attempts <= 1) return true;
  const std::uint32_t doublings = std::min(state.attempts - 2, 16U);
  const std::int64_t wait_s = std::min(kFirstBackOffS << doublings, kMaxBackOffS);
  // A last attempt in the future comes of a clock that was set back.
  return now_s < state.last_attempt_s || now_s - wait_s >= state.last_attempt_s;
}

base::Result<Database> Database::Open(const std::string& folder) {
  for (const char* const subfolder : {wire::kNewFolder, wire::kPendingFolder, wire::kPingFolder}) {
    RETURN_IF_ERROR(os::MakeDirectories(folder + subfolder));
  }
  return Database(folder);
}

std::string Database::NewFolder() const { return folder_ + wire::kNewFolder; }
std::string Database::NewDumpPath(const std::string& id) const {
  return Joined(folder_, wire::kNewFolder, id, kDumpSuffix);
}
std::string Database::DumpPath(const std::string& id) const {
  return Joined(folder_, wire::kPendingFolder, id, kDumpSuffix);
}
std::string Database::PingPath(const std::string& id) const {
  return Joined(folder_, wire::kPingFolder, id, kPingSuffix);
}

base::Status Database::Keep(const std::string& id, const WaitingState& state) const {
  // The state first: a dump without one would be taken for one that needs consent and owes nothing.
  RETURN_IF_ERROR(SetReportState(id, state));
  return os::RenameDurably(NewDumpPath(id), DumpPath(id));
}

base::Status Database::KeepPing(const std::string& id, const WaitingState& state, base::Bytes json) const {
  RETURN_IF_ERROR(SetPingState(id, state));
  return os::WriteFileDurably(PingPath(id), json);
}

std::vector<std::string> Database::Reports() const {
  return ListByAge(folder_ + wire::kPendingFolder, kDumpSuffix);
}
std::vector<std::string> Database::Pings() const {
  return ListByAge(folder_ + wire::kPingFolder, kPingSuffix);
}

WaitingState Database::ReportState(const std::string& id) const {
  return ReadState(Joined(folder_, wire::kPendingFolder, id, kStateSuffix));
}
WaitingState Database::PingState(const std::string& id) const {
  return ReadState(Joined(folder_, wire::kPingFolder, id, kStateSuffix));
}
base::Status Database::SetReportState(const std::string& id, const WaitingState& state) const {
  return WriteState(Joined(folder_, wire::kPendingFolder, id, kStateSuffix), state);
}
base::Status Database::SetPingState(const std::string& id, const WaitingState& state) const {
  return WriteState(Joined(folder_, wire::kPingFolder, id, kStateSuffix), state);
}

void Database::DeleteReport(const std::string& id) const {
  Delete(DumpPath(id));
  Delete(Joined(folder_, wire::kPendingFolder, id, kStateSuffix));
}
void Database::DeletePing(const std::string& id) const {
  Delete(PingPath(id));
  Delete(Joined(folder_, wire::kPingFolder, id, kStateSuffix));
}

void Database::Prune() const {
  std::vector<std::string> reports = Reports();
  std::ranges::reverse(reports);  // Newest first: what fits stays.
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < reports.size(); ++i) {
    const auto info = os::Inspect(DumpPath(reports[i]));
    bytes += info ? info->size : 0;
    if (i >= kMaxReports || bytes > kMaxReportBytes) DeleteReport(reports[i]);
  }
  const std::vector<std::string> pings = Pings();
  for (std::size_t i = 0; i + kMaxPings < pings.size(); ++i) DeletePing(pings[i]);
}

}  // namespace cairn::handler
