// What the BlobStore and the Queue have of crashes, and its removal.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/intake/queue_kinds.h"
#include "server/store/blob_store.h"
#include "server/store/queue.h"

namespace cairn::retention {

// The keys of all that a report may have: its dumps, the list of their names, the document, the raw crash. In
// this order they are removed, so that the raw crash, by which a report is found, goes when nothing else is
// left. Some may not exist.
base::Result<std::vector<std::string>> KeysOfReport(const store::BlobStore& blobs, std::string_view id);

// How many of them there were.
base::Result<std::uint64_t> RemoveObjects(store::BlobStore& blobs, const std::vector<std::string>& keys);

// In every lane of reports.
std::vector<store::QueueItem> QueueItemsOfReports(std::span<const std::string> ids);

// A worker's time for one crash, and for the batch behind it.
inline constexpr std::int64_t kWorkersPatienceMs = 150'000;

// Waits until all that is meant and worked at now has come to its end: from then on only what is begun later
// can write anything of it. kTimeout if that takes too long.
using IsMeant = std::function<bool(const intake::Lane& lane, std::string_view id)>;
base::Status WaitForWorkers(const store::Queue& queue, const IsMeant& is_meant,
                            std::int64_t patience_ms = kWorkersPatienceMs);

}  // namespace cairn::retention
