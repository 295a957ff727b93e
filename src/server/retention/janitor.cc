#include "server/retention/janitor.h"

#include <chrono>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "os/thread.h"
#include "server/intake/crash_id.h"
#include "server/intake/ping_pack.h"
#include "server/intake/queue_kinds.h"
#include "server/retention/removal.h"
#include "server/store/blob_keys.h"

namespace cairn::retention {
namespace {

using search::CrashKind;
using search::ExpiredCrash;

constexpr std::string_view kReports = "v1/raw_crash/";
constexpr std::string_view kPacks = "v1/ping_pack/";
constexpr std::size_t kSetAsideMax = 100'000;

// What follows the last slash.
std::string_view LastSegment(std::string_view key) { return key.substr(key.rfind('/') + 1); }

class ExpiryRun {
 public:
  ExpiryRun(const JanitorParts& parts, const Policy& policy, const std::atomic<bool>& stopping)
      : parts_(parts), policy_(policy), stopping_(stopping), now_ms_(parts.clock()) {}

  base::Result<Expired> Do() {
    ASSIGN_OR_RETURN(const std::vector<store::Product> products, parts_.directory.ListProducts());
    const search::Retention retention = RetentionOf(policy_, products, now_ms_);
    const auto first_kept_day = [&](CrashKind kind) {
      return intake::DayOf(StartOfKept(LongestDays(policy_, products, kind), now_ms_));
    };
    pings_kept_from_ = first_kept_day(CrashKind::kPing);
    RETURN_IF_ERROR(RemoveOldPacks());
    RETURN_IF_ERROR(RemoveIndexed(retention));
    RETURN_IF_ERROR(RemoveOldReports(first_kept_day(CrashKind::kReport)));
    RETURN_IF_ERROR(RemoveOldSetAside());
    ASSIGN_OR_RETURN(expired_.rejected_pings,
                     parts_.ledger.ExpireRejections(StartOfKept(policy_.rejected_days, now_ms_)));
    RETURN_IF_ERROR(RemoveOldSymbols());
    if (stopping_) return expired_;
    RETURN_IF_ERROR(parts_.index.Expire(retention));
    if (!stopping_) RETURN_IF_ERROR(parts_.index.Sweep());
    return expired_;
  }

 private:
  // Calls `remove` with pages of keys whose day is before `first_kept_day`.
  template <typename Remove>
  base::Status ForOldKeys(std::string_view prefix, const std::string& first_kept_day, const Remove& remove) {
    std::string last;
    while (!stopping_) {
      ASSIGN_OR_RETURN(std::vector<std::string> keys, parts_.blobs.List(prefix, last, kKeysAtOnce));
      const bool is_last_page = keys.size() < kKeysAtOnce;
      if (!keys.empty()) last = keys.back();
      const std::size_t listed = keys.size();
      std::erase_if(keys, [&](const std::string& key) {
        return std::string_view(key).substr(prefix.size(), first_kept_day.size()) >= first_kept_day;
      });
      RETURN_IF_ERROR(remove(keys));
      if (is_last_page || keys.size() < listed) return {};
    }
    return {};
  }

  base::Status RemoveObjectsOf(const std::vector<std::string>& keys) {
    ASSIGN_OR_RETURN(const std::uint64_t removed, RemoveObjects(parts_.blobs, keys));
    expired_.objects += removed;
    return {};
  }

  base::Status RemoveReports(const std::vector<std::string>& ids) {
    if (ids.empty()) return {};
    RETURN_IF_ERROR(Forget(QueueItemsOfReports(ids)));
    const std::set<std::string, std::less<>> meant(ids.begin(), ids.end());
    const auto is_meant = [&](const intake::Lane& lane, std::string_view id) {
      return !lane.holds_pings && meant.contains(id);
    };
    RETURN_IF_ERROR(WaitForWorkers(parts_.queue, is_meant));
    for (const std::string& id : ids) {
      if (stopping_) return {};
      ASSIGN_OR_RETURN(const std::vector<std::string> keys, KeysOfReport(parts_.blobs, id));
      RETURN_IF_ERROR(RemoveObjectsOf(keys));
    }
    return {};
  }

  base::Status Forget(const std::vector<store::QueueItem>& items) {
    ASSIGN_OR_RETURN([[maybe_unused]] const std::uint64_t removed, parts_.queue.Remove(items));
    return {};
  }

  // Whole packs, with the documents of their pings.
  base::Status RemoveOldPacks() {
    return ForOldKeys(kPacks, pings_kept_from_, [this](const std::vector<std::string>& keys) -> base::Status {
      for (const std::string& key : keys) {
        if (stopping_) return {};
        const base::Result<std::string> pack = parts_.blobs.Get(key, intake::kMaxPackBytes);
        if (!pack && pack.error().code != base::Code::kNotFound) return pack.error();
        const auto pings = intake::ReadPingPack(pack ? std::string_view(*pack) : std::string_view());
        std::vector<std::string> objects;
        if (pings) {  // The documents of those in a damaged one go by their rows.
          for (const std::string_view stored : *pings) {
            const base::Result<intake::StoredPing> ping = intake::ReadStoredPing(stored);
            if (ping) objects.push_back(store::ProcessedCrashKey(ping->id));
          }
        }
        const std::lock_guard lock(parts_.packs);
        objects.push_back(key);
        RETURN_IF_ERROR(RemoveObjectsOf(objects));
      }
      return {};
    });
  }

  // Reports of which the index does not know, such as deferred ones.
  base::Status RemoveOldReports(const std::string& first_kept_day) {
    return ForOldKeys(kReports, first_kept_day, [this](const std::vector<std::string>& keys) {
      std::vector<std::string> ids;
      for (const std::string& key : keys) ids.emplace_back(LastSegment(key));
      expired_.reports += ids.size();
      return RemoveReports(ids);
    });
  }

  base::Status RemoveIndexed(const search::Retention& retention) {
    ExpiredCrash last;
    while (!stopping_) {
      ASSIGN_OR_RETURN(const std::vector<ExpiredCrash> page,
                       parts_.index.FindExpired(retention, last, kExpiredAtOnce));
      if (page.empty()) return {};
      last = page.back();
      std::vector<std::string> reports;
      std::map<std::string, std::set<std::string>> pings_by_day;
      for (const ExpiredCrash& crash : page) {
        if (crash.kind == CrashKind::kReport) {
          reports.push_back(crash.uuid);
        } else {
          pings_by_day[intake::DayOf(crash.date_ms)].insert(crash.uuid);
        }
      }
      expired_.reports += reports.size();
      RETURN_IF_ERROR(RemoveReports(reports));
      for (const auto& [day, ids] : pings_by_day) RETURN_IF_ERROR(RemovePings(day, ids));
    }
    return {};
  }

  base::Status RemovePings(const std::string& day, const std::set<std::string>& ids) {
    if (stopping_) return {};
    expired_.pings += ids.size();
    std::vector<std::string> documents;
    for (const std::string& id : ids) documents.push_back(store::ProcessedCrashKey(id));
    RETURN_IF_ERROR(RemoveObjectsOf(documents));
    if (day < pings_kept_from_) return {};  // Their packs are gone.
    const std::lock_guard lock(parts_.packs);
    ASSIGN_OR_RETURN([[maybe_unused]] const std::size_t removed, intake::RemovePings(parts_.blobs, day, ids));
    return {};
  }

  base::Status RemoveOldSymbols() {
    if (parts_.symbols == nullptr || stopping_) return {};
    // Those that nobody knows of would stay for ever.
    RETURN_IF_ERROR(parts_.symbols->RecordUnknownFiles());
    RETURN_IF_ERROR(RemoveOldSymbols(store::SymbolClass::kTry, policy_.try_symbol_days));
    if (policy_.symbol_days == 0) return {};
    return RemoveOldSymbols(store::SymbolClass::kRegular, policy_.symbol_days);
  }

  base::Status RemoveOldSymbols(store::SymbolClass symbol_class, std::int64_t days) {
    while (!stopping_) {
      ASSIGN_OR_RETURN(const std::vector<store::SymbolFileRecord> files,
                       parts_.symbols->records().ListOldSymbolFiles(symbol_class, StartOfKept(days, now_ms_),
                                                                    kKeysAtOnce));
      if (files.empty()) return {};
      for (const store::SymbolFileRecord& file : files) {
        if (stopping_) return {};
        RETURN_IF_ERROR(parts_.symbols->Remove(file));
        ++expired_.symbol_files;
      }
    }
    return {};
  }

  // Pings that could not be processed, whose packs are gone.
  base::Status RemoveOldSetAside() {
    std::vector<store::QueueItem> items;
    for (const intake::Lane& lane : intake::kLanes) {
      if (!lane.holds_pings) continue;
      ASSIGN_OR_RETURN(const auto set_aside, parts_.queue.ListSetAside(lane.kind, kSetAsideMax));
      for (const store::SetAsideItem& item : set_aside) {
        if (item.item.id.substr(0, pings_kept_from_.size()) < pings_kept_from_) items.push_back(item.item);
      }
    }
    return items.empty() ? base::Status() : Forget(items);
  }

  const JanitorParts& parts_;
  const Policy& policy_;
  const std::atomic<bool>& stopping_;
  const std::int64_t now_ms_;
  std::string pings_kept_from_;  // The first day whose packs stay.
  Expired expired_;
};

}  // namespace

std::string Expired::Text() const {
  return "removed by age: " + std::to_string(reports) + " reports, " + std::to_string(pings) + " pings, " +
         std::to_string(rejected_pings) + " refused pings, " + std::to_string(symbol_files) +
         " symbol files, " + std::to_string(objects) + " objects";
}

base::Result<Expired> ExpireOnce(const JanitorParts& parts, const Policy& policy,
                                 const std::atomic<bool>& stopping) {
  return ExpiryRun(parts, policy, stopping).Do();
}

Janitor::Janitor(JanitorParts parts, Policy policy, std::int64_t every_ms,
                 std::function<void(const std::string&)> log)
    : parts_(std::move(parts)),
      policy_(std::move(policy)),
      every_ms_(every_ms),
      log_(std::move(log)),
      thread_([this] { Run(); }) {}

Janitor::~Janitor() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Janitor::Run() {
  os::NameThread("janitor");
  os::LowerThreadPriority(os::Priority::kLowest);
  std::unique_lock lock(mutex_);
  do {
    lock.unlock();
    const base::Result<Expired> expired = ExpireOnce(parts_, policy_, stopping_);
    log_(expired ? expired->Text()
                 : "removing by age stopped, and goes on tomorrow: " + base::Describe(expired.error()));
    lock.lock();
  } while (
      !changed_.wait_for(lock, std::chrono::milliseconds(every_ms_), [this] { return stopping_.load(); }));
}

}  // namespace cairn::retention
