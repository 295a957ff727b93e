#include "server/processor/processor.h"

#include <chrono>

#include "server/http/gzip.h"
#include "server/http/limits.h"
#include "server/intake/crash_id.h"
#include "server/intake/queue_kinds.h"
#include "server/intake/stored_ping.h"
#include "server/processor/crash_document.h"
#include "server/store/blob_keys.h"

namespace cairn::processor {
namespace {

using base::Code;
using base::Error;
using worker::CrashOutcome;
using worker::JobResult;

constexpr std::size_t kMaxRawCrashBytes =
    2 * http::kMaxInflatedReportBytes;  // Escapes may double the annotations.
constexpr std::size_t kMaxStoredPingBytes = http::kMaxPingBytes + (64 << 10);

base::Result<os::FileDescriptor> NamelessFileWith(const std::string& folder, std::string_view text) {
  ASSIGN_OR_RETURN(os::FileDescriptor file, os::CreateNameless(folder));
  RETURN_IF_ERROR(os::WriteAll(file.get(), base::AsBytes(text)));
  return file;
}

// The ping's JSON, or why it is refused.
base::Result<std::string> OpenPing(intake::StoredPing& ping) {
  if (ping.id_is_made_up) return Error{Code::kBadValue, 0, "Entry in document_id place is not a valid UUID"};
  if (ping.doc_type != "crash") return Error{Code::kUnsupported, 0, "No such docType"};
  if (ping.compressed) return http::InflateGzip(ping.body, http::kMaxInflatedPingBytes);
  return std::move(ping.body);
}

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
  worker::WorkerProcess process(options_.worker);
  (void)process.Start();  // If it cannot start, each job says so.
  while (!stopping_) {
    std::uint64_t seen = 0;
    {
      const std::lock_guard lock(mutex_);
      seen = wakes_;
    }
    if (WorkOnce(process)) continue;
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::milliseconds(kIdleWaitMs),
                      [&] { return wakes_ != seen || stopping_; });
  }
}

// Whether there was something to do.
bool Processor::WorkOnce(worker::WorkerProcess& process) {
  bool worked = false;
  for (const std::string_view kind : {intake::kReportKind, intake::kPingKind}) {
    const base::Result<std::vector<store::ClaimedItem>> claims =
        parts_.queue.Claim(kind, kClaimMax, kLeaseMs);
    if (!claims) continue;
    for (const store::ClaimedItem& claim : *claims) {
      if (kind == intake::kReportKind) {
        ProcessReport(process, claim);
      } else {
        ProcessPing(process, claim);
      }
      worked = true;
    }
  }
  return worked;
}

std::optional<CrashOutcome> Processor::TakeOutcome(const base::Result<JobResult>& job,
                                                   const store::ClaimedItem& claim,
                                                   std::vector<std::string>& notes,
                                                   std::string& set_aside_reason) {
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
    notes.push_back(reason);
    if (job->may_pass) set_aside_reason = reason;
    return EmptyOutcome(job->may_pass ? "EMPTY: crash failed to process" : "EMPTY: no frame data available",
                        reason);
  }
  const base::Result<std::string> text = os::ReadAll(job->output.get(), worker::kMaxOutcomeBytes);
  base::Result<CrashOutcome> outcome = text ? worker::ReadOutcome(*text) : text.error();
  if (outcome) return *std::move(outcome);
  notes.push_back(base::Describe(outcome.error()));
  set_aside_reason = notes.back();
  return EmptyOutcome("EMPTY: crash failed to process", notes.back());
}

void Processor::ProcessReport(worker::WorkerProcess& process, const store::ClaimedItem& claim) {
  const std::string& id = claim.item.id;
  const std::string day = intake::DayOfCrashId(id).value_or("");
  const base::Result<std::string> raw = parts_.blobs.Get(store::RawCrashKey(day, id), kMaxRawCrashBytes);
  if (!raw && raw.error().code == Code::kIo) {
    (void)parts_.queue.Postpone(claim, base::Describe(raw.error()));
    return;
  }
  const base::Result<Arrival> arrival = raw ? ReadRawCrash(*raw) : raw.error();
  if (!arrival) {
    (void)parts_.queue.SetAside(claim, base::Describe(arrival.error()));
    return;
  }
  std::vector<std::string> notes;
  std::string set_aside_reason;
  std::optional<CrashOutcome> outcome;
  const base::Result<os::FileDescriptor> dump = parts_.blobs.Open(store::DumpKey(id));
  if (dump) {
    const auto find = [this](const std::string& file, const std::string& debug_id) {
      return parts_.symbols.FindCache(file, debug_id);
    };
    outcome = TakeOutcome(process.ProcessReport(dump->get(), "", find), claim, notes, set_aside_reason);
  } else if (dump.error().code == Code::kNotFound) {
    notes.emplace_back("the report came without a minidump");
    outcome = EmptyOutcome("EMPTY: no frame data available", notes.back());
  } else {
    (void)parts_.queue.Postpone(claim, base::Describe(dump.error()));
  }
  if (!outcome) return;
  const std::string document = WriteDocument(*arrival, *outcome, notes);
  if (const base::Status put = parts_.blobs.Put(store::ProcessedCrashKey(id), base::AsBytes(document));
      !put) {
    (void)parts_.queue.Postpone(claim, base::Describe(put.error()));
    return;
  }
  batcher_.Add({MakeRow(*arrival, *outcome), claim, set_aside_reason});
}

void Processor::ProcessPing(worker::WorkerProcess& process, const store::ClaimedItem& claim) {
  const base::Result<intake::PingId> id = intake::ParsePingId(claim.item.id);
  if (!id) {
    (void)parts_.queue.SetAside(claim, base::Describe(id.error()));
    return;
  }
  // Reports and pings share one space of ids, and a ping's is its sender's choice: it may not take the place
  // of a report, whose id anybody can see.
  const std::optional<std::string> day = intake::DayOfCrashId(id->document_id);
  const base::Result<bool> is_report =
      day ? parts_.blobs.Exists(store::RawCrashKey(*day, id->document_id)) : false;
  if (!is_report) {
    (void)parts_.queue.Postpone(claim, base::Describe(is_report.error()));
    return;
  }
  if (*is_report) {
    (void)parts_.queue.SetAside(claim, "the document id is a report's");
    return;
  }
  const base::Result<std::string> stored =
      parts_.blobs.Get(store::RawPingKey(id->day, id->document_id), kMaxStoredPingBytes);
  if (!stored && stored.error().code == Code::kIo) {
    (void)parts_.queue.Postpone(claim, base::Describe(stored.error()));
    return;
  }
  base::Result<intake::StoredPing> ping = stored ? intake::ReadStoredPing(*stored) : stored.error();
  const base::Result<std::string> json = ping ? OpenPing(*ping) : ping.error();
  if (!json) {
    (void)parts_.queue.SetAside(claim, base::Describe(json.error()));
    return;
  }
  const base::Result<os::FileDescriptor> file = NamelessFileWith(options_.worker.spool_folder, *json);
  if (!file) {
    (void)parts_.queue.Postpone(claim, base::Describe(file.error()));
    return;
  }
  const auto find = [this](const std::string& debug_file, const std::string& debug_id) {
    return parts_.symbols.FindCache(debug_file, debug_id);
  };
  const base::Result<JobResult> job = process.ProcessPing(file->get(), find);
  if (job && job->failure && !job->may_pass) {
    (void)parts_.queue.SetAside(claim, job->failure->what);  // Refused: kept as it came, with the reason.
    return;
  }
  std::vector<std::string> notes;
  std::string set_aside_reason;
  const std::optional<CrashOutcome> outcome = TakeOutcome(job, claim, notes, set_aside_reason);
  if (!outcome) return;
  const Arrival arrival =
      ArrivalOfPing(id->document_id, ping->submitted_ms, outcome->ping.value_or(worker::PingFacts{}));
  const std::string document = WriteDocument(arrival, *outcome, notes);
  if (const base::Status put =
          parts_.blobs.Put(store::ProcessedCrashKey(arrival.uuid), base::AsBytes(document));
      !put) {
    (void)parts_.queue.Postpone(claim, base::Describe(put.error()));
    return;
  }
  batcher_.Add({MakeRow(arrival, *outcome), claim, set_aside_reason});
}

}  // namespace cairn::processor
