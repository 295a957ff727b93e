#include "server/processor/processor.h"

#include <chrono>
#include <utility>

#include "os/clock.h"
#include "os/thread.h"
#include "server/intake/processed_crash.h"
#include "server/intake/queue_kinds.h"
#include "server/processor/crash_document.h"
#include "server/processor/note_missing.h"
#include "server/worker/signature_annotations.h"

namespace cairn::processor {
namespace {

using base::Code;
using base::Error;
using worker::CrashOutcome;
using worker::JobResult;

}  // namespace

Processor::Processor(const ProcessorParts& parts, ProcessorOptions options)
    : parts_(parts), options_(std::move(options)), batcher_(parts.index, parts.queue) {
  for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { Run(); });
}

Processor::~Processor() {
  stopping_ = true;
  Wake();
  for (std::thread& thread : threads_) thread.join();
}

void Processor::Wake() {
  {
    const std::lock_guard lock(mutex_);
    ++wakes_;
  }
  changed_.notify_all();
}

void Processor::Run() {
  os::NameThread("processor");
  // A client may not come again; what it was promised to keep can be processed a little later.
  os::LowerThreadPriority(os::Priority::kLower);
  worker::WorkerProcess process(options_.worker);
  (void)process.Start();  // If it cannot start, each job says so.
  std::uint64_t replacements = parts_.symbols.replacements();
  for (std::uint64_t round = 0; !stopping_; ++round) {
    if (const std::uint64_t now = parts_.symbols.replacements(); now != replacements) {
      replacements = now;
      process.Stop();  // It keeps the caches of files that others took the place of.
    }
    std::uint64_t seen = 0;
    {
      const std::lock_guard lock(mutex_);
      seen = wakes_;
    }
    if (WorkOnce(process, round)) continue;
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::milliseconds(kIdleWaitMs),
                      [&] { return wakes_ != seen || stopping_; });
  }
}

// Whether there was something to do. What is claimed at once is of one lane.
bool Processor::WorkOnce(worker::WorkerProcess& process, std::uint64_t round) {
  const bool reversed = round % kRoundsUntilReversed == kRoundsUntilReversed - 1;
  for (std::size_t i = 0; i < intake::kLanes.size(); ++i) {
    const intake::Lane& lane = intake::kLanes[reversed ? intake::kLanes.size() - 1 - i : i];
    const base::Result<std::vector<store::ClaimedItem>> claims =
        parts_.queue.Claim(lane.kind, lane.claim_max, kLeaseMs);
    if (!claims || claims->empty()) continue;
    for (const store::ClaimedItem& claim : *claims) {
      if (stopping_) return true;
      const metrics::Timer timer(lane.holds_pings ? &metrics_.pack_seconds : &metrics_.report_seconds);
      lane.holds_pings ? ProcessPings(process, claim) : ProcessReport(process, claim);
    }
    return true;
  }
  return false;
}

worker::FindSymbols Processor::SymbolFinder() {
  if (parts_.symbols_for_job) return parts_.symbols_for_job();
  return [this](const model::Module& module) {
    return parts_.symbols.FindCache(module.debug_file, module.debug_id.text);
  };
}

std::optional<CrashOutcome> Processor::TakeOutcome(const base::Result<JobResult>& job,
                                                   const store::ClaimedItem& claim, Work& work) {
  if (!job) {
    (void)parts_.queue.Postpone(claim, base::Describe(job.error()));
    return std::nullopt;
  }
  if (job->failure) {
    const std::string reason =
        job->failure->what + ": " + std::string(base::CodeSentence(job->failure->code));
    if (job->may_pass && claim.attempts < kMaxWorkerDeaths) {
      (void)parts_.queue.Nack(claim, reason);
      return std::nullopt;
    }
    work.notes.push_back(reason);
    if (!job->may_pass) return OutcomeWithoutStack(work.arrival, reason);
    work.set_aside_reason = reason;
    return EmptyOutcome(std::string(worker::kFailedSignature), reason);
  }
  const base::Result<std::string> text = os::ReadAll(job->output.get(), worker::kMaxOutcomeBytes);
  base::Result<CrashOutcome> outcome = text ? worker::ReadOutcome(*text) : text.error();
  if (outcome) return *std::move(outcome);
  work.notes.push_back(base::Describe(outcome.error()));
  work.set_aside_reason = work.notes.back();
  return EmptyOutcome(std::string(worker::kFailedSignature), work.notes.back());
}

// The document, then the row, then the queue is told: see the batcher.
void Processor::Save(const store::ClaimedItem& claim, Work work) {
  const base::Result<std::string> before = intake::GetProcessedCrash(parts_.blobs, work.arrival.uuid);
  NoteMissing(parts_.missing, work.arrival, work.outcome.missing_symbols);
  Record record = MakeRecord(work.arrival, work.outcome, parts_.registry);
  record.SetText("started_datetime", os::FormatIso(work.started_ms));
  for (auto& [field, value] : work.more_fields) record.Set(field, std::move(value));
  record.notes.insert(record.notes.begin(), work.notes.begin(), work.notes.end());
  const std::string document =
      WriteDocument({.arrival = work.arrival,
                     .outcome = work.outcome,
                     .record = record,
                     .more_dumps = std::move(work.more_dumps),
                     .history = before ? HistoryOf(*before) : std::vector<std::string>()});
  if (const base::Status put = intake::PutProcessedCrash(parts_.blobs, work.arrival.uuid, document); !put) {
    (void)parts_.queue.Postpone(claim, base::Describe(put.error()));
    return;
  }
  const bool again =
      claim.item.kind == intake::kReprocessKind || claim.item.kind == intake::kReprocessPingKind;
  batcher_.Add({.rows = {MakeRow(work.arrival, work.outcome, record, parts_.registry,
                                 MakeInput(work.arrival, work.outcome, record))},
                .claim = claim,
                .set_aside_reason = work.set_aside_reason,
                .replaces = again});
}

}  // namespace cairn::processor
