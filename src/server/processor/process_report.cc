// Processor's work on one report.
#include <algorithm>

#include "base/parse_json.h"
#include "os/clock.h"
#include "server/http/gzip.h"
#include "server/http/limits.h"
#include "server/intake/crash_id.h"
#include "server/intake/stored_report.h"
#include "server/processor/crash_document.h"
#include "server/processor/dump_view.h"
#include "server/processor/memory_measures.h"
#include "server/processor/processor.h"
#include "server/store/blob_keys.h"
#include "server/worker/signature_annotations.h"

namespace cairn::processor {
namespace {

using base::Code;

constexpr std::size_t kMaxRawCrashBytes =
    2 * http::kMaxInflatedReportBytes;    // Escapes may double the annotations.
constexpr std::size_t kMaxMoreDumps = 8;  // Firefox sends one.
constexpr std::string_view kMemoryReport = "memory_report";
constexpr std::size_t kMaxMemoryReportBytes = 20 << 20;  // Inflated; what Socorro takes.

bool IsDump(std::string_view name) { return name == intake::kMinidumpName || name.starts_with(kMoreDumps); }

}  // namespace

void Processor::ProcessReport(worker::WorkerProcess& process, const store::ClaimedItem& claim) {
  const std::string& id = claim.item.id;
  const std::string day = intake::DayOfCrashId(id).value_or("");
  const base::Result<std::string> raw = parts_.blobs.Get(store::RawCrashKey(day, id), kMaxRawCrashBytes);
  if (!raw && raw.error().code == Code::kIo) {
    (void)parts_.queue.Postpone(claim, base::Describe(raw.error()));
    return;
  }
  if (!raw && raw.error().code == Code::kNotFound) {
    // It was stored before it was queued, so it has been removed since: by its age, or by a purge.
    (void)parts_.queue.Ack(claim);
    return;
  }
  base::Result<Arrival> arrival = raw ? ReadRawCrash(*raw) : raw.error();
  if (!arrival) {
    (void)parts_.queue.SetAside(claim, base::Describe(arrival.error()));
    return;
  }
  Work work{.arrival = *std::move(arrival), .started_ms = os::UnixMillis()};
  if (options_.scrub_dumps) {
    for (const std::string& name : work.arrival.dump_names) {
      if (IsDump(name)) ScrubDump(process, name, work);
    }
  }
  if (!WalkDump(process, claim, work)) return;
  WalkMoreDumps(process, work);
  ReadMemoryReport(work);
  Save(claim, std::move(work));
}

// Puts the dump without private parts in the place of the one that came. The raw crash keeps the hash of that
// one, by which a ping knows it.
void Processor::ScrubDump(worker::WorkerProcess& process, const std::string& name, Work& work) {
  const std::string key = intake::KeyOfDump(name, work.arrival.uuid);
  const base::Result<os::FileDescriptor> dump = parts_.blobs.Open(key);
  if (!dump) return;
  const base::Result<worker::JobResult> job = process.ScrubDump(dump->get());
  if (job && job->failure && !job->may_pass) return;  // It is no dump, and nothing reads it.
  const base::Result<std::string> clean =
      job && !job->failure ? os::ReadAll(job->output.get(), http::kMaxInflatedReportBytes)
                           : base::Result<std::string>(base::Error{Code::kIo, 0, "worker"});
  if (clean && (clean->empty() || parts_.blobs.Put(key, base::AsBytes(*clean)))) return;
  work.notes.push_back("the private parts of " + name + " could not be removed");
}

bool Processor::WalkDump(worker::WorkerProcess& process, const store::ClaimedItem& claim, Work& work) {
  const base::Result<os::FileDescriptor> dump = parts_.blobs.Open(store::DumpKey(work.arrival.uuid));
  if (dump) {
    std::optional<worker::CrashOutcome> outcome = TakeOutcome(
        process.ProcessReport(dump->get(), worker::WriteForWorker(SignatureAnnotationsOf(work.arrival)),
                              SymbolFinder()),
        claim, work);
    if (outcome) work.outcome = *std::move(outcome);
    return outcome.has_value();
  }
  if (dump.error().code != Code::kNotFound) {
    (void)parts_.queue.Postpone(claim, base::Describe(dump.error()));
    return false;
  }
  work.notes.emplace_back("the report came without a minidump");
  work.outcome = OutcomeWithoutStack(work.arrival, work.notes.back());
  return true;
}

// The program's own account of its memory: gzip'd JSON, which came as a dump.
void Processor::ReadMemoryReport(Work& work) {
  if (!std::ranges::binary_search(work.arrival.dump_names, kMemoryReport)) return;
  const base::Result<std::string> packed =
      parts_.blobs.Get(intake::KeyOfDump(kMemoryReport, work.arrival.uuid), kMaxMemoryReportBytes);
  const base::Result<std::string> text = packed ? http::InflateGzip(*packed, kMaxMemoryReportBytes) : packed;
  const base::Result<registry::Value> json =
      text ? registry::ReadValue(wire::AnnotationType::kObject, *text) : text.error();
  const auto complain = [&](const base::Error& error) {
    work.more_fields.insert_or_assign("memory_report_error", std::string(base::CodeSentence(error.code)));
  };
  if (!json) return complain(json.error());
  work.more_fields.insert_or_assign("memory_report", *json);
  const std::optional<std::uint64_t> process_id = DumpView(work.outcome.json_dump).Number("/pid");
  if (!process_id) return;  // Nobody knows which of the account's processes crashed.
  const base::Result<MemoryMeasures> measures = MeasureMemory(*text, *process_id);
  if (!measures) return complain(measures.error());
  AddMemoryFields(*measures, work.more_fields);
}

// Those of other processes, which were asked about the crash. What cannot be read of them leaves a note.
void Processor::WalkMoreDumps(worker::WorkerProcess& process, Work& work) {
  for (const std::string& name : work.arrival.dump_names) {
    if (!name.starts_with(kMoreDumps)) continue;
    if (work.more_dumps.size() == kMaxMoreDumps) {
      work.notes.push_back("more than " + std::to_string(kMaxMoreDumps) +
                           " additional dumps: the others are not walked");
      return;
    }
    const base::Result<os::FileDescriptor> dump =
        parts_.blobs.Open(intake::KeyOfDump(name, work.arrival.uuid));
    const base::Result<worker::JobResult> job = dump
                                                    ? process.ProcessReport(dump->get(), "{}", SymbolFinder())
                                                    : base::Result<worker::JobResult>(dump.error());
    const base::Result<std::string> text =
        job && !job->failure ? os::ReadAll(job->output.get(), worker::kMaxOutcomeBytes)
                             : base::Result<std::string>(base::Error{Code::kBadValue, 0, "dump"});
    base::Result<worker::CrashOutcome> outcome = text ? worker::ReadOutcome(*text) : text.error();
    if (outcome) {
      work.more_dumps[name] = std::move(outcome->json_dump);
    } else {
      work.notes.push_back(name + " could not be walked" +
                           (job && job->failure ? ": " + job->failure->what : ""));
    }
  }
}

}  // namespace cairn::processor
