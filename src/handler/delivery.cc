#include "handler/delivery.h"

#include <fcntl.h>
#include <sodium/crypto_hash_sha256.h>
#include <sys/file.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "analysis/pipeline/analyze.h"
#include "base/hex.h"
#include "handler/capture.h"
#include "handler/crashed_process.h"
#include "handler/dump_walk.h"
#include "handler/gzip.h"
#include "handler/ping.h"
#include "handler/report_body.h"
#include "net/http_client.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/random.h"
#include "wire/configuration.h"
#include "wire/crash_note.h"

namespace cairn::handler {
namespace {

constexpr std::size_t kMaxNoteBytes = 8 * 1024 * 1024;
constexpr std::size_t kMaxPingBytes = 8 * 1024 * 1024;  // DESIGN's limit for a ping, inflated.

// A dump in new/ that is older than this belongs to no capture that goes on: its handler was ended.
constexpr std::int64_t kAbandonedAfterS = 60;

// A server that says nothing costs a report and a ping of another process a minute each. An application that
// crashes at every start would otherwise leave ever more handlers behind that wait for each other.
constexpr std::int64_t kMaxLockWaitMs = 150'000;
constexpr long kLockStepNs = 20'000'000;

// A dump whose walk ended this process is not walked for ever.
constexpr std::uint32_t kMaxWalks = 3;

// kUnreachable is a kFailed without any answer.
enum class Outcome { kAccepted, kRefused, kFailed, kUnreachable };

struct Answer {
  Outcome outcome = Outcome::kFailed;
  std::string detail;  // For the log, or why it was refused.
};

// A later try may do better after a time-out, too many requests, or trouble of the server's own.
bool IsTemporary(int status) { return status == 408 || status == 429 || status >= 500; }

Answer Post(const std::string& url, const std::string& content_type, base::Bytes body,
            std::string& answer_body) {
  const std::vector<std::byte> compressed = Gzip(body);
  const auto response = net::SendHttp({
      .method = "POST",
      .url = url,
      .headers = {{"Content-Type", content_type}, {"Content-Encoding", "gzip"}},
      .body = compressed,
  });
  if (!response) return {Outcome::kUnreachable, base::Describe(response.error())};
  answer_body = response->body;
  const std::string status = "HTTP status " + std::to_string(response->status);
  if (response->status >= 200 && response->status < 300) return {Outcome::kAccepted, status};
  // Redirects count as temporary: the report is not lost, and not sent to whom nobody named.
  const bool temporary = IsTemporary(response->status) || response->status < 400;
  return {temporary ? Outcome::kFailed : Outcome::kRefused, status};
}

// The value behind "CrashID=" and the like in an answer of lines.
std::optional<std::string> AnswerValue(std::string_view answer, std::string_view key) {
  while (!answer.empty()) {
    std::string_view line = answer.substr(0, answer.find('\n'));
    answer.remove_prefix(std::min(answer.size(), line.size() + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with(key)) return std::string(line.substr(key.size()));
  }
  return std::nullopt;
}

Answer PostReport(const std::string& url, base::Bytes dump) {
  // The annotations stand in the dump. A dump that cannot be read is sent without: the server says what it
  // thinks of it.
  std::map<std::string, std::string> annotations;
  if (const auto analysis = pipeline::Analysis::Create(dump, {.crashing_thread_only = true})) {
    annotations = analysis->report().annotations;
  }
  const ReportBody body = MakeReportBody(annotations, dump, "cairn-" + os::RandomUuid());
  std::string text;
  Answer answer = Post(url, body.content_type, base::AsBytes(body.bytes), text);
  if (answer.outcome == Outcome::kFailed || answer.outcome == Outcome::kUnreachable) return answer;
  if (const auto why = AnswerValue(text, "Discarded=")) return {Outcome::kRefused, "discarded: " + *why};
  if (answer.outcome == Outcome::kRefused) return answer;
  if (const auto crash_id = AnswerValue(text, "CrashID="))
    return {Outcome::kAccepted, "sent as " + *crash_id};
  return {Outcome::kFailed, "the answer holds no CrashID"};
}

// Waits until no other process sends from this database. A disk without room for a lock file is no reason to
// send nothing, so the lock may be invalid. Nothing if the other one takes too long.
std::optional<os::FileDescriptor> LockDatabase(const Database& database) {
  os::FileDescriptor lock(open(database.LockPath().c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!lock.valid()) return lock;
  const std::int64_t end_ms = os::MonotonicMillis() + kMaxLockWaitMs;
  while (flock(lock.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    if (os::MonotonicMillis() >= end_ms) return std::nullopt;
    const timespec step{0, kLockStepNs};
    nanosleep(&step, nullptr);
  }
  return lock;
}

class Delivery {
 public:
  Delivery(const Database& database, const Settings& settings, const Log& log)
      : database_(database), settings_(settings), log_(log), now_s_(os::UnixMillis() / 1000) {}

  void All() {
    AdoptAbandoned();
    AdoptNotes();
    for (const std::string& id : database_.Reports()) WorkOnReport(id);
    SendPings();
    database_.Prune();
  }

  void FromMemory(const std::string& id, base::Bytes dump) {
    if (settings_.wants_pings()) PingFor(id, dump);
    if (!settings_.keeps_reports()) return;
    if (settings_.report_consent != ReportConsent::kAlways || settings_.submit_url.empty()) {
      return log_.Write("report " + id + " could not be kept: there is no room on the disk");
    }
    log_.Write("report " + id + " (not on the disk): " + PostReport(settings_.submit_url, dump).detail);
  }

 private:
  void AdoptAbandoned();
  void AdoptNotes();
  void AdoptNote(const std::string& name);
  void WorkOnReport(const std::string& id);
  void SendPings();
  void PingFor(const std::string& id, base::Bytes dump);
  bool PostPing(const std::string& what, const std::string& url_path, base::Bytes ping);
  std::string ClientId() const;
  void Note(const base::Status& status) const {
    if (!status) log_.Write(base::Describe(status.error()));
  }

  const Database& database_;
  const Settings& settings_;
  const Log& log_;
  std::int64_t now_s_;
  // A server that cannot be reached is asked once in a round: each try may take a minute.
  bool reports_unreachable_ = false;
  bool pings_unreachable_ = false;
};

// Dumps of handlers that were ended between writing and keeping them.
void Delivery::AdoptAbandoned() {
  const auto names = os::ListDirectory(database_.NewFolder());
  if (!names) return;
  for (const std::string& name : *names) {
    constexpr std::string_view kSuffix = ".dmp";
    const std::string path = database_.NewFolder() + "/" + name;
    const auto info = os::Inspect(path);
    const bool is_old = info && now_s_ - info->modified_ns / 1'000'000'000 >= kAbandonedAfterS;
    if (!is_old || name.ends_with(wire::kNoteSuffix)) continue;
    if (!name.ends_with(kSuffix)) {
      Note(os::RemoveFile(path));  // Half a note, or half a file.
      continue;
    }
    const std::string id = name.substr(0, name.size() - kSuffix.size());
    // Unless its state tells, it is not known what was agreed at that crash: it owes no ping and waits for
    // consent.
    WaitingState state = database_.ReportState(id);
    if (state.submit_url.empty()) state.submit_url = settings_.submit_url;
    Note(database_.Keep(id, state));
  }
}

// What held in the run that left the note. Where the note does not say, nothing was agreed to.
Settings SettingsOfNote(base::Bytes note, const Settings& now) {
  Settings settings = now;
  settings.telemetry = false;
  settings.report_consent = ReportConsent::kAsk;
  const auto process = NotedProcess::Create(note);
  if (!process) return settings;
  auto noted = ParseSettings(process->configuration());
  return noted ? *std::move(noted) : settings;
}

void Delivery::AdoptNotes() {
  const auto names = os::ListDirectory(database_.NewFolder());
  if (!names) return;
  for (const std::string& name : *names) {
    if (name.ends_with(wire::kNoteSuffix)) AdoptNote(name);
  }
}

void Delivery::AdoptNote(const std::string& name) {
  const std::string path = database_.NewFolder() + "/" + name;
  const auto info = os::Inspect(path);
  const auto note = os::ReadFile(path, kMaxNoteBytes);
  if (info && note && settings_.keeps_reports()) {
    const std::string id = os::RandomUuid();
    const Settings noted = SettingsOfNote(base::AsBytes(*note), settings_);
    const auto dump = CaptureNote(base::AsBytes(*note), noted, id, info->modified_ns / 1'000'000);
    if (dump) {
      const base::Status written = os::WriteFileDurably(database_.NewDumpPath(id), *dump);
      Note(written);
      if (!written) return;  // The note stays until there is room.
      Note(database_.Keep(id, StateAtCrash(noted)));
      log_.Write("made " + id + " of a note that a process left");
    } else {
      log_.Write(base::Describe(dump.error()));
    }
  }
  Note(os::RemoveFile(path));
}

void Delivery::WorkOnReport(const std::string& id) {
  WaitingState state = database_.ReportState(id);
  const auto dump = os::MappedFile::Open(database_.DumpPath(id));
  if (!dump) return log_.Write("report " + id + ": " + base::Describe(dump.error()));

  if (state.owes_ping && settings_.wants_pings() && state.walks < kMaxWalks) {
    ++state.walks;
    Note(database_.SetReportState(id, state));
    PingFor(id, dump->bytes());
  }
  state.owes_ping = false;
  // A person who says "never" now does not want what waits either.
  if (!settings_.keeps_reports()) return database_.DeleteReport(id);
  // Both must agree: what the person said at the crash, and what they say now.
  const bool may_send = state.consent == ReportConsent::kAlways &&
                        settings_.report_consent == ReportConsent::kAlways && !settings_.submit_url.empty();
  if (may_send && IsDue(state, now_s_) && !reports_unreachable_) {
    ++state.attempts;
    state.last_attempt_s = now_s_;
    const Answer answer = PostReport(settings_.submit_url, dump->bytes());
    log_.Write("report " + id + ": " + answer.detail);
    reports_unreachable_ = answer.outcome == Outcome::kUnreachable;
    if (answer.outcome == Outcome::kAccepted) return database_.DeleteReport(id);
    if (answer.outcome == Outcome::kRefused) state.refused = answer.detail;
  }
  Note(database_.SetReportState(id, state));
}

// The settings of now with the names of what crashed, which an earlier version may have been.
Settings SettingsOfDump(const model::CrashReport& report, Settings settings) {
  const auto take = [&report](const char* annotation, std::string& into) {
    if (const auto found = report.annotations.find(annotation); found != report.annotations.end())
      into = found->second;
  };
  take("ProductName", settings.product);
  take("Version", settings.version);
  take("ReleaseChannel", settings.channel);
  take("BuildID", settings.build_id);
  return settings;
}

void Delivery::PingFor(const std::string& id, base::Bytes dump) {
  const auto report = WalkDump(dump);
  if (!report) return log_.Write("ping of " + id + ": " + base::Describe(report.error()));
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), static_cast<const unsigned char*>(static_cast<const void*>(dump.data())),
                     dump.size());
  const PingFacts facts{
      .document_id = os::RandomUuid(),
      .client_id = ClientId(),
      .crash_id = id,
      .minidump_hash = base::BytesToHex(std::as_bytes(std::span(hash))),
  };
  const Settings crashed = SettingsOfDump(*report, settings_);
  const std::string ping = BuildPing(*report, crashed, facts);
  WaitingState state{
      .url_path = PingUrlPath(crashed, facts.document_id), .attempts = 1, .last_attempt_s = now_s_};
  const bool is_over = PostPing("ping of " + id, state.url_path, base::AsBytes(ping));
  if (!is_over) Note(database_.KeepPing(facts.document_id, state, base::AsBytes(ping)));
}

// False if it is to be tried again.
bool Delivery::PostPing(const std::string& what, const std::string& url_path, base::Bytes ping) {
  if (pings_unreachable_) return false;
  std::string text;
  const Answer answer = Post(settings_.ping_url + url_path, "application/json", ping, text);
  log_.Write(what + ": " + answer.detail);
  pings_unreachable_ = answer.outcome == Outcome::kUnreachable;
  return answer.outcome == Outcome::kAccepted || answer.outcome == Outcome::kRefused;
}

// Those that an earlier try left.
void Delivery::SendPings() {
  for (const std::string& id : database_.Pings()) {
    // Telemetry that was turned off holds for what waits, too.
    if (!settings_.telemetry) {
      database_.DeletePing(id);
      continue;
    }
    WaitingState state = database_.PingState(id);
    const auto ping = os::ReadFile(database_.PingPath(id), kMaxPingBytes);
    const bool is_due = state.last_attempt_s != now_s_ && IsDue(state, now_s_);
    if (!ping || settings_.ping_url.empty() || pings_unreachable_ || !is_due) continue;
    ++state.attempts;
    state.last_attempt_s = now_s_;
    if (PostPing("ping " + id, state.url_path, base::AsBytes(*ping))) {
      database_.DeletePing(id);
    } else {
      Note(database_.SetPingState(id, state));
    }
  }
}

// A random id by which the crashes of one installation can be told from those of many.
std::string Delivery::ClientId() const {
  constexpr std::size_t kUuidSize = 36;
  const auto known = os::ReadFile(database_.ClientIdPath(), kUuidSize);
  if (known && known->size() == kUuidSize) return *known;
  const std::string id = os::RandomUuid();
  return os::WriteFileDurably(database_.ClientIdPath(), base::AsBytes(id)) ? id : "";
}

}  // namespace

void DeliverAll(const Database& database, const Settings& settings, const Log& log) {
  const auto lock = LockDatabase(database);
  if (!lock) return log.Write("another handler sends: what waits is left to the next start");
  if (!settings.telemetry) static_cast<void>(os::RemoveFile(database.ClientIdPath()));
  Delivery(database, settings, log).All();
}

void DeliverFromMemory(const Database& database, const Settings& settings, const Log& log,
                       const std::string& id, base::Bytes dump) {
  Delivery(database, settings, log).FromMemory(id, dump);
}

SendResult SendReportNow(const Database& database, const Log& log, const std::string& id,
                         const std::string& url) {
  const auto lock = LockDatabase(database);
  if (!lock) return {false, "another process sends from this database: try again later"};
  WaitingState state = database.ReportState(id);
  const std::string& target = url.empty() ? state.submit_url : url;
  if (target.empty()) return {false, "it is not known where to send it: say so with --url"};
  const auto dump = os::MappedFile::Open(database.DumpPath(id));
  if (!dump) return {false, base::Describe(dump.error())};
  const Answer answer = PostReport(target, dump->bytes());
  log.Write("report " + id + ", asked for: " + answer.detail);
  if (answer.outcome == Outcome::kAccepted) {
    database.DeleteReport(id);
    return {true, answer.detail};
  }
  ++state.attempts;
  state.last_attempt_s = os::UnixMillis() / 1000;
  if (answer.outcome == Outcome::kRefused) state.refused = answer.detail;
  const base::Status kept = database.SetReportState(id, state);
  return {false, answer.detail + (kept ? "" : "; " + base::Describe(kept.error()))};
}

}  // namespace cairn::handler
