// Bug trackers as the configuration names them: what their bugs are called, where a bug is and a new one is
// made, and how a tracker says what became of a bug. Pure: who asks them is bug_poll.h.
//
// Sources: Bugzilla's REST API ("Get Bug"), GitHub's "Get an issue", GitLab's "Single project issue", Jira's
// "Get issue" of its REST API 2. All are asked as anybody may, so that only what is public comes in.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/store/bug_records.h"

namespace cairn::bugs {

enum class TrackerKind : std::uint8_t { kBugzilla, kGithub, kGitlab, kJira };

// Nothing for what is none: "bugzilla", "github", "gitlab", "jira".
std::optional<TrackerKind> ParseTrackerKind(std::string_view text);
std::string_view NameOf(TrackerKind kind);

struct Tracker {
  std::string name;  // As links name it; unique.
  TrackerKind kind = TrackerKind::kBugzilla;
  // "https://bugzilla.mozilla.org", "https://github.com/OWNER/REPOSITORY",
  // "https://gitlab.com/GROUP/PROJECT", "https://jira.example.org". Without a slash at the end.
  std::string url;
};

// Whether it may be a bug's id there: a number, at Jira "KEY-12".
bool IsBugId(TrackerKind kind, std::string_view bug);

std::string UrlOfBug(const Tracker& tracker, std::string_view bug);

// What a bug's address at that tracker names; nothing if it is none. Scheme and letter case of what stands
// before the path do not matter, nor does what people have behind the bug, such as "#c3".
std::optional<std::string> BugOfUrl(const Tracker& tracker, std::string_view url);

// Whether a text means an address and no id.
constexpr bool IsUrl(std::string_view text) {
  return text.starts_with("https://") || text.starts_with("http://");
}

// Where a new bug is made: a template (new_bug.h).
std::string NewBugTemplate(const Tracker& tracker);

// How many bugs one request may ask for.
std::size_t BugsAtOnce(TrackerKind kind);
// What to ask for the states of bugs, of which there are no more than that.
std::string StateUrl(const Tracker& tracker, std::span<const std::string> bugs);

// The states in the answer, by bug; of bugs that it does not tell of, none. Nothing if the answer is not of
// the form.
using States = std::vector<std::pair<std::string, store::BugState>>;
std::optional<States> ReadStates(TrackerKind kind, std::span<const std::string> bugs, std::string_view json);

}  // namespace cairn::bugs
