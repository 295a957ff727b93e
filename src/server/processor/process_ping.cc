// Processor's work on one ping.
#include "os/clock.h"
#include "server/http/gzip.h"
#include "server/http/limits.h"
#include "server/intake/crash_id.h"
#include "server/intake/stored_ping.h"
#include "server/processor/processor.h"
#include "server/store/blob_keys.h"

namespace cairn::processor {
namespace {

using base::Code;
using base::Error;

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
  const base::Result<worker::JobResult> job = process.ProcessPing(file->get(), SymbolFinder());
  if (job && job->failure && !job->may_pass) {
    (void)parts_.queue.SetAside(claim, job->failure->what);  // Refused: kept as it came, with the reason.
    return;
  }
  Work work{.started_ms = os::UnixMillis()};
  std::optional<worker::CrashOutcome> outcome = TakeOutcome(job, claim, work);
  if (!outcome) return;
  work.arrival =
      ArrivalOfPing(id->document_id, ping->submitted_ms, outcome->ping.value_or(worker::PingFacts{}));
  work.outcome = *std::move(outcome);
  Save(claim, std::move(work));
}

}  // namespace cairn::processor
