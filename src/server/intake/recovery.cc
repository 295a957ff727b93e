#include "server/intake/recovery.h"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/intake/crash_id.h"
#include "server/intake/queue_kinds.h"
#include "server/intake/stored_report.h"
#include "server/store/blob_keys.h"

namespace cairn::intake {
namespace {

// Holds kClean, kFilling, or the day since which the server runs.
constexpr std::string_view kStateKey = "v1/recovery/state";
constexpr std::string_view kClean = "clean";
constexpr std::string_view kFilling = "filling the index";
constexpr std::size_t kMaxStateBytes = 100;

constexpr std::string_view kReports = "v1/raw_crash/";
constexpr std::string_view kPacks = "v1/ping_pack/";
constexpr std::string_view kDumpNames = "v1/dump_names/";
constexpr std::size_t kPageKeys = 100'000;  // Listing a folder costs the same for one key and for all.
constexpr std::size_t kMaxDumpNamesBytes = 64 << 10;

// Calls `visit` with what follows `prefix` in each key, from the one after `prefix` + `after` on.
template <typename Visit>
base::Status VisitKeys(const store::BlobStore& blobs, std::string_view prefix, std::string_view after,
                       const Visit& visit) {
  std::string last = std::string(prefix) + std::string(after);
  for (;;) {
    ASSIGN_OR_RETURN(const std::vector<std::string> keys, blobs.List(prefix, last, kPageKeys));
    for (const std::string& key : keys) RETURN_IF_ERROR(visit(std::string_view(key).substr(prefix.size())));
    if (keys.size() < kPageKeys) return {};
    last = keys.back();
  }
}

class Recovery {
 public:
  Recovery(store::BlobStore& blobs, store::Queue& queue, Requeue requeue,
           const ProcessedPacks& processed_packs, std::string since_day)
      : blobs_(blobs),
        queue_(queue),
        requeue_(requeue),
        processed_packs_(processed_packs),
        since_day_(std::move(since_day)) {}

  base::Result<Recovered> Run() {
    RETURN_IF_ERROR(QueueAll());
    RETURN_IF_ERROR(VisitKeys(blobs_, kDumpNames, "",
                              [this](std::string_view id) { return RemoveRemains(std::string(id)); }));
    return recovered_;
  }

  base::Result<Requeued> RunWithoutRemoving() {
    RETURN_IF_ERROR(QueueAll());
    return Requeued{recovered_.queued, std::move(packs_)};
  }

 private:
  base::Status QueueAll() {
    // "<day>/<id>", and below "<day>/<pack>".
    RETURN_IF_ERROR(VisitKeys(blobs_, kReports, since_day_, [this](std::string_view name) {
      const std::string_view id = name.substr(name.find('/') + 1);
      if (IsDeferred(id)) {  // Unless somebody has asked for it.
        const base::Result<bool> processed = blobs_.Exists(store::ProcessedCrashKey(id));
        if (!processed) return base::Status(processed.error());
        if (!*processed) return base::Status();
      }
      return QueueReport(std::string(id));
    }));
    std::string day;
    std::set<std::string> processed;
    RETURN_IF_ERROR(VisitKeys(blobs_, kPacks, since_day_, [&](std::string_view name) -> base::Status {
      const std::size_t slash = name.find('/');
      if (requeue_ == Requeue::kUnprocessed && name.substr(0, slash) != day) {
        day = name.substr(0, slash);
        ASSIGN_OR_RETURN(processed, processed_packs_(day));
      }
      if (processed.contains(std::string(name.substr(slash + 1)))) return {};
      return QueuePack(std::string(name));
    }));
    return {};
  }

  base::Status QueuePack(const std::string& place) {
    const std::size_t before = recovered_.queued;
    RETURN_IF_ERROR(Push({std::string(kPingKind), place}));
    // Of everything they would be too many to keep, and nobody asks.
    if (recovered_.queued > before && requeue_ == Requeue::kUnprocessed) packs_.push_back(place);
    return {};
  }

  base::Status QueueReport(const std::string& id) {
    if (requeue_ == Requeue::kUnprocessed) {
      ASSIGN_OR_RETURN(const bool processed, blobs_.Exists(store::ProcessedCrashKey(id)));
      if (processed) return {};
    }
    return Push({std::string(kReportKind), id});
  }

  base::Status Push(const store::QueueItem& item) {
    ASSIGN_OR_RETURN(const bool is_new, queue_.Push(item));
    if (is_new) ++recovered_.queued;
    return {};
  }

  base::Status RemoveRemains(const std::string& id) {
    const std::optional<std::string> day = DayOfCrashId(id);
    if (!day || *day < since_day_) return {};
    ASSIGN_OR_RETURN(const bool whole, blobs_.Exists(store::RawCrashKey(*day, id)));
    if (whole) return {};
    ASSIGN_OR_RETURN(const std::string names,
                     blobs_.Get(store::NamedDumpKey("dump_names", id), kMaxDumpNamesBytes));
    ++recovered_.removed;
    return RemoveReport(blobs_, id, ParseDumpNames(names));
  }

  store::BlobStore& blobs_;
  store::Queue& queue_;
  Requeue requeue_;
  const ProcessedPacks& processed_packs_;
  std::string since_day_;
  Recovered recovered_;
  std::vector<std::string> packs_;
};

}  // namespace

base::Result<Recovered> RecoverAtStart(store::BlobStore& blobs, store::Queue& queue, Requeue requeue,
                                       const ProcessedPacks& processed_packs, std::int64_t now_ms) {
  const base::Result<std::string> state = blobs.Get(kStateKey, kMaxStateBytes);
  if (!state && state.error().code != base::Code::kNotFound) return state.error();
  // Noted, so that being killed on the way does not leave the new index half filled.
  if (requeue == Requeue::kEverything) RETURN_IF_ERROR(blobs.Put(kStateKey, base::AsBytes(kFilling)));
  if (state && *state == kFilling) requeue = Requeue::kEverything;
  Recovered recovered;
  if (!state || *state != kClean || requeue == Requeue::kEverything) {
    const bool from_the_first = !state || requeue == Requeue::kEverything;
    Recovery recovery(blobs, queue, requeue, processed_packs, from_the_first ? "" : *state);
    ASSIGN_OR_RETURN(recovered, recovery.Run());
  }
  RETURN_IF_ERROR(blobs.Put(kStateKey, base::AsBytes(DayOf(now_ms))));
  return recovered;
}

base::Result<Requeued> QueueUnprocessed(store::BlobStore& blobs, store::Queue& queue,
                                        const ProcessedPacks& processed_packs, const std::string& since_day) {
  return Recovery(blobs, queue, Requeue::kUnprocessed, processed_packs, since_day).RunWithoutRemoving();
}

base::Status NoteCleanStop(store::BlobStore& blobs) { return blobs.Put(kStateKey, base::AsBytes(kClean)); }

}  // namespace cairn::intake
