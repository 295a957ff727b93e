// Processor's work on pings: on packs as they come, and on single ones that somebody asks for.
#include "os/clock.h"
#include "server/intake/crash_id.h"
#include "server/intake/ping_pack.h"
#include "server/intake/queue_kinds.h"
#include "server/processor/opened_ping.h"
#include "server/processor/pack_rows.h"
#include "server/processor/processor.h"
#include "server/store/blob_keys.h"

namespace cairn::processor {
namespace {

using base::Code;

// Reports and pings share one space of ids, and a ping's is its sender's choice: it may not take the place of
// a report, whose id anybody can see.
base::Result<bool> IsReport(const store::BlobStore& blobs, const std::string& id) {
  const std::optional<std::string> day = intake::DayOfCrashId(id);
  return day ? blobs.Exists(store::RawCrashKey(*day, id)) : false;
}

}  // namespace

void Processor::ProcessPings(worker::WorkerProcess& process, const store::ClaimedItem& claim) {
  const base::Result<intake::PingPlace> place = intake::ParsePingPlace(claim.item.id);
  if (!place) {
    (void)parts_.queue.SetAside(claim, base::Describe(place.error()));
  } else if (place->document_id.empty()) {
    ProcessPack(process, claim, *place);
  } else {
    ProcessOnePing(process, claim, *place);
  }
}

void Processor::ProcessPack(worker::WorkerProcess& process, const store::ClaimedItem& claim,
                            const intake::PingPlace& place) {
  const base::Result<std::string> pack = intake::FetchPingPack(parts_.blobs, place);
  if (!pack && pack.error().code == Code::kNotFound) {
    (void)parts_.queue.Ack(claim);  // All that it held was removed.
    return;
  }
  const auto stored = pack ? intake::ReadPingPack(*pack) : pack.error();
  if (!stored) {
    const bool may_pass = stored.error().code == Code::kIo;
    (void)(may_pass ? parts_.queue.Postpone(claim, base::Describe(stored.error()))
                    : parts_.queue.SetAside(claim, base::Describe(stored.error())));
    return;
  }
  const worker::FindSymbols find_symbols = SymbolFinder();
  PackRows rows({process, find_symbols, named_stacks_, parts_.registry, parts_.missing});
  std::vector<store::QueueItem> alone;
  const auto leave_alone = [&](const std::string& id) {
    alone.push_back({std::string(intake::kPingKind), intake::PingPlace{place.day, place.pack, id}.Text()});
  };
  const auto add_all = [&]() -> base::Status {
    for (const std::string_view text : *stored) {
      base::Result<intake::StoredPing> ping = intake::ReadStoredPing(text);
      if (!ping) continue;  // The edge reads its own head before it puts a ping here.
      const std::string id = ping->id;
      ASSIGN_OR_RETURN(const bool is_report, IsReport(parts_.blobs, id));
      base::Result<OpenedPing> opened = OpenPing(*std::move(ping), place.pack);
      if (is_report || !opened) {
        leave_alone(id);
      } else {
        RETURN_IF_ERROR(rows.Add(*std::move(opened)));
      }
    }
    RETURN_IF_ERROR(rows.Finish());
    for (const std::string& id : rows.TakeUnnamed()) leave_alone(id);
    return alone.empty() ? base::Status() : parts_.queue.PushAll(alone);
  };
  if (const base::Status added = add_all(); !added) {
    (void)parts_.queue.Postpone(claim, base::Describe(added.error()));
    return;
  }
  batcher_.Add({.rows = rows.TakeRows(), .claim = claim});
}

void Processor::ProcessOnePing(worker::WorkerProcess& process, const store::ClaimedItem& claim,
                               const intake::PingPlace& place) {
  const base::Result<bool> is_report = IsReport(parts_.blobs, place.document_id);
  base::Result<intake::StoredPing> stored =
      is_report ? intake::FetchPing(parts_.blobs, place) : is_report.error();
  if (!stored && stored.error().code == Code::kIo) {
    (void)parts_.queue.Postpone(claim, base::Describe(stored.error()));
    return;
  }
  if (is_report && !*is_report && !stored && stored.error().code == Code::kNotFound) {
    (void)parts_.queue.Ack(claim);  // It was removed from its pack: by its age, or by a purge.
    return;
  }
  if (is_report && *is_report) {
    (void)parts_.queue.SetAside(claim, "the document id is a report's");
    return;
  }
  base::Result<OpenedPing> opened = stored ? OpenPing(*std::move(stored), place.pack) : stored.error();
  if (!opened) {
    // Refused: kept as it came, with the reason.
    (void)parts_.queue.SetAside(claim, base::Describe(opened.error()));
    return;
  }
  Work work{.arrival = std::move(opened->arrival), .started_ms = os::UnixMillis()};
  std::optional<worker::CrashOutcome> outcome =
      TakeOutcome(process.ProcessPing(opened->json, SymbolFinder()), claim, work);
  if (!outcome) return;
  work.outcome = *std::move(outcome);
  Save(claim, std::move(work));
}

}  // namespace cairn::processor
