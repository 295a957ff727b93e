// The edge: takes crash pings at /submit/telemetry/..., stores them durably, answers, and queues them.
//
// The body is not opened here: any bytes get a 200 once they are safe, and a refused ping is kept with its
// reason by whoever processes it. Own trouble is always a 5xx, so that clients keep the ping and try again.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/http/router.h"
#include "server/store/blob_store.h"
#include "server/store/queue.h"

namespace cairn::pings {

inline constexpr std::string_view kPingKind = "ping";  // In the queue; the id is PingId.
inline constexpr std::size_t kMaxUriBytes = 1024;      // Of the path, as at Mozilla's edge.

struct EdgeParts {
  store::BlobStore& blobs;
  store::Queue& queue;
  std::function<void()> arrived;  // Called when there is something to process. May be empty.
};

// The routes of the role. The parts must outlive them.
std::vector<http::Route> MakeRoutes(const EdgeParts& parts);

// How a ping lies in the BlobStore: one line of JSON about the submission, then the body as it was sent.
struct StoredPing {
  std::string id;              // The document id if it was a UUID, else one that was made up, and then
  bool id_is_made_up = false;  // this is set.
  std::string doc_type;        // "crash"
  std::string submitted;       // ISO time by the server's clock.
  std::int64_t submitted_ms = 0;
  bool compressed = false;  // The body is gzip.
  std::string body;
};
std::string WriteStoredPing(const StoredPing& ping);
base::Result<StoredPing> ReadStoredPing(std::string_view text);

// "20261122/<document id>": what the queue knows a ping by, and the end of its key.
struct PingId {
  std::string day;
  std::string document_id;
  std::string Text() const { return day + "/" + document_id; }
};
base::Result<PingId> ParsePingId(std::string_view text);

}  // namespace cairn::pings
