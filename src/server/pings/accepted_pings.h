// AcceptedPings is where crash pings go that were found valid: to whoever processes them.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "server/store/blob_store.h"
#include "server/store/queue.h"

namespace cairn::pings {

struct AcceptedPing {
  std::string day;  // "20261122", of its arrival.
  std::string document_id;
  std::string_view submission;  // intake::WriteStoredPing's text.
};

class AcceptedPings {
 public:
  virtual ~AcceptedPings() = default;
  // All are safe there when it returns without an error. The same pings may be given again, and more with
  // them: then `batch` is the same, and no other batch ever has that name (see intake/ping_pack.h).
  virtual base::Status Take(std::string_view batch, std::span<const AcceptedPing> pings) = 0;
};

// Puts them among the blobs, a pack for each day, then the packs into the queue.
class QueuedPings final : public AcceptedPings {
 public:
  // `arrived` is called when there is something to process; it may be empty. The stores must outlive this
  // object.
  QueuedPings(store::BlobStore& blobs, store::Queue& queue, std::function<void()> arrived)
      : blobs_(blobs), queue_(queue), arrived_(std::move(arrived)) {}

  base::Status Take(std::string_view batch, std::span<const AcceptedPing> pings) override;

 private:
  store::BlobStore& blobs_;
  store::Queue& queue_;
  std::function<void()> arrived_;
};

}  // namespace cairn::pings
