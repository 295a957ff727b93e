// How a Connection reads bodies: into memory, into a file, or into a sink.
#include <algorithm>
#include <boost/asio/write.hpp>
#include <boost/beast/http.hpp>
#include <chrono>

#include "os/clock.h"
#include "os/file.h"
#include "server/http/connection.h"

namespace cairn::http {
namespace {

// A body that still trickles in when its time is up is told so; this is how long the last byte may take.
constexpr std::int64_t kLastWordMs = 1'000;

// `route` is the one whose body it was.
Response RefuseBody(int status, const Route& route) {
  switch (status) {
    case 400: return ErrorResponse(400, "the body is not framed as HTTP asks");
    case 408: return ErrorResponse(408, "the body came too slowly");
    case 413:
      return route.too_large_text.empty() ? ErrorResponse(413, "the body is larger than this path takes")
                                          : TextResponse(413, route.too_large_text);
    case 500: return ErrorResponse(500, "the body cannot be stored");
    case 503: return ErrorResponse(503, "too much at once: try again later");
    default: return Response{.status = 0};
  }
}

bool WantsContinue(const Request& request) {
  constexpr std::string_view kExpected = "100-continue";
  const std::string_view value = request.FindHeader("expect");
  return std::ranges::equal(value, kExpected, [](char a, char b) { return (a | 0x20) == (b | 0x20); });
}

// How much of the body to read next; most bodies are small and say so.
std::size_t RoomFor(const Parser& parser, std::size_t most) {
  const boost::optional<std::uint64_t> left = parser.content_length_remaining();
  return left ? std::clamp<std::uint64_t>(*left, 1, most) : most;
}

bool IsTooSlow(const Request& request, std::int64_t since_ms) {
  return request.body_bytes * 1000 / static_cast<std::uint64_t>(since_ms) < kMinBytesPerSecond;
}

}  // namespace

// Nothing if the body is there. A response with status 0 means that the client is gone.
Awaitable<std::optional<Response>> Connection::ReadBody(Exchange& exchange, const Route& route) {
  exchange.drain = true;
  if (std::optional<Response> refusal = PrepareBody(exchange, route)) co_return refusal;
  if (!exchange.parser->is_done() && WantsContinue(exchange.request)) {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    stream_.expires_after(std::chrono::milliseconds(server_.options().stall_timeout_ms));
    const auto [error, bytes] =
        co_await asio::async_write(stream_, asio::buffer(kContinue.data(), kContinue.size()), kUse);
    if (error) co_return Response{.status = 0};
  }
  const int refused = co_await ReadBodyBytes(exchange, route);
  if (refused == kAnsweredBySink) co_return std::move(exchange.early_answer);
  if (refused != 0) co_return RefuseBody(refused, route);
  exchange.drain = false;
  co_return std::nullopt;
}

// Makes room for the body; a response if it is not wanted.
std::optional<Response> Connection::PrepareBody(Exchange& exchange, const Route& route) {
  const std::uint64_t promised = exchange.parser->content_length().value_or(0);
  if (route.body == BodyPlace::kNone && (promised > 0 || exchange.parser->chunked())) {
    return ErrorResponse(413, "this path takes no body");
  }
  if (promised > route.max_body_bytes) return RefuseBody(413, route);
  if (route.body == BodyPlace::kFile) {
    base::Result<os::FileDescriptor> file = os::CreateNameless(server_.options().spool_folder);
    if (!file) return RefuseBody(500, route);
    exchange.request.body_file = *std::move(file);
  }
  if (route.body == BodyPlace::kStream) exchange.sink = route.open_sink(exchange.request);
  return std::nullopt;
}

// 0: read. Negative: nobody is there any more. Else the status to refuse with, or kAnsweredBySink.
Awaitable<int> Connection::ReadBodyBytes(Exchange& exchange, const Route& route) {
  const bool to_file = route.body == BodyPlace::kFile;
  const bool may_take_long = to_file || route.may_take_long;
  const ServerOptions& options = server_.options();
  const std::int64_t deadline =
      exchange.started_ms + (may_take_long ? kUploadTimeoutMs : options.request_timeout_ms);
  while (!exchange.parser->is_done()) {
    const std::int64_t now = os::MonotonicMillis();
    if (now >= deadline) co_return 408;
    const std::int64_t since_ms = now - exchange.started_ms;
    if (since_ms > options.request_timeout_ms && IsTooSlow(exchange.request, since_ms)) co_return 408;
    if (const int failed = co_await ReadSome(exchange, deadline); failed != 0) co_return failed;
    if (exchange.request.body_bytes > route.max_body_bytes) co_return 413;
    if (const int failed = co_await Deliver(exchange, route); failed != 0) co_return failed;
  }
  if (to_file && !os::Rewind(exchange.request.body_file.get())) co_return 500;
  co_return 0;
}

// Appends what has come to the exchange's block, which has room for it. The result is that of ReadBodyBytes.
Awaitable<int> Connection::ReadSome(Exchange& exchange, std::int64_t deadline_ms) {
  Parser& parser = *exchange.parser;
  const std::size_t held = exchange.block.size();
  const std::size_t room = RoomFor(parser, kReadBytes - held);
  exchange.block.resize(held + room);
  buffer_.reserve(std::min(buffer_.size() + room, buffer_.max_size()));
  parser.get().body().data = exchange.block.data() + held;
  parser.get().body().size = room;
  parser.get().body().more = true;
  stream_.expires_after(std::chrono::milliseconds(std::min<std::int64_t>(
      server_.options().stall_timeout_ms, deadline_ms - os::MonotonicMillis() + kLastWordMs)));
  const auto [error, bytes] = co_await beast::http::async_read_some(stream_, buffer_, parser, kUse);
  // A timed-out stream is closed by Beast: there is no one left to tell.
  if (error == beast::error::timeout) co_return -1;
  if (error && error != beast::http::error::need_buffer) {
    const bool malformed =
        error.category() == beast::http::make_error_code(beast::http::error::bad_target).category() &&
        error != beast::http::error::partial_message && error != beast::http::error::end_of_stream;
    co_return malformed ? 400 : -1;
  }
  const std::size_t size = room - parser.get().body().size;
  exchange.block.resize(held + size);
  exchange.request.body_bytes += size;
  co_return 0;
}

// Puts the block where the body goes. A sink gets whole blocks, and the last one when all has come: most
// bodies are one block, which then costs one change of threads.
Awaitable<int> Connection::Deliver(Exchange& exchange, const Route& route) {
  std::vector<std::byte>& block = exchange.block;
  Request& request = exchange.request;
  if (route.body == BodyPlace::kFile) {
    if (!os::WriteAll(request.body_file.get(), block)) co_return 500;
  } else if (route.body == BodyPlace::kMemory) {
    // As it comes, not as it is promised: promises cost a client nothing.
    if (!exchange.HoldBodyMemory(exchange.body_memory + block.size())) co_return 503;
    request.body.append(base::AsText(block));
  } else if (route.body == BodyPlace::kStream) {
    if (!exchange.HoldBodyMemory(exchange.sink->memory_bytes())) co_return 503;
    if (block.size() < kReadBytes || exchange.parser->is_done()) co_return 0;
    auto [answer] = co_await server_.OnPool(server_.QuickPool(),
                                            [&exchange] { return exchange.sink->Take(exchange.block); });
    if (answer) {
      exchange.early_answer = std::move(answer);
      co_return kAnsweredBySink;
    }
  }
  block.clear();
  co_return 0;
}

}  // namespace cairn::http
