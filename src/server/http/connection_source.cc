// How a Connection sends a body that is made meanwhile: in chunks (RFC 9112, section 7.1); to a client of
// HTTP/1.0, which knows none, until the connection ends.
#include <algorithm>
#include <boost/asio/write.hpp>
#include <boost/beast/http.hpp>
#include <chrono>

#include "os/clock.h"
#include "server/http/connection.h"
#include "server/http/response_head.h"

namespace cairn::http {

// Whether all of it was sent. Adds up what was.
Awaitable<bool> Connection::WriteSource(Exchange& exchange, Response& response, std::uint64_t& bytes_sent) {
  const bool in_chunks = exchange.parser->get().version() != 10;
  exchange.keep_alive = exchange.keep_alive && in_chunks;
  beast::http::response<beast::http::empty_body> message;
  message.version(in_chunks ? 11 : 10);
  message.result(static_cast<unsigned>(response.status));
  SetHeaders(message, response, server_.options().is_https);
  message.keep_alive(exchange.keep_alive);
  if (in_chunks) message.chunked(true);
  beast::http::response_serializer<beast::http::empty_body> serializer(message);
  stream_.expires_after(std::chrono::milliseconds(server_.options().stall_timeout_ms));
  const auto [head_error, head_bytes] = co_await beast::http::async_write_header(stream_, serializer, kUse);
  if (head_error) co_return false;
  const std::int64_t deadline_ms = os::MonotonicMillis() + kUploadTimeoutMs;
  BodySource& source = *response.source;
  for (;;) {
    auto [piece] = co_await server_.OnPool(server_.SourcePool(), [&source] { return source.Next(); });
    if (!piece) response.status = 500;  // For the log: the client has heard another one.
    if (!piece || server_.is_cutting_off() || os::MonotonicMillis() >= deadline_ms) {
      BreakOff(in_chunks);
      co_return false;
    }
    if (piece->empty()) break;
    if (!co_await WritePiece(*piece, in_chunks, bytes_sent)) co_return false;
  }
  if (!in_chunks) co_return true;
  beast::http::fields trailers;
  for (const Header& trailer : source.Trailers()) trailers.set(trailer.name, trailer.value);
  stream_.expires_after(std::chrono::milliseconds(server_.options().stall_timeout_ms));
  const auto [error, bytes] =
      co_await asio::async_write(stream_, beast::http::make_chunk_last(trailers), kUse);
  co_return !error;
}

// In blocks, of each of which a slow client must take something in time.
Awaitable<bool> Connection::WritePiece(std::string_view piece, bool in_chunks, std::uint64_t& bytes_sent) {
  while (!piece.empty()) {
    const std::string_view block = piece.substr(0, kReadBytes);
    const asio::const_buffer buffer(block.data(), block.size());
    stream_.expires_after(std::chrono::milliseconds(server_.options().stall_timeout_ms));
    error_code error;
    if (in_chunks) {
      error = std::get<0>(co_await asio::async_write(stream_, beast::http::make_chunk(buffer), kUse));
    } else {
      error = std::get<0>(co_await asio::async_write(stream_, buffer, kUse));
    }
    if (error) co_return false;
    bytes_sent += block.size();
    piece.remove_prefix(block.size());
  }
  co_return true;
}

// Ends the connection so that what was sent does not look whole. Without chunks nothing shows that but a
// reset.
void Connection::BreakOff(bool in_chunks) {
  error_code ignored;
  if (!in_chunks) stream_.socket().set_option(asio::socket_base::linger(true, 0), ignored);
  stream_.socket().close(ignored);
}

}  // namespace cairn::http
