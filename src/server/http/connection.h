// Connection is one client of the HTTP server: its requests, one after the other.
#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/http/asio_types.h"
#include "server/http/byte_range.h"
#include "server/http/limits.h"
#include "server/http/router.h"
#include "server/http/server_state.h"

namespace cairn::http {

inline constexpr std::size_t kReadBytes = 64 << 10;
inline constexpr std::size_t kHeadReadBytes = 8 << 10;  // The header, and most bodies of pings with it.
inline constexpr int kAnsweredBySink = 1;  // Beside the statuses that ReadBodyBytes refuses with.
using Parser = beast::http::request_parser<beast::http::buffer_body>;

// One request and what is kept until it is answered.
struct Exchange {
  explicit Exchange(Server::State& state) : server(state) {}
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  ~Exchange() { (void)HoldBodyMemory(0); }  // However it ends: many clients leave in the middle of a body.

  // What this request's body takes in memory from now on. False: all bodies together are too much.
  [[nodiscard]] bool HoldBodyMemory(std::size_t bytes) {
    const std::size_t before = std::exchange(body_memory, bytes);
    // Unsigned numbers wrap, so that adding a negative difference takes away.
    return server.body_memory().fetch_add(bytes - before) + (bytes - before) <=
           server.options().max_body_memory;
  }

  Server::State& server;
  std::optional<Parser> parser;
  Request request;
  std::unique_ptr<BodySink> sink;        // Of a route that takes its body as it comes.
  std::vector<std::byte> block;          // What was read and is not where it belongs yet.
  std::optional<Response> early_answer;  // Of the sink, to a body that it did not want to the end.
  std::int64_t started_ms = 0;
  std::int64_t started_us = 0;
  std::string_view pattern = "none";
  std::size_t body_memory = 0;
  bool keep_alive = false;
  bool drain = false;  // The body was not read: drain and close.
};

// All members belong to the stream's strand.
class Connection {
 public:
  Connection(Server::State& server, Stream stream) : server_(server), stream_(std::move(stream)) {}

  Awaitable<void> Serve();

  Strand executor() { return stream_.get_executor(); }
  void CancelIfIdle() {
    if (idle_) stream_.cancel();
  }

 private:
  Awaitable<bool> ServeOne();
  Awaitable<int> ReadHeader(Exchange& exchange);
  std::optional<Response> TakeHead(Exchange& exchange);
  Awaitable<Router::Admission> Admit(Exchange& exchange);
  Awaitable<bool> Answer(Exchange& exchange, Response response);
  std::optional<ByteRange> RangeOf(const Exchange& exchange, Response& response);
  Awaitable<bool> WriteRange(Exchange& exchange, const Response& response, ByteRange range);
  Awaitable<bool> WriteFile(Exchange& exchange, Response& response);
  Awaitable<void> Drain();

  // In connection_source.cc.
  Awaitable<bool> WriteSource(Exchange& exchange, Response& response, std::uint64_t& bytes_sent);
  Awaitable<bool> WritePiece(std::string_view piece, bool in_chunks, std::uint64_t& bytes_sent);
  void BreakOff(bool in_chunks);

  // In connection_body.cc.
  Awaitable<std::optional<Response>> ReadBody(Exchange& exchange, const Route& route);
  std::optional<Response> PrepareBody(Exchange& exchange, const Route& route);
  Awaitable<int> ReadBodyBytes(Exchange& exchange, const Route& route);
  Awaitable<int> ReadSome(Exchange& exchange, std::int64_t deadline_ms);
  Awaitable<int> Deliver(Exchange& exchange, const Route& route);

  Server::State& server_;
  Stream stream_;
  std::string peer_address_;
  beast::flat_buffer buffer_{kMaxHeaderBytes + kReadBytes};
  bool idle_ = true;
};

}  // namespace cairn::http
