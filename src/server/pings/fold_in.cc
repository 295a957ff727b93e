#include "server/pings/fold_in.h"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "os/clock.h"
#include "os/thread.h"
#include "server/intake/crash_id.h"

namespace cairn::pings {
namespace {

constexpr std::size_t kReplayPings = 100;

// A record of the spool or a stored rejection, opened.
struct Opened {
  intake::StoredPing ping;
  std::string day;
  Reading reading;
  std::string_view submission;
};

std::optional<Opened> Open(std::string_view submission, const ping::SchemaSet& schemas,
                           simdjson::dom::parser& parser) {
  base::Result<intake::StoredPing> ping = intake::ReadStoredPing(submission);
  if (!ping) return std::nullopt;
  Opened opened{.ping = *std::move(ping), .day = {}, .reading = {}, .submission = submission};
  opened.day = intake::DayOf(opened.ping.submitted_ms);
  opened.reading = ReadSubmission(opened.ping, schemas, parser);
  return opened;
}

RejectedPing RejectedOf(const Opened& opened) {
  return {.submitted_ms = opened.ping.submitted_ms,
          .document_id = opened.ping.id,
          .name_space = opened.ping.name_space,
          .type = opened.ping.doc_type,
          .rejection = *opened.reading.rejection};
}

// Gathers what one transaction of the ledger and one call of AcceptedPings take.
class BatchOfPings {
 public:
  BatchOfPings(Ledger::Batch& ledger, FoldInMetrics* metrics) : ledger_(ledger), metrics_(metrics) {}

  // Whether the document id is new on its day.
  base::Result<bool> IsNew(const Opened& opened) {
    // Made-up ids are all different.
    if (opened.ping.id_is_made_up) return true;
    ASSIGN_OR_RETURN(const bool is_new, ledger_.NoteDocument(opened.day, opened.ping.id));
    if (!is_new) Count(opened, "duplicate");
    return is_new;
  }

  base::Status Refuse(const Opened& opened) {
    Count(opened, opened.reading.rejection->fault);
    return ledger_.AddRejection(RejectedOf(opened), opened.submission);
  }

  // A ping that was not refused and did not come before.
  base::Status Take(const Opened& opened) {
    const Reading& reading = opened.reading;
    stats::Measures measures = reading.measures;
    if (!reading.is_crash) {
      Count(opened, "usage");
      if (!reading.client_id.empty()) {
        ASSIGN_OR_RETURN(const bool is_new,
                         ledger_.NoteClient(reading.client_id, opened.day, reading.dimensions));
        measures.clients = is_new ? 1 : 0;
      }
    } else {
      if (!reading.minidump_hash.empty()) {
        ASSIGN_OR_RETURN(const bool is_new, ledger_.NoteDump(reading.minidump_hash, opened.day));
        if (!is_new) {
          // The client and the browser both tell of one crash, or one of them does in both forms.
          Count(opened, "duplicate_dump");
          return {};
        }
      }
      Count(opened, "crash");
      accepted_.push_back({opened.day, opened.ping.id, opened.submission});
    }
    sums_.Add(opened.ping.submitted_ms, reading.dimensions, measures);
    return {};
  }

  // `name` is the batch's own and the same at each try.
  base::Status Commit(std::string_view name, AcceptedPings& accepted, SpoolPosition position) {
    RETURN_IF_ERROR(ledger_.AddActivity(sums_.Rows()));
    for (const auto& [key, count] : counts_) {
      const auto& [day, name_space, type, outcome] = key;
      RETURN_IF_ERROR(ledger_.AddCount({day, name_space, type, outcome, count}));
    }
    // First there, then here: what is noted here is never asked for again.
    RETURN_IF_ERROR(accepted.Take(name, accepted_));
    RETURN_IF_ERROR(ledger_.Commit(position));
    if (metrics_ == nullptr) return {};
    for (const auto& [key, count] : counts_)
      metrics_->Count(std::get<3>(key), static_cast<std::uint64_t>(count));
    return {};
  }

 private:
  void Count(const Opened& opened, std::string_view outcome) {
    ++counts_[{opened.day, opened.ping.name_space, opened.ping.doc_type, std::string(outcome)}];
  }

  Ledger::Batch& ledger_;
  FoldInMetrics* metrics_;
  std::vector<AcceptedPing> accepted_;
  stats::ErrorAggregates sums_;
  std::map<std::tuple<std::string, std::string, std::string, std::string>, std::int64_t> counts_;
};

// By when the first ping came, where the batch lies in the spool and how many records it has. After a kill
// the batch is read from there again, and may then have more at its end: that is another batch, because the
// pack of the first may be in work. The time keeps names apart should a spool ever begin anew.
std::string NameOfBatch(const Opened& first, SpoolPosition position, std::size_t records) {
  const std::string time = os::FormatIso(first.ping.submitted_ms);  // "2026-11-22T09:30:12.345Z"
  std::string name;
  for (const char c : time.substr(time.find('T'))) {
    if (c >= '0' && c <= '9') name += c;
  }
  return name + "-" + std::to_string(position.segment) + "-" + std::to_string(position.offset) + "-" +
         std::to_string(records);
}

base::Status FoldRecords(const FoldInParts& parts, const SpoolBatch& records) {
  const metrics::Timer timer(parts.metrics != nullptr ? &parts.metrics->batch_seconds : nullptr);
  simdjson::dom::parser parser;
  std::vector<Opened> opened;
  opened.reserve(records.records.size());
  for (const std::string& record : records.records) {
    // The spool's checksum held, so this is what was written; a record that cannot be read is no ping of
    // ours.
    if (std::optional<Opened> one = Open(record, parts.schemas, parser)) opened.push_back(*std::move(one));
  }
  const std::string name = opened.empty()
                               ? std::string()
                               : NameOfBatch(opened.front(), parts.ledger.position(), records.records.size());
  ASSIGN_OR_RETURN(Ledger::Batch ledger, parts.ledger.Begin());
  BatchOfPings batch(ledger, parts.metrics);
  for (const Opened& one : opened) {
    ASSIGN_OR_RETURN(const bool is_new, batch.IsNew(one));
    if (!is_new) continue;
    RETURN_IF_ERROR(one.reading.rejection ? batch.Refuse(one) : batch.Take(one));
  }
  if (records.unreadable_bytes > 0) {
    const auto bytes = static_cast<std::int64_t>(records.unreadable_bytes);
    RETURN_IF_ERROR(
        ledger.AddCount({intake::DayOf(os::UnixMillis()), "", "spool", "unreadable_bytes", bytes}));
  }
  return batch.Commit(name, parts.accepted, records.next);
}

base::Result<Folded> Replay(const FoldInParts& parts) {
  ASSIGN_OR_RETURN(const std::vector<Ledger::Marked> marked, parts.ledger.ListMarked(kReplayPings));
  if (marked.empty()) return Folded::kNothing;
  simdjson::dom::parser parser;
  const SpoolPosition position = parts.ledger.position();
  ASSIGN_OR_RETURN(Ledger::Batch ledger, parts.ledger.Begin());
  BatchOfPings batch(ledger, parts.metrics);
  for (const Ledger::Marked& one : marked) {
    const std::optional<Opened> opened = Open(one.submission, parts.schemas, parser);
    if (!opened || opened->reading.rejection) {
      const Rejection unreadable{"stored_ping", "", "cannot be read"};
      RETURN_IF_ERROR(ledger.SetRejection(one.sequence, opened ? *opened->reading.rejection : unreadable));
      continue;
    }
    ASSIGN_OR_RETURN(const bool is_there, ledger.RemoveRejection(one.sequence));
    if (is_there) RETURN_IF_ERROR(batch.Take(*opened));  // Else it was purged since it was listed.
  }
  const std::string name =
      "again-" + std::to_string(marked.front().sequence) + "-" + std::to_string(marked.size());
  RETURN_IF_ERROR(batch.Commit(name, parts.accepted, position));
  return marked.size() == kReplayPings ? Folded::kFullBatch : Folded::kSome;
}

// Forgets what is past its time, once a day.
class Housekeeping {
 public:
  base::Status Do(const FoldInParts& parts) {
    const std::string today = intake::DayOf(os::UnixMillis());
    if (today == expired_on_) return {};
    RETURN_IF_ERROR(parts.ledger.Expire(os::UnixMillis()));
    expired_on_ = today;
    return {};
  }

 private:
  std::string expired_on_;
};

}  // namespace

base::Result<Folded> FoldOnce(const FoldInParts& parts) {
  const SpoolPosition position = parts.ledger.position();
  ASSIGN_OR_RETURN(const SpoolBatch records, parts.spool.Read(position, kBatchPings, kBatchBytes));
  if (records.records.empty() && records.unreadable_bytes == 0) {
    RETURN_IF_ERROR(parts.spool.RemoveBefore(records.next));
    return Replay(parts);
  }
  RETURN_IF_ERROR(FoldRecords(parts, records));
  RETURN_IF_ERROR(parts.spool.RemoveBefore(records.next));
  return records.records.size() == kBatchPings ? Folded::kFullBatch : Folded::kSome;
}

FoldIn::FoldIn(FoldInParts parts) : parts_(std::move(parts)), folding_([this] { Run(); }) {
  if (parts_.take_activity) handing_over_ = std::thread([this] { HandOver(); });
}

FoldIn::~FoldIn() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  folding_.join();
  if (!handing_over_.joinable()) return;
  handing_over_.join();
  // What the last batch counted; if the index does not take it, it is kept until the next start.
  (void)parts_.ledger.HandOver(parts_.take_activity);
}

void FoldIn::Wake() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(woken_, true)) return;
  }
  changed_.notify_all();
}

void FoldIn::Run() {
  os::NameThread("fold-in");
  bool in_trouble = false;
  Housekeeping housekeeping;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    woken_ = false;
    lock.unlock();
    base::Result<Folded> folded = FoldOnce(parts_);
    if (const base::Status kept = folded ? housekeeping.Do(parts_) : base::Status(); !kept)
      folded = kept.error();
    if (!folded && !in_trouble && parts_.trouble) parts_.trouble(folded.error());
    if (parts_.metrics != nullptr && in_trouble == folded.has_value())
      parts_.metrics->failing_since_ms = folded ? 0 : os::MonotonicMillis();
    in_trouble = !folded;
    lock.lock();
    if (folded && *folded == Folded::kFullBatch) continue;
    if (!folded || *folded == Folded::kNothing) {
      const auto wait = std::chrono::milliseconds(in_trouble ? kTroubleWaitMs : kFoldInIdleMs);
      changed_.wait_for(lock, wait, [&] { return stopping_ || (woken_ && !in_trouble); });
      if (!woken_ || in_trouble) continue;
    }
    changed_.wait_for(lock, std::chrono::milliseconds(kFoldInGatherMs), [&] { return stopping_; });
  }
}

void FoldIn::HandOver() {
  os::NameThread("hand-over");
  bool in_trouble = false;
  std::unique_lock lock(mutex_);
  const auto pause = std::chrono::milliseconds(parts_.hand_over_every_ms);
  while (!changed_.wait_for(lock, pause, [&] { return stopping_; })) {
    lock.unlock();
    const base::Status handed_over = parts_.ledger.HandOver(parts_.take_activity);
    if (!handed_over && !in_trouble && parts_.trouble) parts_.trouble(handed_over.error());
    in_trouble = !handed_over;
    lock.lock();
  }
}

}  // namespace cairn::pings
