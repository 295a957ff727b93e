// Any packet as a message of a worker, which is not trusted.
#include "server/worker/protocol.h"

#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn;
  static const std::array<int, 2> sockets = [] {
    std::array<int, 2> pair{};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair.data()) != 0) std::abort();
    return pair;
  }();
  // An empty packet is the end of the conversation, and one that no socket takes was never sent.
  if (size == 0 || send(sockets[0], data, size, MSG_DONTWAIT) < 0) return 0;
  const auto message = worker::Receive(sockets[1], 0);
  if (message && (message->text.size() > worker::kMaxMessageText || !message->files.empty())) std::abort();
  return 0;
}
