#include "server/pings/accepted_pings.h"

#include <map>
#include <vector>

#include "server/intake/ping_pack.h"
#include "server/intake/queue_kinds.h"
#include "server/store/blob_keys.h"

namespace cairn::pings {

base::Status QueuedPings::Take(std::string_view batch, std::span<const AcceptedPing> pings) {
  if (pings.empty()) return {};
  std::map<std::string, std::vector<std::string_view>> by_day;
  for (const AcceptedPing& ping : pings) by_day[ping.day].push_back(ping.submission);
  std::vector<store::QueueItem> items;
  for (const auto& [day, submissions] : by_day) {
    const std::string pack = intake::WritePingPack(submissions);
    RETURN_IF_ERROR(blobs_.Put(store::PingPackKey(day, batch), base::AsBytes(pack)));
    const intake::PingPlace place{day, std::string(batch), ""};
    items.push_back({std::string(intake::kPingKind), place.Text()});
  }
  RETURN_IF_ERROR(queue_.PushAll(items));
  if (arrived_) arrived_();
  return {};
}

}  // namespace cairn::pings
