#include "server/pings/accepted_pings.h"

#include <vector>

#include "server/intake/queue_kinds.h"
#include "server/store/blob_keys.h"

namespace cairn::pings {

base::Status QueuedPings::Take(std::span<const AcceptedPing> pings) {
  if (pings.empty()) return {};
  std::vector<store::BlobStore::Object> objects;
  std::vector<store::QueueItem> items;
  objects.reserve(pings.size());
  items.reserve(pings.size());
  for (const AcceptedPing& ping : pings) {
    objects.push_back({store::RawPingKey(ping.id.day, ping.id.document_id), base::AsBytes(ping.submission)});
    items.push_back({std::string(intake::kPingKind), ping.id.Text()});
  }
  RETURN_IF_ERROR(blobs_.PutAll(objects));
  RETURN_IF_ERROR(queue_.PushAll(items));
  if (arrived_) arrived_();
  return {};
}

}  // namespace cairn::pings
