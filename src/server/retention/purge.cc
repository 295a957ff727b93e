#include "server/retention/purge.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <thread>
#include <utility>

#include "base/hex.h"
#include "base/time_units.h"
#include "server/intake/crash_id.h"
#include "server/intake/ping_pack.h"
#include "server/intake/queue_kinds.h"
#include "server/intake/sha256.h"
#include "server/retention/removal.h"
#include "server/store/blob_keys.h"

namespace cairn::retention {
namespace {

using base::Code;
using base::Error;
using search::CrashKind;
using search::CrashReference;

// Who asked for it, then the ids, a line each.
constexpr std::string_view kNoteKey = "v1/recovery/purge";
constexpr std::size_t kMaxNoteBytes = 1 << 20;
using base::kDayMs;
constexpr auto kSpoolPause = std::chrono::milliseconds(10);
constexpr std::size_t kStandInBytes = 16;

struct Note {
  std::string who;
  std::vector<std::string> ids;
};

std::string WriteNote(const Note& note) {
  std::string text = note.who;
  std::ranges::replace(text, '\n', ' ');
  for (const std::string& id : note.ids) text += "\n" + id;
  return text;
}

base::Result<Note> ReadNote(const store::BlobStore& blobs) {
  Note note;
  const base::Result<std::string> text = blobs.Get(kNoteKey, kMaxNoteBytes);
  if (!text && text.error().code == Code::kNotFound) return note;
  if (!text) return text.error();
  std::size_t end = std::min(text->find('\n'), text->size());
  note.who = text->substr(0, end);
  while (end < text->size()) {
    const std::size_t begin = end + 1;
    end = std::min(text->find('\n', begin), text->size());
    note.ids.push_back(text->substr(begin, end - begin));
  }
  return note;
}

class PurgeRun {
 public:
  explicit PurgeRun(const PurgeParts& parts) : parts_(parts) {}

  base::Result<std::vector<PurgedCrash>> Do(const PurgeOrder& order) {
    RETURN_IF_ERROR(ReadSpool(order.with_counterparts));
    ASSIGN_OR_RETURN(Note note, ReadNote(parts_.blobs));
    for (const std::string& id : note.ids) begun_.insert(id);
    for (const std::string& id : order.ids) RETURN_IF_ERROR(Find(id, order.with_counterparts));
    // What is unfinished is finished with it.
    for (const std::string& id : note.ids) RETURN_IF_ERROR(Find(id, false));
    if (crashes_.size() > 2 * kMaxPurgedAtOnce)
      return Error{Code::kLimitExceeded, crashes_.size(), "ids to purge"};
    const std::vector<std::string> ids = Ids();
    note = {order.who, ids};
    RETURN_IF_ERROR(parts_.blobs.Put(kNoteKey, base::AsBytes(WriteNote(note))));
    RETURN_IF_ERROR(RemoveEverything(ids));
    RETURN_IF_ERROR(ChangeAudit(order.who));
    // The directory is on the disk, and so is all that was removed before.
    RETURN_IF_ERROR(parts_.blobs.Remove(kNoteKey));
    return std::move(crashes_);
  }

 private:
  std::vector<std::string> Ids() const {
    std::vector<std::string> ids;
    for (const PurgedCrash& crash : crashes_) ids.push_back(crash.id);
    return ids;
  }

  PurgedCrash& CrashOf(const std::string& id) { return crashes_[places_.at(id)]; }

  // Pings that were answered and not yet read are neither found nor removed, so they are read first.
  base::Status ReadSpool(bool with_counterparts) {
    if (!parts_.fold_in) {
      ASSIGN_OR_RETURN(const pings::SpoolBatch waiting, parts_.spool.Read(parts_.ledger.position(), 1, 1));
      if (with_counterparts && !waiting.records.empty())
        return Error{Code::kRefused, 0,
                     "pings wait to be read, and may be counterparts: start the server first"};
      return {};
    }
    ASSIGN_OR_RETURN(const pings::SpoolPosition end, parts_.spool.CloseSegment());
    const std::int64_t end_ms = os::MonotonicMillis() + kSpoolPatienceMs;
    for (;;) {
      ASSIGN_OR_RETURN(const bool is_read, parts_.spool.IsRemovedBefore(end));
      if (is_read) return {};
      if (os::MonotonicMillis() >= end_ms)
        return Error{Code::kTimeout, 0, "pings are still arriving: try again"};
      parts_.fold_in();
      std::this_thread::sleep_for(kSpoolPause);
    }
  }

  base::Status Find(const std::string& id, bool with_counterparts) {
    if (places_.contains(id)) return {};
    ASSIGN_OR_RETURN(const std::optional<CrashReference> known, parts_.index.Get(id));
    Add(id, known);
    if (!with_counterparts || !known || known->minidump_sha256_hash.empty()) return {};
    ASSIGN_OR_RETURN(const std::vector<CrashReference> same_dump,
                     parts_.index.FindByMinidumpHash(known->minidump_sha256_hash));
    for (const CrashReference& other : same_dump) {
      if (!places_.contains(other.uuid)) Add(other.uuid, other);
    }
    return {};
  }

  void Add(const std::string& id, const std::optional<CrashReference>& known) {
    places_[id] = crashes_.size();
    PurgedCrash& crash = crashes_.emplace_back(PurgedCrash{.id = id});
    crash.was_begun = begun_.contains(id);
    if (!known) return;
    crash.kind = known->kind;
    crash.rows = 1;
    if (known->kind == CrashKind::kPing) ping_days_[intake::DayOf(known->date_ms)].insert(id);
    if (!known->minidump_sha256_hash.empty()) dumps_.push_back(known->minidump_sha256_hash);
  }

  base::Status RemoveEverything(const std::vector<std::string>& ids) {
    if (!parts_.fold_in) RETURN_IF_ERROR(BlankInSpool(ids));
    RETURN_IF_ERROR(FindPings(ids));
    std::map<std::string, std::vector<std::string>> keys;
    for (const std::string& id : ids) {
      ASSIGN_OR_RETURN(keys[id], KeysOfReport(parts_.blobs, id));
    }
    RETURN_IF_ERROR(RemoveFromQueue(ids));
    // What is worked at now may still write; without these nothing can be begun.
    for (PurgedCrash& crash : crashes_) RETURN_IF_ERROR(RemoveSource(keys[crash.id], crash));
    RETURN_IF_ERROR(RemoveFromPacks());
    const auto is_meant = [this](const intake::Lane& lane, std::string_view id) {
      return lane.holds_pings || places_.contains(id);
    };
    RETURN_IF_ERROR(WaitForWorkers(parts_.queue, is_meant));
    RETURN_IF_ERROR(RemoveFromQueue(ids));
    for (PurgedCrash& crash : crashes_) {
      ASSIGN_OR_RETURN(const std::uint64_t removed, RemoveObjects(parts_.blobs, keys[crash.id]));
      crash.objects += removed;
    }
    ASSIGN_OR_RETURN(const std::vector<std::uint64_t> entries, parts_.ledger.Purge(ids, dumps_));
    for (std::size_t i = 0; i < ids.size(); ++i) crashes_[i].edge_entries += entries[i];
    if (parts_.forget_missing) RETURN_IF_ERROR(parts_.forget_missing(ids));
    if (parts_.forget_absent_symbols) RETURN_IF_ERROR(parts_.forget_absent_symbols());
    ASSIGN_OR_RETURN([[maybe_unused]] const std::uint64_t rows, parts_.index.Purge(ids));
    // While the index knew a ping, somebody may have asked for its document.
    RETURN_IF_ERROR(RemoveFromQueue(ids));
    return parts_.queue.Scrub(ids);
  }

  base::Status BlankInSpool(const std::vector<std::string>& ids) {
    const std::set<std::string> meant(ids.begin(), ids.end());
    return parts_.spool.Blank([&](std::string_view record) {
      const base::Result<intake::StoredPing> ping = intake::ReadStoredPing(record);
      if (!ping || !meant.contains(ping->id)) return false;
      ++CrashOf(ping->id).edge_entries;
      // Whoever read it may have been killed between its pack and the ledger.
      ping_days_[intake::DayOf(ping->submitted_ms)].insert(ping->id);
      return true;
    });
  }

  // Of those that the index does not know (yet): the days on which they came.
  base::Status FindPings(const std::vector<std::string>& ids) {
    const std::int64_t now_ms = parts_.clock();
    for (const std::string& id : ids) {
      for (const std::string& day : {intake::DayOf(now_ms), intake::DayOf(now_ms - kDayMs)}) {
        ASSIGN_OR_RETURN(const bool came, parts_.ledger.HasDocument(day, id));
        if (came) ping_days_[day].insert(id);
      }
      ASSIGN_OR_RETURN(const std::vector<store::QueueItem> items, PingItemsOf(id));
      for (const store::QueueItem& item : items) {
        const base::Result<intake::PingPlace> place = intake::ParsePingPlace(item.id);
        if (place) ping_days_[place->day].insert(id);
      }
    }
    return {};
  }

  base::Result<std::vector<store::QueueItem>> PingItemsOf(const std::string& id) const {
    std::vector<store::QueueItem> items;
    for (const intake::Lane& lane : intake::kLanes) {
      if (!lane.holds_pings) continue;
      ASSIGN_OR_RETURN(const std::vector<store::QueueItem> found,
                       parts_.queue.FindByEnd(lane.kind, "/" + id));
      items.insert(items.end(), found.begin(), found.end());
    }
    return items;
  }

  base::Status RemoveFromQueue(const std::vector<std::string>& ids) {
    for (const std::string& id : ids) {
      std::vector<store::QueueItem> items = QueueItemsOfReports(std::span(&id, 1));
      ASSIGN_OR_RETURN(const std::vector<store::QueueItem> of_pings, PingItemsOf(id));
      items.insert(items.end(), of_pings.begin(), of_pings.end());
      ASSIGN_OR_RETURN(const std::uint64_t removed, parts_.queue.Remove(items));
      CrashOf(id).queue_items += removed;
    }
    return {};
  }

  // The raw crash, then the dumps. Their list stays: by it a purge that is killed here finds them again.
  base::Status RemoveSource(const std::vector<std::string>& keys, PurgedCrash& crash) {
    const std::string list = store::NamedDumpKey("dump_names", crash.id);
    std::vector<std::string> source(keys.rbegin(), keys.rend());
    std::erase_if(source, [&](const std::string& key) {
      return key == list || key == store::ProcessedCrashKey(crash.id);
    });
    ASSIGN_OR_RETURN(const std::uint64_t removed, RemoveObjects(parts_.blobs, source));
    crash.objects += removed;
    return {};
  }

  base::Status RemoveFromPacks() {
    for (const auto& [day, ids] : ping_days_) {
      const std::lock_guard lock(parts_.packs);
      ASSIGN_OR_RETURN([[maybe_unused]] const std::size_t removed,
                       intake::RemovePings(parts_.blobs, day, ids));
    }
    return {};
  }

  base::Status ChangeAudit(const std::string& who) {
    if (parts_.audit != nullptr) RETURN_IF_ERROR(parts_.audit->Flush());
    std::vector<std::pair<std::string, std::string>> objects;
    std::vector<store::AuditEntry> entries;
    for (const PurgedCrash& crash : crashes_) {
      objects.emplace_back(crash.id, StandInFor(crash.id));
      if (crash.was_known())
        entries.push_back({.who = who, .action = "purge", .object = StandInFor(crash.id)});
    }
    RETURN_IF_ERROR(parts_.directory.RecordAll(entries));
    return parts_.directory.ReplaceObjects(objects);
  }

  const PurgeParts& parts_;
  std::vector<PurgedCrash> crashes_;
  std::map<std::string, std::size_t, std::less<>> places_;  // Of ids in crashes_.
  std::set<std::string> begun_;                             // By a purge that was killed.
  std::map<std::string, std::set<std::string>> ping_days_;  // Ids by the days on which they may have come.
  std::vector<std::string> dumps_;                          // SHA-256 as hex.
};

}  // namespace

base::Result<std::vector<PurgedCrash>> Purge(const PurgeParts& parts, const PurgeOrder& order) {
  if (order.ids.size() > kMaxPurgedAtOnce)
    return Error{Code::kLimitExceeded, kMaxPurgedAtOnce, "ids to purge"};
  return PurgeRun(parts).Do(order);
}

base::Result<std::size_t> FinishPurge(const PurgeParts& parts) {
  ASSIGN_OR_RETURN(const Note note, ReadNote(parts.blobs));
  if (note.ids.empty()) return std::size_t{0};
  ASSIGN_OR_RETURN(const std::vector<PurgedCrash> purged, PurgeRun(parts).Do({.who = note.who}));
  return purged.size();
}

std::string StandInFor(std::string_view id) {
  const intake::Sha256Digest digest = intake::Sha256().Add(id).Finish();
  return "purged " + base::BytesToHex(std::span(digest).first<kStandInBytes>());
}

}  // namespace cairn::retention
