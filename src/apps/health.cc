#include "apps/health.h"

#include <chrono>

#include "base/json_writer.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/random.h"
#include "os/resource_use.h"

namespace cairn::apps {
namespace {

// Keys and kinds that nothing else has.
constexpr std::string_view kProbeKey = "v1/heartbeat/probe";
constexpr std::string_view kProbeKind = "heartbeat";
constexpr std::int64_t kProbeLeaseMs = 1'000;
constexpr std::int64_t kFoldInPatienceMs = 5'000;  // One failure may be a moment's.
constexpr std::size_t kMaxProbeBytes = 100;
constexpr std::string_view kNowhere = "00000000-0000-0000-0000-000000000000";

class Round {
 public:
  void Note(std::string_view name, const base::Status& status) {
    if (!status) Fail(name, base::Describe(status.error()));
  }
  void Fail(std::string_view name, std::string message) {
    errors_.push_back({std::string(name), std::move(message)});
  }
  std::vector<HealthError> Take() { return std::move(errors_); }

 private:
  std::vector<HealthError> errors_;
};

base::Status CheckBlobs(store::BlobStore& blobs) {
  const std::string written = os::RandomUuid();
  RETURN_IF_ERROR(blobs.Put(kProbeKey, base::AsBytes(written)));
  ASSIGN_OR_RETURN(const std::string read, blobs.Get(kProbeKey, kMaxProbeBytes));
  if (read != written) return base::Error{base::Code::kBadValue, 0, "what was written is not what is read"};
  return blobs.Remove(kProbeKey);
}

base::Status CheckQueue(store::Queue& queue) {
  const store::QueueItem probe{std::string(kProbeKind), "probe"};
  RETURN_IF_ERROR(queue.Push(probe));
  ASSIGN_OR_RETURN(std::vector<store::ClaimedItem> claims, queue.Claim(kProbeKind, 1, kProbeLeaseMs));
  if (claims.empty()) {
    // Rounds that broke off have used up its attempts.
    RETURN_IF_ERROR(queue.Retry(probe));
    ASSIGN_OR_RETURN(claims, queue.Claim(kProbeKind, 1, kProbeLeaseMs));
  }
  return queue.AckAll(claims);
}

base::Status CheckSpool(const std::string& folder) {
  ASSIGN_OR_RETURN(const os::FileDescriptor file, os::CreateNameless(folder));
  return os::WriteAll(file.get(), base::AsBytes(std::string_view("probe")));
}

void CheckDisk(const HealthParts& parts, Round& round) {
  const base::Result<os::DiskSpace> disk = os::InspectDisk(parts.data);
  if (!disk) {
    round.Fail("disk", base::Describe(disk.error()));
  } else if (disk->free_bytes < parts.disk_free_min_bytes) {
    round.Fail("disk", std::to_string(disk->free_bytes >> 20) + " MiB are free, and " +
                           std::to_string(parts.disk_free_min_bytes >> 20) + " should be");
  }
}

}  // namespace

std::vector<HealthError> CheckStores(const HealthParts& parts) {
  Round round;
  round.Note("blobs", CheckBlobs(parts.blobs));
  round.Note("queue", CheckQueue(parts.queue));
  if (const auto found = parts.index.Get(kNowhere); !found) {
    round.Fail("index", base::Describe(found.error()));
  } else if (parts.index_writes.refuses) {
    round.Fail("index", "the last batch could not be written");
  }
  if (const auto token = parts.directory.CheckToken("heartbeat"); !token) {
    round.Fail("directory", base::Describe(token.error()));
  }
  // A transaction, which is given up at once.
  if (const auto batch = parts.ledger.Begin(); !batch) {
    round.Fail("ledger", base::Describe(batch.error()));
  }
  round.Note("spool", CheckSpool(parts.data + "/pings"));
  CheckDisk(parts, round);
  const std::int64_t failing_since_ms = parts.fold_in.failing_since_ms;
  if (failing_since_ms != 0 && os::MonotonicMillis() - failing_since_ms >= kFoldInPatienceMs) {
    round.Fail("fold_in", "pings wait in the spool for " +
                              std::to_string((os::MonotonicMillis() - failing_since_ms) / 1000) +
                              " s: the log says why");
  }
  if (parts.workers.cannot_start) round.Fail("worker", "cairn-worker does not start");
  return round.Take();
}

std::vector<HealthError> Health::Ask() {
  std::unique_lock round(round_, std::try_to_lock);
  if (std::optional<std::vector<HealthError>> known = Known(round.owns_lock())) return *std::move(known);
  // The first round of all is waited for.
  if (!round && !round.try_lock_for(std::chrono::milliseconds(wait_ms_))) return NoAnswer();
  if (std::optional<std::vector<HealthError>> known = Known(true)) return *std::move(known);
  std::vector<HealthError> errors = check_();
  const std::lock_guard lock(mutex_);
  errors_ = errors;
  asked_ms_ = os::MonotonicMillis();
  return errors;
}

// What can be said without a round; nothing if there must be one.
std::optional<std::vector<HealthError>> Health::Known(bool may_ask) const {
  const std::lock_guard lock(mutex_);
  if (!asked_ms_) return std::nullopt;
  const std::int64_t age_ms = os::MonotonicMillis() - *asked_ms_;
  if (age_ms < kept_ms_) return errors_;
  if (may_ask) return std::nullopt;
  return age_ms < kept_ms_ + wait_ms_ ? errors_ : NoAnswer();
}

std::vector<HealthError> Health::NoAnswer() {
  return {{"health", "the stores were asked and do not answer"}};
}

std::string HealthAsJson(const std::vector<HealthError>& errors) {
  base::JsonWriter json;
  json.BeginObject();
  json.Key("errors");
  json.BeginArray();
  for (const HealthError& error : errors) {
    json.BeginObject();
    json.TextField("name", error.name);
    json.TextField("msg", error.message);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return json.Take();
}

}  // namespace cairn::apps
