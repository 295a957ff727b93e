#include "server/bugs/bug_poll.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "os/clock.h"
#include "os/file.h"
#include "os/thread.h"

namespace cairn::bugs {

BugPoll::BugPoll(store::BugRecords& bugs, BugPollOptions options)
    : bugs_(bugs), options_(std::move(options)), thread_([this] { Run(); }) {}

BugPoll::~BugPoll() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

bool BugPoll::Wait(std::int64_t milliseconds) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::milliseconds(milliseconds), [this] { return stopping_.load(); });
  return !stopping_;
}

void BugPoll::Run() {
  os::NameThread("bugs");
  do {
    for (const Tracker& tracker : options_.trackers) AskTracker(tracker);
  } while (Wait(options_.every_ms));
}

void BugPoll::AskTracker(const Tracker& tracker) {
  // Whatever was heard of within this round's time is not asked for again, whoever started the server anew.
  const std::int64_t before_ms = os::UnixMillis() - options_.every_ms / 2;
  const base::Result<std::vector<store::BugId>> stale =
      bugs_.FindStale(tracker.name, before_ms, kMaxBugsPerRound);
  if (!stale) return;
  const std::size_t at_once = BugsAtOnce(tracker.kind);
  for (std::size_t i = 0, requests = 0; i < stale->size() && requests < kMaxRequestsPerRound; ++requests) {
    std::vector<std::string> bugs;
    for (; i < stale->size() && bugs.size() < at_once; ++i) bugs.push_back((*stale)[i].bug);
    if (!AskFor(tracker, bugs) || !Wait(options_.pause_ms)) return;
  }
}

bool BugPoll::AskFor(const Tracker& tracker, const std::vector<std::string>& bugs) {
  const base::Result<os::FileDescriptor> file = os::CreateNameless(options_.spool_folder);
  if (!file) return false;
  net::DownloadRequest request;
  request.url = StateUrl(tracker, bugs);
  request.total_timeout_ms = kStateTimeoutMs;
  request.max_bytes = kMaxStateAnswerBytes;
  request.max_resumes = 0;
  request.may_connect = [this](std::string_view address) { return options_.guard.MayConnect(address); };
  request.cancelled = &stopping_;
  const net::DownloadAnswer answer = downloader_.Get(request, file->get());
  // Whether it is not there, or not for everybody, the tracker says of this bug alone.
  const bool is_hidden = answer.outcome == net::DownloadOutcome::kStatus &&
                         (answer.status == 401 || answer.status == 404 || answer.status == 410);
  if (answer.outcome != net::DownloadOutcome::kDone && !is_hidden) return false;
  States states;
  if (!is_hidden) {
    if (!os::Rewind(file->get())) return false;
    const base::Result<std::string> text = os::ReadAll(file->get(), kMaxStateAnswerBytes);
    if (!text) return false;
    std::optional<States> read = ReadStates(tracker.kind, bugs, *text);
    if (!read) return false;
    states = *std::move(read);
  }
  std::vector<std::pair<store::BugId, std::optional<store::BugState>>> heard;
  for (const std::string& bug : bugs) {
    const auto found = std::ranges::find(states, bug, &States::value_type::first);
    heard.emplace_back(store::BugId{tracker.name, bug},
                       found == states.end() ? std::nullopt : std::optional(found->second));
  }
  return bugs_.NoteStates(heard).has_value();
}

}  // namespace cairn::bugs
