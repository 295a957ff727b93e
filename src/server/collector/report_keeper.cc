#include "server/collector/report_keeper.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/time_units.h"
#include "server/intake/crash_id.h"
#include "server/intake/queue_kinds.h"
#include "server/intake/stored_report.h"
#include "server/store/blob_keys.h"

namespace cairn::collector {
namespace {

using base::kDayMs;
constexpr std::size_t kIdentityLength = 29;  // Of a crash id: what the digit and the day come behind.

// What makes two submissions one report; nothing if that cannot be said.
std::optional<intake::Sha256Digest> IdentityOf(Submission& submission) {
  const auto dump = std::ranges::find(submission.dumps, intake::kMinidumpName, &Dump::name);
  const bool has_dump = dump != submission.dumps.end() && dump->bytes->size() > 0;
  const auto event = submission.annotations.find("CrashEventID");
  if (!has_dump && event == submission.annotations.end()) return std::nullopt;
  intake::Sha256 hash;
  hash.AddField(has_dump ? dump->bytes->Sha256Text() : "");
  if (event != submission.annotations.end()) {
    hash.AddField(event->second);
  } else {
    for (const auto& [name, value] : submission.annotations) hash.AddField(name).AddField(value);
  }
  return hash.Finish();
}

// The ids under which the report may be there already: of the day before and of this one.
std::vector<std::string> EarlierIds(const intake::Sha256Digest& identity, std::int64_t now_ms) {
  std::vector<std::string> ids;
  for (const std::int64_t time_ms : {now_ms, now_ms - kDayMs}) {
    for (const char digit : {intake::kAcceptedDigit, intake::kDeferredDigit}) {
      ids.push_back(intake::CrashIdOf(identity, time_ms, digit));
    }
  }
  return ids;
}

std::vector<std::string> NamesOf(const Submission& submission) {
  std::vector<std::string> names;
  names.reserve(submission.dumps.size());
  for (const Dump& dump : submission.dumps) names.push_back(dump.name);
  return names;
}

}  // namespace

class ReportKeeper::Turn {
 public:
  Turn(ReportKeeper& keeper, std::string name) : keeper_(keeper), name_(std::move(name)) {
    std::unique_lock lock(keeper_.mutex_);
    keeper_.changed_.wait(lock, [this] { return keeper_.in_work_.insert(name_).second; });
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() {
    {
      const std::lock_guard lock(keeper_.mutex_);
      keeper_.in_work_.erase(name_);
    }
    keeper_.changed_.notify_all();
  }

 private:
  ReportKeeper& keeper_;
  std::string name_;
};

base::Result<std::string> ReportKeeper::Keep(Submission& submission, Intake intake) {
  const char digit =
      intake.decision.verdict == Verdict::kDefer ? intake::kDeferredDigit : intake::kAcceptedDigit;
  std::vector<std::string> earlier;
  if (!intake.id.empty()) {
    earlier.push_back(intake.id);
  } else if (const auto identity = IdentityOf(submission)) {
    earlier = EarlierIds(*identity, intake.submitted_ms);
    intake.id = intake::CrashIdOf(*identity, intake.submitted_ms, digit);
  } else {
    intake.id = intake::MakeCrashId(intake.submitted_ms, digit);
  }
  const Turn turn(*this, intake.id.substr(0, kIdentityLength));
  for (const std::string& id : earlier) {
    ASSIGN_OR_RETURN(const bool kept, IsKept(id));
    if (!kept) continue;
    RETURN_IF_ERROR(QueueUp(id, intake.decision.verdict));
    return id;
  }
  base::Status kept = Store(submission, intake);
  if (kept) kept = QueueUp(intake.id, intake.decision.verdict);
  if (!kept) {
    // The client will send it all again.
    (void)intake::RemoveReport(blobs_, intake.id, NamesOf(submission));
    return kept.error();
  }
  return intake.id;
}

base::Result<bool> ReportKeeper::IsKept(const std::string& id) {
  return blobs_.Exists(store::RawCrashKey(intake::DayOfCrashId(id).value_or(""), id));
}

// The names of the dumps first, the raw crash last: intake/stored_report.h says why.
base::Status ReportKeeper::Store(Submission& submission, const Intake& intake) {
  Intake complete = intake;
  std::vector<store::NewObject> objects;
  const auto add = [this, &objects](std::string key, std::string_view text) -> base::Status {
    ASSIGN_OR_RETURN(std::unique_ptr<store::StagedBlob> blob, blobs_.Stage());
    RETURN_IF_ERROR(blob->Append(base::AsBytes(text)));
    objects.push_back({std::move(key), std::move(blob)});
    return {};
  };
  RETURN_IF_ERROR(
      add(store::NamedDumpKey("dump_names", intake.id), intake::WriteDumpNames(NamesOf(submission))));
  for (Dump& dump : submission.dumps) {
    ASSIGN_OR_RETURN(std::unique_ptr<store::StagedBlob> blob, dump.bytes->TakeBlob());
    complete.checksums.emplace_back(dump.name, dump.bytes->Sha256Text());
    objects.push_back({intake::KeyOfDump(dump.name, intake.id), std::move(blob)});
  }
  std::ranges::sort(complete.checksums);
  const std::string day = intake::DayOfCrashId(intake.id).value_or("");
  RETURN_IF_ERROR(add(store::RawCrashKey(day, intake.id), WriteRawCrash(submission, complete)));
  return blobs_.Publish(std::move(objects));
}

// Also for a report that was there already: whoever stored it may have been killed before this.
base::Status ReportKeeper::QueueUp(const std::string& id, Verdict verdict) {
  if (verdict == Verdict::kDefer) return {};
  ASSIGN_OR_RETURN(const bool processed, blobs_.Exists(store::ProcessedCrashKey(id)));
  if (processed) return {};
  ASSIGN_OR_RETURN(const bool is_new, queue_.Push({std::string(intake::kReportKind), id}));
  if (is_new && arrived_) arrived_();
  return {};
}

}  // namespace cairn::collector
