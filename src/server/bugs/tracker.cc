#include "server/bugs/tracker.h"

#include <simdjson.h>

#include <algorithm>
#include <array>

#include "base/parse_json.h"
#include "net/http_client.h"

namespace cairn::bugs {
namespace {

namespace dom = simdjson::dom;

constexpr std::array<std::pair<std::string_view, TrackerKind>, 4> kKinds = {
    {{"bugzilla", TrackerKind::kBugzilla},
     {"github", TrackerKind::kGithub},
     {"gitlab", TrackerKind::kGitlab},
     {"jira", TrackerKind::kJira}}};

constexpr std::size_t kMaxDigits = 10;
constexpr std::size_t kBugzillaBugsAtOnce = 50;

bool IsNumber(std::string_view text) {
  return !text.empty() && text.size() <= kMaxDigits && text.front() != '0' &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// "ABC_1-23".
bool IsJiraKey(std::string_view text) {
  const std::size_t dash = text.find('-');
  if (dash == 0 || dash == std::string_view::npos || text.size() > store::kMaxBugIdBytes) return false;
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  return is_capital(text.front()) && IsNumber(text.substr(dash + 1)) &&
         std::ranges::all_of(text.substr(0, dash),
                             [&](char c) { return is_capital(c) || (c >= '0' && c <= '9') || c == '_'; });
}

// "https://github.com/a/b" to "https://github.com" and "a/b".
std::pair<std::string, std::string> SplitUrl(const std::string& url) {
  const std::size_t scheme = url.find("://");
  const std::size_t slash = std::min(url.find('/', scheme == std::string::npos ? 0 : scheme + 3), url.size());
  return {url.substr(0, slash), url.substr(std::min(slash + 1, url.size()))};
}

// What stands before a bug in its address, behind the tracker's own. The most particular first.
std::span<const std::string_view> PathsOf(TrackerKind kind) {
  static constexpr std::string_view kBugzilla[] = {"/show_bug.cgi?id=", "/"};
  static constexpr std::string_view kGithub[] = {"/issues/", "/pull/"};
  static constexpr std::string_view kGitlab[] = {"/-/issues/", "/-/work_items/", "/issues/"};
  static constexpr std::string_view kJira[] = {"/browse/"};
  switch (kind) {
    case TrackerKind::kBugzilla: return kBugzilla;
    case TrackerKind::kGithub: return kGithub;
    case TrackerKind::kGitlab: return kGitlab;
    case TrackerKind::kJira: break;
  }
  return kJira;
}

std::string_view WithoutScheme(std::string_view url) {
  const std::size_t scheme = url.find("://");
  return scheme == std::string_view::npos ? url : url.substr(scheme + 3);
}

// What an address has behind another one that it begins with.
std::optional<std::string_view> RestBehind(std::string_view base, std::string_view url) {
  base = WithoutScheme(base);
  url = WithoutScheme(url);
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  if (url.size() < base.size() || !std::ranges::equal(base, url.substr(0, base.size()), {}, lower, lower))
    return std::nullopt;
  return url.substr(base.size());
}

std::string TextAt(const dom::element& element, std::string_view pointer) {
  std::string_view text;
  return element.at_pointer(pointer).get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

std::optional<States> ReadBugzilla(const dom::element& root, std::span<const std::string> bugs) {
  dom::array list;
  if (root["bugs"].get(list) != simdjson::SUCCESS) return std::nullopt;
  States states;
  for (const dom::element bug : list) {
    std::uint64_t id = 0;
    if (bug["id"].get(id) != simdjson::SUCCESS) continue;
    const std::string name = std::to_string(id);
    if (std::ranges::find(bugs, name) == bugs.end()) continue;
    states.emplace_back(
        name, store::BugState{TextAt(bug, "/status"), TextAt(bug, "/resolution"), TextAt(bug, "/summary")});
  }
  return states;
}

// Where one bug's answer has its texts.
struct Places {
  std::string_view status;
  std::string_view resolution;
  std::string_view summary;
};

Places PlacesOf(TrackerKind kind) {
  switch (kind) {
    case TrackerKind::kGithub: return {"/state", "/state_reason", "/title"};
    case TrackerKind::kJira: return {"/fields/status/name", "/fields/resolution/name", "/fields/summary"};
    default: return {"/state", "/none", "/title"};
  }
}

}  // namespace

std::optional<TrackerKind> ParseTrackerKind(std::string_view text) {
  const auto* const found = std::ranges::find(kKinds, text, [](const auto& row) { return row.first; });
  return found == kKinds.end() ? std::nullopt : std::optional(found->second);
}

std::string_view NameOf(TrackerKind kind) {
  return std::ranges::find(kKinds, kind, [](const auto& row) { return row.second; })->first;
}

bool IsBugId(TrackerKind kind, std::string_view bug) {
  return kind == TrackerKind::kJira ? IsJiraKey(bug) : IsNumber(bug);
}

std::string UrlOfBug(const Tracker& tracker, std::string_view bug) {
  switch (tracker.kind) {
    case TrackerKind::kBugzilla: return tracker.url + "/show_bug.cgi?id=" + std::string(bug);
    case TrackerKind::kGithub: return tracker.url + "/issues/" + std::string(bug);
    case TrackerKind::kGitlab: return tracker.url + "/-/issues/" + std::string(bug);
    case TrackerKind::kJira: return tracker.url + "/browse/" + std::string(bug);
  }
  return {};
}

std::optional<std::string> BugOfUrl(const Tracker& tracker, std::string_view url) {
  const std::optional<std::string_view> rest = RestBehind(tracker.url, url);
  if (!rest) return std::nullopt;
  std::string_view bug;
  for (const std::string_view path : PathsOf(tracker.kind)) {
    if (rest->starts_with(path)) bug = rest->substr(path.size());
    if (!bug.empty()) break;
  }
  bug = bug.substr(0, bug.find_first_of("/?#&"));
  return IsBugId(tracker.kind, bug) ? std::optional(std::string(bug)) : std::nullopt;
}

std::string NewBugTemplate(const Tracker& tracker) {
  switch (tracker.kind) {
    case TrackerKind::kBugzilla:
      // The brackets are what Mozilla's Bugzilla wants in this field of its own; others pass over it.
      return tracker.url +
             "/enter_bug.cgi?bug_type=defect&short_desc={title}&comment={description}"
             "&cf_crash_signature=%5B%40%20{signature}%5D";
    case TrackerKind::kGithub: return tracker.url + "/issues/new?title={title}&body={description}";
    case TrackerKind::kGitlab:
      return tracker.url + "/-/issues/new?issue%5Btitle%5D={title}&issue%5Bdescription%5D={description}";
    case TrackerKind::kJira:
      return tracker.url + "/secure/CreateIssueDetails!init.jspa?summary={title}&description={description}";
  }
  return {};
}

std::size_t BugsAtOnce(TrackerKind kind) { return kind == TrackerKind::kBugzilla ? kBugzillaBugsAtOnce : 1; }

std::string StateUrl(const Tracker& tracker, std::span<const std::string> bugs) {
  const auto [origin, path] = SplitUrl(tracker.url);
  const std::string first = bugs.empty() ? std::string() : bugs.front();
  switch (tracker.kind) {
    case TrackerKind::kBugzilla: {
      std::string ids;
      for (const std::string& bug : bugs) ids += (ids.empty() ? "" : ",") + bug;
      return tracker.url + "/rest/bug?include_fields=id,status,resolution,summary&id=" + ids;
    }
    case TrackerKind::kGithub:
      // GitHub's own API has a host for itself, that of an enterprise a path.
      return (origin == "https://github.com" ? "https://api.github.com" : origin + "/api/v3") + "/repos/" +
             path + "/issues/" + first;
    case TrackerKind::kGitlab:
      return origin + "/api/v4/projects/" + net::EscapeUrlPart(path) + "/issues/" + first;
    case TrackerKind::kJira:
      return tracker.url + "/rest/api/2/issue/" + first + "?fields=status,resolution,summary";
  }
  return {};
}

std::optional<States> ReadStates(TrackerKind kind, std::span<const std::string> bugs, std::string_view json) {
  dom::parser parser;
  dom::element root;
  if (base::ParseJson(parser, json).get(root) != simdjson::SUCCESS || !root.is_object()) return std::nullopt;
  if (kind == TrackerKind::kBugzilla) return ReadBugzilla(root, bugs);
  const Places places = PlacesOf(kind);
  const store::BugState state{TextAt(root, places.status), TextAt(root, places.resolution),
                              TextAt(root, places.summary)};
  if (bugs.size() != 1 || state.status.empty()) return std::nullopt;
  return States{{bugs.front(), state}};
}

}  // namespace cairn::bugs
