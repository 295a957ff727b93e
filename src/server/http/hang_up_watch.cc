#include "server/http/hang_up_watch.h"

#include <sys/socket.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <cerrno>

namespace cairn::http {

HangUpWatch::HangUpWatch(Stream& stream) : state_(std::make_shared<State>()) {
  const int socket = stream.socket().native_handle();
  stream.socket().async_wait(
      tcp::socket::wait_read,
      asio::bind_cancellation_slot(state_->end.slot(), [state = state_, socket](error_code error) {
        if (error || state->is_over) return;
        char next = 0;
        const ssize_t size = recv(socket, &next, 1, MSG_PEEK | MSG_DONTWAIT);
        if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR)) state->gone = true;
      }));
}

HangUpWatch::~HangUpWatch() {
  state_->is_over = true;
  state_->end.emit(asio::cancellation_type::all);
}

}  // namespace cairn::http
