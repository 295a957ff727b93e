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
  base::Result<worker::Ping> read = worker::ReadPing(*json);
  if (!read) {
    // Refused: kept as it came, with the reason.
    (void)parts_.queue.SetAside(claim, read.error().what);
    return;
  }
  Work work{.started_ms = os::UnixMillis()};
  work.arrival = ArrivalOfPing(id->document_id, ping->submitted_ms, read->facts);
  // Pings of Glean often do not name their product; their namespace does.
  if (work.arrival.product.empty() && ping->name_space != "telemetry")
    work.arrival.product = ping->name_space;
  if (NamePing(process, claim, *json, *read, work)) Save(claim, std::move(work));
}

// By a stack that has been named already, or by a worker. False: the item went back to the queue.
bool Processor::NamePing(worker::WorkerProcess& process, const store::ClaimedItem& claim,
                         const std::string& json, worker::Ping& ping, Work& work) {
  const std::string key = KeyOfStack(ping);
  if (const std::optional<StackNames> names = named_stacks_.Find(key, os::MonotonicMillis())) {
    GiveNames(*names, ping);
    base::Result<worker::CrashOutcome> outcome =
        worker::ReadOutcome(worker::WriteOutcome(ping.report, ping.facts));
    if (outcome) {
      work.outcome = *std::move(outcome);
      return true;
    }
  }
  const base::Result<os::FileDescriptor> file = NamelessFileWith(options_.worker.spool_folder, json);
  if (!file) {
    (void)parts_.queue.Postpone(claim, base::Describe(file.error()));
    return false;
  }
  std::optional<worker::CrashOutcome> outcome =
      TakeOutcome(process.ProcessPing(file->get(), SymbolFinder()), claim, work);
  if (!outcome) return false;
  work.outcome = *std::move(outcome);
  if (!work.notes.empty()) return true;  // It is no answer to remember.
  if (std::optional<StackNames> names = NamesOf(work.outcome, ping))
    named_stacks_.Put(key, *std::move(names), os::MonotonicMillis());
  return true;
}

}  // namespace cairn::processor
