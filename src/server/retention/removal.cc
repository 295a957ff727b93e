#include "server/retention/removal.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>
#include <utility>

#include "os/clock.h"
#include "server/intake/crash_id.h"
#include "server/intake/stored_report.h"
#include "server/store/blob_keys.h"

namespace cairn::retention {
namespace {

constexpr std::size_t kMaxDumpNamesBytes = 64 << 10;
constexpr auto kWorkersPause = std::chrono::milliseconds(20);

// A claim by its lane and receipt, and its item, since one taking of several has one receipt.
using Claims = std::set<std::pair<store::QueueItem, std::int64_t>>;

base::Result<Claims> ClaimsNow(const store::Queue& queue, const IsMeant& is_meant) {
  Claims claims;
  for (const intake::Lane& lane : intake::kLanes) {
    ASSIGN_OR_RETURN(const std::vector<store::ClaimedItem> claimed, queue.ListClaimed(lane.kind));
    for (const store::ClaimedItem& claim : claimed) {
      if (is_meant(lane, claim.item.id)) claims.emplace(claim.item, claim.receipt);
    }
  }
  return claims;
}

}  // namespace

base::Result<std::vector<std::string>> KeysOfReport(const store::BlobStore& blobs, std::string_view id) {
  std::vector<std::string> keys = {store::DumpKey(id)};
  const std::string list = store::NamedDumpKey("dump_names", id);
  const base::Result<std::string> names = blobs.Get(list, kMaxDumpNamesBytes);
  if (!names && names.error().code != base::Code::kNotFound) return names.error();
  if (names) {
    for (const std::string& name : intake::ParseDumpNames(*names)) {
      std::string key = intake::KeyOfDump(name, id);
      if (store::IsValidKey(key) && key != keys.front()) keys.push_back(std::move(key));
    }
  }
  keys.push_back(list);
  keys.push_back(store::ProcessedCrashKey(id));
  if (const std::optional<std::string> day = intake::DayOfCrashId(id))
    keys.push_back(store::RawCrashKey(*day, id));
  return keys;
}

base::Result<std::uint64_t> RemoveObjects(store::BlobStore& blobs, const std::vector<std::string>& keys) {
  std::uint64_t removed = 0;
  for (const std::string& key : keys) {
    ASSIGN_OR_RETURN(const bool exists, blobs.Exists(key));
    RETURN_IF_ERROR(blobs.Remove(key));  // Of what is gone as well: its folder may have been left.
    removed += exists ? 1 : 0;
  }
  return removed;
}

std::vector<store::QueueItem> QueueItemsOfReports(std::span<const std::string> ids) {
  std::vector<store::QueueItem> items;
  for (const intake::Lane& lane : intake::kLanes) {
    if (lane.holds_pings) continue;
    for (const std::string& id : ids) items.push_back({std::string(lane.kind), id});
  }
  return items;
}

base::Status WaitForWorkers(const store::Queue& queue, const IsMeant& is_meant, std::int64_t patience_ms) {
  ASSIGN_OR_RETURN(Claims begun, ClaimsNow(queue, is_meant));
  const std::int64_t end_ms = os::MonotonicMillis() + patience_ms;
  while (!begun.empty()) {
    if (os::MonotonicMillis() >= end_ms)
      return base::Error{base::Code::kTimeout, 0, "a crash is being processed"};
    std::this_thread::sleep_for(kWorkersPause);
    ASSIGN_OR_RETURN(const Claims now, ClaimsNow(queue, is_meant));
    std::erase_if(begun, [&](const auto& claim) { return !now.contains(claim); });
  }
  return {};
}

}  // namespace cairn::retention
