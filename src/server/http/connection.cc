#include "server/http/connection.h"

#include <algorithm>
#include <boost/asio/write.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <span>

#include "os/clock.h"
#include "server/http/byte_range.h"
#include "server/http/hang_up_watch.h"
#include "server/http/header_text.h"
#include "server/http/pieces_body.h"
#include "server/http/response_head.h"

namespace cairn::http {
namespace {

// Read and thrown away behind a refusal, so that it can be heard: many clients listen only when they have
// sent all.
constexpr std::size_t kMaxDrainBytes = 64 << 20;
constexpr int kDrainTimeoutMs = 10'000;
constexpr int kNotModified = 304;

std::string_view LoggedMethod(std::string_view method) {
  for (const std::string_view known : {"GET", "POST", "PUT", "HEAD"}) {
    if (method == known) return known;
  }
  return "other";
}

}  // namespace

Awaitable<void> Connection::Serve() {
  error_code ignored;
  stream_.socket().set_option(tcp::no_delay(true), ignored);
  peer_address_ = stream_.socket().remote_endpoint(ignored).address().to_string();
  while (co_await ServeOne()) {
  }
  stream_.socket().shutdown(tcp::socket::shutdown_both, ignored);
  stream_.close();
}

// Whether the connection goes on.
Awaitable<bool> Connection::ServeOne() {
  if (server_.stopping()) co_return false;
  Exchange exchange(server_);
  idle_ = true;
  const int refused = co_await ReadHeader(exchange);
  idle_ = false;
  exchange.started_us = os::MonotonicMicros();
  exchange.started_ms = exchange.started_us / 1000;
  if (refused < 0) co_return false;
  if (refused > 0) {
    exchange.drain = true;
    co_return co_await Answer(exchange, ErrorResponse(refused, "the request's header cannot be read"));
  }
  if (std::optional<Response> refusal = TakeHead(exchange)) {
    co_return co_await Answer(exchange, std::move(*refusal));
  }
  Router::Admission admission = co_await Admit(exchange);
  const Route* route = admission.route;
  exchange.pattern = route != nullptr ? std::string_view(route->pattern) : "none";
  if (admission.refusal) {
    exchange.drain = !exchange.parser->is_done();
    co_return co_await Answer(exchange, std::move(*admission.refusal));
  }
  if (route == nullptr) exchange.pattern = "site";
  static const Route kWithoutBody;
  std::optional<Response> refusal = co_await ReadBody(exchange, route != nullptr ? *route : kWithoutBody);
  if (refusal) {
    if (refusal->status == 0) co_return false;  // The client is gone.
    co_return co_await Answer(exchange, std::move(*refusal));
  }
  if (route != nullptr && route->later) {
    auto [response] = co_await server_.LaterAnswer(*route, exchange.request);
    co_return co_await Answer(exchange, std::move(response));
  }
  std::optional<HangUpWatch> watch;
  if (server_.MayTakeLong(route)) exchange.request.client_gone = watch.emplace(stream_).gone();
  auto [response] = co_await server_.OnPool(server_.PoolFor(route), [this, &exchange, route] {
    const std::atomic<bool>* const gone = exchange.request.client_gone.get();
    if (gone != nullptr && *gone) return Response{.status = kClientIsGone};  // It waited for a thread.
    if (exchange.sink == nullptr) return server_.router().Handle(route, exchange.request);
    std::optional<Response> last = exchange.sink->Take(exchange.block);
    return last ? *std::move(last) : exchange.sink->Finish();
  });
  watch.reset();
  co_return co_await Answer(exchange, std::move(response));
}

Awaitable<Router::Admission> Connection::Admit(Exchange& exchange) {
  if (!Router::HasToken(exchange.request)) co_return server_.router().Admit(exchange.request);
  auto [admission] = co_await server_.OnPool(
      server_.QuickPool(), [this, &exchange] { return server_.router().Admit(exchange.request); });
  co_return std::move(admission);
}

// 0: read. Negative: nobody is there any more. Else the status to refuse with.
Awaitable<int> Connection::ReadHeader(Exchange& exchange) {
  Parser& parser = exchange.parser.emplace();
  parser.header_limit(static_cast<std::uint32_t>(kMaxHeaderBytes));
  parser.body_limit(boost::none);  // The route's limit holds, which only the header tells.
  // Beast reads as much as the buffer has room for, which is 512 bytes if nobody asks for more. What an
  // earlier body took is given back.
  if (buffer_.capacity() > kHeadReadBytes) buffer_.shrink_to_fit();
  buffer_.reserve(kHeadReadBytes);
  stream_.expires_after(std::chrono::milliseconds(server_.options().header_timeout_ms));
  const auto [error, bytes] = co_await beast::http::async_read_header(stream_, buffer_, parser, kUse);
  if (!error) co_return 0;
  if (error == beast::http::error::header_limit || error == beast::http::error::buffer_overflow)
    co_return 431;
  if (error == beast::http::error::end_of_stream || error == beast::http::error::partial_message)
    co_return -1;
  if (error.category() == beast::http::make_error_code(beast::http::error::bad_target).category())
    co_return 400;
  co_return -1;
}

// Copies what handlers see out of the parser; a response if that is refused already.
std::optional<Response> Connection::TakeHead(Exchange& exchange) {
  const auto& head = exchange.parser->get();
  exchange.keep_alive = head.keep_alive();
  Request& request = exchange.request;
  request.method = std::string(head.method_string());
  request.peer_address = peer_address_;
  int codings = 0;
  for (const auto& field : head) {
    request.headers.push_back({LowerCase(field.name_string()), std::string(field.value())});
    if (field.name() != beast::http::field::transfer_encoding) continue;
    // Beast takes a body in any other coding for no body, and would read it as the next request.
    if (++codings > 1 || LowerCase(field.value()) != "chunked") {
      exchange.drain = true;
      return ErrorResponse(501, "the only transfer coding that is understood here is chunked");
    }
  }
  std::string_view target(head.target().data(), head.target().size());
  // A proxy's absolute form: "http://host/path" (RFC 9112, 3.2.2).
  if (target.starts_with("http://")) {
    const std::size_t slash = target.find('/', 7);
    target = slash == std::string_view::npos ? "/" : target.substr(slash);
  }
  const std::size_t question = std::min(target.find('?'), target.size());
  request.query = std::string(target.substr(std::min(question + 1, target.size())));
  std::optional<std::vector<std::string>> segments = SplitPath(target.substr(0, question));
  if (!segments) {
    exchange.drain = !exchange.parser->is_done();
    return ErrorResponse(400, "the path is malformed");
  }
  request.segments = std::move(*segments);
  return std::nullopt;
}

// Whether the connection goes on.
Awaitable<bool> Connection::Answer(Exchange& exchange, Response response) {
  exchange.sink.reset();  // What it holds is not needed while the answer is on its way.
  (void)exchange.HoldBodyMemory(0);
  exchange.keep_alive = exchange.keep_alive && !exchange.drain && !server_.stopping();
  const bool head_only = exchange.request.method == "HEAD";
  const unsigned version = exchange.parser->get().version() == 10 ? 10 : 11;
  std::vector<std::string>& pieces = response.more;
  pieces.insert(pieces.begin(), std::move(response.body));
  std::uint64_t size = PiecesBody::size(pieces);
  bool written = false;
  const std::optional<ByteRange> range =
      response.file.valid() ? RangeOf(exchange, response) : std::optional<ByteRange>();
  if (range) {
    size = range->end - range->begin;
    written = co_await WriteRange(exchange, response, *range);
  } else if (response.file.valid() && !head_only) {
    size = 0;
    written = co_await WriteFile(exchange, response);
  } else if (response.source != nullptr && !head_only) {
    written = co_await WriteSource(exchange, response, size);
  } else {
    if (response.file.valid()) {
      const base::Result<os::MappedFile> file = os::MappedFile::FromDescriptor(response.file.get());
      size = file ? file->bytes().size() : 0;
    }
    beast::http::response<PiecesBody> message;
    message.version(version);
    message.result(static_cast<unsigned>(response.status));
    SetHeaders(message, response, server_.options().is_https);
    message.keep_alive(exchange.keep_alive);
    if (!head_only) message.body() = std::move(pieces);
    // Of a 304 it would be the size of what the client has (RFC 9110, section 8.6).
    if (response.status != kNotModified && response.source == nullptr) message.content_length(size);
    stream_.expires_after(std::chrono::milliseconds(server_.options().request_timeout_ms));
    const auto [error, bytes] = co_await beast::http::async_write(stream_, message, kUse);
    written = !error;
  }
  if (server_.options().log) {
    server_.options().log({LoggedMethod(exchange.request.method), exchange.pattern, response.status,
                           exchange.request.body_bytes, size, os::MonotonicMicros() - exchange.started_us});
  }
  if (written && exchange.drain) co_await Drain();
  co_return written&& exchange.keep_alive;
}

// Of a file, the bytes that the client asked for; nothing if it gets all of it, or hears that there are none.
std::optional<ByteRange> Connection::RangeOf(const Exchange& exchange, Response& response) {
  if (!response.takes_ranges || response.status != 200) return std::nullopt;
  response.headers.push_back({"Accept-Ranges", "bytes"});
  const Request& request = exchange.request;
  const std::string_view wanted = request.FindHeader("range");
  // With If-Range the client would have to be told apart what it has: it gets all.
  if (request.method != "GET" || wanted.empty() || !request.FindHeader("if-range").empty())
    return std::nullopt;
  const base::Result<os::FileInfo> info = os::InspectOpen(response.file.get());
  if (!info) return std::nullopt;
  const RangeWish wish = ParseRange(wanted, info->size);
  if (wish.kind == RangeWish::Kind::kWhole) return std::nullopt;
  const std::string size = "/" + std::to_string(info->size);
  if (wish.kind == RangeWish::Kind::kNowhere) {
    std::erase_if(response.headers, [](const Header& header) { return header.name == "Content-Encoding"; });
    response.status = 416;
    response.file.Reset();
    response.headers.push_back({"Content-Range", "bytes *" + size});
    return std::nullopt;
  }
  response.status = 206;
  response.headers.push_back({"Content-Range", "bytes " + std::to_string(wish.range.begin) + "-" +
                                                   std::to_string(wish.range.end - 1) + size});
  return wish.range;
}

Awaitable<bool> Connection::WriteRange(Exchange& exchange, const Response& response, ByteRange range) {
  beast::http::response<beast::http::empty_body> message;
  message.version(exchange.parser->get().version() == 10 ? 10 : 11);
  message.result(static_cast<unsigned>(response.status));
  SetHeaders(message, response, server_.options().is_https);
  message.keep_alive(exchange.keep_alive);
  message.content_length(range.end - range.begin);
  beast::http::response_serializer<beast::http::empty_body> serializer(message);
  stream_.expires_after(std::chrono::milliseconds(server_.options().stall_timeout_ms));
  const auto [head_error, head_bytes] = co_await beast::http::async_write_header(stream_, serializer, kUse);
  if (head_error) co_return false;
  std::vector<std::byte> block(kReadBytes);
  while (range.begin < range.end) {
    const std::size_t size =
        static_cast<std::size_t>(std::min<std::uint64_t>(block.size(), range.end - range.begin));
    if (!os::ReadAt(response.file.get(), range.begin, std::span(block).first(size))) co_return false;
    stream_.expires_after(std::chrono::milliseconds(server_.options().stall_timeout_ms));
    const auto [error, bytes] = co_await asio::async_write(stream_, asio::buffer(block.data(), size), kUse);
    if (error) co_return false;
    range.begin += size;
  }
  co_return true;
}

Awaitable<bool> Connection::WriteFile(Exchange& exchange, Response& response) {
  error_code error;
  beast::file file;
  file.native_handle(response.file.Release());
  beast::http::response<beast::http::file_body> message;
  message.body().reset(std::move(file), error);
  if (error) co_return false;
  message.version(exchange.parser->get().version() == 10 ? 10 : 11);
  message.result(static_cast<unsigned>(response.status));
  SetHeaders(message, response, server_.options().is_https);
  message.keep_alive(exchange.keep_alive);
  message.content_length(message.body().size());
  beast::http::response_serializer<beast::http::file_body> serializer(message);
  while (!serializer.is_done()) {
    stream_.expires_after(std::chrono::milliseconds(server_.options().stall_timeout_ms));
    const auto [failed, bytes] = co_await beast::http::async_write_some(stream_, serializer, kUse);
    if (failed) co_return false;
  }
  co_return true;
}

// A client that is still sending hears a refusal only if it is not reset: say that no more comes, and read on
// for a while.
Awaitable<void> Connection::Drain() {
  error_code ignored;
  stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
  stream_.expires_after(std::chrono::milliseconds(kDrainTimeoutMs));
  std::vector<std::byte> sink(kReadBytes);
  for (std::size_t drained = 0; drained < kMaxDrainBytes;) {
    const auto [error, bytes] =
        co_await stream_.async_read_some(asio::buffer(sink.data(), sink.size()), kUse);
    if (error) co_return;
    drained += bytes;
  }
}

}  // namespace cairn::http
