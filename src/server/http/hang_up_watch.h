// Notices that a client hangs up while something is done for it that takes long.
//
// A client that closes its sending side alone, and would still hear an answer, counts as gone: TCP shows no
// difference, and no browser or HTTP library does so. One that sends its next request meanwhile is there.
#pragma once

#include <atomic>
#include <boost/asio/cancellation_signal.hpp>
#include <memory>

#include "server/http/asio_types.h"

namespace cairn::http {

// Lives on the stream's strand, while nobody reads from the stream.
class HangUpWatch {
 public:
  explicit HangUpWatch(Stream& stream);
  ~HangUpWatch();
  HangUpWatch(const HangUpWatch&) = delete;
  HangUpWatch& operator=(const HangUpWatch&) = delete;

  std::shared_ptr<const std::atomic<bool>> gone() const { return {state_, &state_->gone}; }

 private:
  struct State {
    std::atomic<bool> gone = false;
    bool is_over = false;  // The watching, on the strand.
    asio::cancellation_signal end;
  };
  std::shared_ptr<State> state_;  // Shared with the wait, which may end after this object.
};

}  // namespace cairn::http
