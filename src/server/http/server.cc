// Longer than a file should be: Boost.Beast takes half a minute to compile, so all that includes it is here.
#include "server/http/server.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/rate_policy.hpp>
#include <boost/beast/http.hpp>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "os/clock.h"

namespace cairn::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using beast::error_code;

using Strand = asio::strand<asio::io_context::executor_type>;
using Stream = beast::basic_stream<tcp, Strand, beast::unlimited_rate_policy>;
using Parser = beast::http::request_parser<beast::http::buffer_body>;
template <typename T>
using Awaitable = asio::awaitable<T, Strand>;
// Errors come back as values: co_await gives (error_code, ...).
constexpr auto kUse = asio::as_tuple(asio::use_awaitable_t<Strand>{});

constexpr std::size_t kReadBytes = 64 << 10;
constexpr std::size_t kMaxDrainBytes =
    1 << 20;  // Read and thrown away behind a refusal, so that it can be heard.
constexpr int kDrainTimeoutMs = 2'000;
constexpr int kStopTimeoutMs = 10'000;
constexpr std::size_t kUploadThreads = 2;  // More uploads wait: symbols are compiled one at a time anyway.

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::string_view LoggedMethod(std::string_view method) {
  for (const std::string_view known : {"GET", "POST", "PUT", "HEAD"}) {
    if (method == known) return known;
  }
  return "other";
}

base::Error IoError(const error_code& error, std::string_view what) {
  return {base::Code::kIo, static_cast<std::uint64_t>(error.value()), what};
}

Response TooLarge(const Route& route) {
  return route.too_large_text.empty() ? ErrorResponse(413, "the body is larger than this path takes")
                                      : TextResponse(413, route.too_large_text);
}

// The security headers of every answer. The site has no inline scripts or styles and loads nothing from
// elsewhere.
constexpr std::string_view kContentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

template <typename Message>
void SetHeaders(Message& message, const Response& response) {
  namespace field = beast::http;
  message.set(field::field::content_type, response.content_type);
  message.set("Content-Security-Policy", kContentSecurityPolicy);
  message.set("X-Content-Type-Options", "nosniff");
  message.set("X-Frame-Options", "DENY");
  message.set("Referrer-Policy", "no-referrer");
  message.set(field::field::cache_control, "no-store");
  for (const Header& header : response.headers) message.set(header.name, header.value);
}

}  // namespace

class Server::State {
 public:
  State(ServerOptions options, const Router& router)
      : options_(std::move(options)),
        router_(router),
        pool_(static_cast<std::size_t>(options_.handler_threads)),
        search_pool_(static_cast<std::size_t>(options_.handler_threads)),
        upload_pool_(kUploadThreads) {}

  base::Status Listen();
  void Run();
  void Stop();
  std::uint16_t port() const { return port_; }

 private:
  class Connection;
  friend class Connection;

  Awaitable<void> Accept();
  void Remove(Connection* connection);

  asio::thread_pool& PoolFor(const Route* route) {
    if (route == nullptr || route->body == BodyPlace::kMemory) return pool_;
    return route->body == BodyPlace::kFile ? upload_pool_ : search_pool_;
  }

  // Runs a blocking function on the handler threads and comes back to the connection's strand.
  template <typename Function>
  auto OnPool(asio::thread_pool& pool, Function function) {
    using Value = decltype(function());
    return asio::async_initiate<decltype(kUse), void(Value)>(
        [&pool](auto handler, Function work) {
          asio::post(pool, [handler = std::move(handler), work = std::move(work)]() mutable {
            Value value = work();
            const auto executor = asio::get_associated_executor(handler);
            asio::post(executor, [handler = std::move(handler), value = std::move(value)]() mutable {
              std::move(handler)(std::move(value));
            });
          });
        },
        kUse, std::move(function));
  }

  const ServerOptions options_;
  const Router& router_;
  asio::io_context io_;
  asio::thread_pool pool_;         // For reports, pings and what is quick.
  asio::thread_pool search_pool_;  // For requests without a body: a long search must not hold up reports.
  asio::thread_pool upload_pool_;  // For bodies in files: symbols take minutes to compile.
  std::optional<tcp::acceptor> acceptor_;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::size_t> body_memory_ = 0;  // Of all bodies in memory.

  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<Connection*> connections_;  // GUARDED_BY(mutex_); each lives as long as its coroutine.
};

// One client: requests one after the other. All members belong to the stream's strand.
class Server::State::Connection {
 public:
  Connection(State& server, Stream stream) : server_(server), stream_(std::move(stream)) {}

  Awaitable<void> Serve();
  // Called with the server's lock held; acts later, and only if the connection still is.
  void CloseIfIdle() {
    asio::post(stream_.get_executor(), [server = &server_, this] {
      const std::lock_guard lock(server->mutex_);
      if (server->connections_.contains(this) && idle_) stream_.cancel();
    });
  }

 private:
  struct Exchange {
    explicit Exchange(State& state) : server(state) {}
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;
    ~Exchange() { ReleaseBodyMemory(); }  // However it ends: many clients leave in the middle of a body.

    // False: all bodies together are too much.
    bool TakeBodyMemory(std::size_t bytes) {
      body_memory += bytes;
      return server.body_memory_.fetch_add(bytes) + bytes <= server.options_.max_body_memory;
    }
    void ReleaseBodyMemory() { server.body_memory_ -= std::exchange(body_memory, 0); }

    State& server;
    std::optional<Parser> parser;
    Request request;
    std::int64_t started_ms = 0;
    std::string_view pattern = "none";
    std::size_t body_memory = 0;
    bool keep_alive = false;
    bool drain = false;  // The body was not read: drain a little and close.
  };

  Awaitable<bool> ServeOne();
  Awaitable<int> ReadHeader(Exchange& exchange);
  std::optional<Response> TakeHead(Exchange& exchange);
  Awaitable<std::optional<Response>> ReadBody(Exchange& exchange, const Route& route);
  Awaitable<int> ReadBodyBytes(Exchange& exchange, const Route& route);
  Awaitable<bool> Answer(Exchange& exchange, Response response);
  Awaitable<bool> WriteFile(Exchange& exchange, Response& response);
  Awaitable<void> Drain();

  State& server_;
  Stream stream_;
  beast::flat_buffer buffer_{kMaxHeaderBytes + kReadBytes};
  bool idle_ = true;
};

base::Status Server::State::Listen() {
  error_code error;
  const std::string address_text = options_.address == "localhost" ? "127.0.0.1" : options_.address;
  const asio::ip::address address = asio::ip::make_address(address_text, error);
  if (error) return base::Error{base::Code::kBadValue, 0, "listen address: it must be an IP address"};
  const tcp::endpoint endpoint(address, options_.port);
  acceptor_.emplace(io_);
  acceptor_->open(endpoint.protocol(), error);
  if (!error) acceptor_->set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_->bind(endpoint, error);
  if (!error) acceptor_->listen(asio::socket_base::max_listen_connections, error);
  if (error) return IoError(error, "listen");
  port_ = acceptor_->local_endpoint(error).port();
  return {};
}

void Server::State::Run() {
  const Strand accepting = asio::make_strand(io_);
  asio::co_spawn(accepting, Accept(), asio::detached);
  const auto work = asio::make_work_guard(io_);
  std::vector<std::thread> threads;
  threads.reserve(static_cast<std::size_t>(options_.io_threads));
  for (int i = 0; i < options_.io_threads; ++i) threads.emplace_back([this] { io_.run(); });
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stopping_.load(); });
    asio::post(accepting, [this] { acceptor_->close(); });
    for (Connection* connection : connections_) connection->CloseIfIdle();
    changed_.wait_for(lock, std::chrono::milliseconds(kStopTimeoutMs),
                      [this] { return connections_.empty(); });
  }
  pool_.join();
  search_pool_.join();
  upload_pool_.join();
  io_.stop();
  for (std::thread& thread : threads) thread.join();
}

void Server::State::Stop() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  changed_.notify_all();
}

Awaitable<void> Server::State::Accept() {
  const Strand strand = co_await asio::this_coro::executor;
  asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Strand>
      pause(strand);
  while (!stopping_) {
    std::size_t open = 0;
    {
      const std::lock_guard lock(mutex_);
      open = connections_.size();
    }
    error_code error = asio::error::try_again;
    auto socket = tcp::socket(io_);
    if (open < static_cast<std::size_t>(kMaxConnections)) {
      error = std::get<0>(co_await acceptor_->async_accept(socket, kUse));
    }
    if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor) co_return;
    if (error) {  // Out of descriptors or at the limit: what is open must end first.
      pause.expires_after(std::chrono::milliseconds(50));
      co_await pause.async_wait(kUse);
      continue;
    }
    const Strand own = asio::make_strand(io_);
    tcp::socket::native_handle_type handle = socket.release(error);
    Stream stream(own);
    stream.socket().assign(acceptor_->local_endpoint(error).protocol(), handle, error);
    if (error) {
      ::close(handle);
      continue;
    }
    auto connection = std::make_unique<Connection>(*this, std::move(stream));
    {
      const std::lock_guard lock(mutex_);
      connections_.insert(connection.get());
    }
    asio::co_spawn(
        own,
        [](State& state, std::unique_ptr<Connection> mine) -> Awaitable<void> {
          co_await mine->Serve();
          state.Remove(mine.get());
        }(*this, std::move(connection)),
        asio::detached);
  }
}

void Server::State::Remove(Connection* connection) {
  const std::lock_guard lock(mutex_);
  connections_.erase(connection);
  changed_.notify_all();
}

Awaitable<void> Server::State::Connection::Serve() {
  error_code ignored;
  stream_.socket().set_option(tcp::no_delay(true), ignored);
  while (co_await ServeOne()) {
  }
  stream_.socket().shutdown(tcp::socket::shutdown_both, ignored);
  stream_.close();
}

// Whether the connection goes on.
Awaitable<bool> Server::State::Connection::ServeOne() {
  if (server_.stopping_) co_return false;
  Exchange exchange(server_);
  idle_ = true;
  const int refused = co_await ReadHeader(exchange);
  idle_ = false;
  exchange.started_ms = os::MonotonicMillis();
  if (refused < 0) co_return false;
  if (refused > 0) {
    exchange.drain = true;
    co_return co_await Answer(exchange, ErrorResponse(refused, "the request's header cannot be read"));
  }
  if (std::optional<Response> refusal = TakeHead(exchange)) {
    co_return co_await Answer(exchange, std::move(*refusal));
  }
  auto [admission] = co_await server_.OnPool(
      server_.pool_, [this, &exchange] { return server_.router_.Admit(exchange.request); });
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
  auto [response] = co_await server_.OnPool(server_.PoolFor(route), [this, &exchange, route] {
    return server_.router_.Handle(route, exchange.request);
  });
  co_return co_await Answer(exchange, std::move(response));
}

// 0: read. Negative: nobody is there any more. Else the status to refuse with.
Awaitable<int> Server::State::Connection::ReadHeader(Exchange& exchange) {
  Parser& parser = exchange.parser.emplace();
  parser.header_limit(static_cast<std::uint32_t>(kMaxHeaderBytes));
  parser.body_limit(boost::none);  // The route's limit holds, which only the header tells.
  stream_.expires_after(std::chrono::milliseconds(server_.options_.header_timeout_ms));
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
std::optional<Response> Server::State::Connection::TakeHead(Exchange& exchange) {
  const auto& head = exchange.parser->get();
  exchange.keep_alive = head.keep_alive();
  Request& request = exchange.request;
  request.method = std::string(head.method_string());
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

// Nothing if the body is there. A response with status 0 means that the client is gone.
Awaitable<std::optional<Response>> Server::State::Connection::ReadBody(Exchange& exchange,
                                                                       const Route& route) {
  Parser& parser = *exchange.parser;
  const std::uint64_t promised = parser.content_length().value_or(0);
  exchange.drain = true;
  if (route.body == BodyPlace::kNone && (promised > 0 || parser.chunked())) {
    co_return ErrorResponse(413, "this path takes no body");
  }
  if (promised > route.max_body_bytes) co_return TooLarge(route);
  if (route.body == BodyPlace::kFile) {
    base::Result<os::FileDescriptor> file = os::CreateNameless(server_.options_.spool_folder);
    if (!file) co_return ErrorResponse(500, "the body cannot be stored");
    exchange.request.body_file = *std::move(file);
  }
  if (!parser.is_done() && LowerCase(exchange.request.FindHeader("expect")) == "100-continue") {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    stream_.expires_after(std::chrono::milliseconds(server_.options_.stall_timeout_ms));
    const auto [error, bytes] =
        co_await asio::async_write(stream_, asio::buffer(kContinue.data(), kContinue.size()), kUse);
    if (error) co_return Response{.status = 0};
  }
  const int refused = co_await ReadBodyBytes(exchange, route);
  if (refused == 0) {
    exchange.drain = false;
    co_return std::nullopt;
  }
  switch (refused) {
    case 400: co_return ErrorResponse(400, "the body is not framed as HTTP asks");
    case 408: co_return ErrorResponse(408, "the body came too slowly");
    case 413: co_return TooLarge(route);
    case 500: co_return ErrorResponse(500, "the body cannot be stored");
    case 503: co_return ErrorResponse(503, "too much at once: try again later");
    default: co_return Response{.status = 0};
  }
}

// 0: read. Negative: nobody is there any more. Else the status to refuse with.
Awaitable<int> Server::State::Connection::ReadBodyBytes(Exchange& exchange, const Route& route) {
  Parser& parser = *exchange.parser;
  Request& request = exchange.request;
  const bool to_file = route.body == BodyPlace::kFile;
  const ServerOptions& options = server_.options_;
  const std::int64_t deadline =
      exchange.started_ms + (to_file ? kUploadTimeoutMs : options.request_timeout_ms);
  std::vector<std::byte> chunk(kReadBytes);
  while (!parser.is_done()) {
    const std::int64_t now = os::MonotonicMillis();
    if (now >= deadline) co_return 408;
    if (to_file && now - exchange.started_ms > options.request_timeout_ms &&
        request.body_bytes * 1000 / static_cast<std::uint64_t>(now - exchange.started_ms) <
            kMinBytesPerSecond) {
      co_return 408;
    }
    parser.get().body().data = chunk.data();
    parser.get().body().size = chunk.size();
    parser.get().body().more = true;
    stream_.expires_after(
        std::chrono::milliseconds(std::min<std::int64_t>(options.stall_timeout_ms, deadline - now)));
    const auto [error, bytes] = co_await beast::http::async_read_some(stream_, buffer_, parser, kUse);
    if (error == beast::error::timeout) {
      // A timed-out stream is closed by Beast: there is no one left to tell.
      co_return -1;
    }
    if (error && error != beast::http::error::need_buffer) {
      const bool malformed =
          error.category() == beast::http::make_error_code(beast::http::error::bad_target).category() &&
          error != beast::http::error::partial_message && error != beast::http::error::end_of_stream;
      co_return malformed ? 400 : -1;
    }
    const std::size_t size = chunk.size() - parser.get().body().size;
    request.body_bytes += size;
    if (request.body_bytes > route.max_body_bytes) co_return 413;
    if (to_file) {
      if (!os::WriteAll(request.body_file.get(), base::Bytes(chunk.data(), size))) co_return 500;
    } else {
      // As it comes, not as it is promised: promises cost a client nothing.
      if (!exchange.TakeBodyMemory(size)) co_return 503;
      request.body.append(base::AsText(base::Bytes(chunk.data(), size)));
    }
  }
  if (to_file && !os::Rewind(request.body_file.get())) co_return 500;
  co_return 0;
}

// Whether the connection goes on.
Awaitable<bool> Server::State::Connection::Answer(Exchange& exchange, Response response) {
  exchange.ReleaseBodyMemory();
  exchange.keep_alive = exchange.keep_alive && !exchange.drain && !server_.stopping_;
  const bool head_only = exchange.request.method == "HEAD";
  const unsigned version = exchange.parser->get().version() == 10 ? 10 : 11;
  std::uint64_t size = response.body.size();
  bool written = false;
  if (response.file.valid() && !head_only) {
    size = 0;
    written = co_await WriteFile(exchange, response);
  } else {
    if (response.file.valid()) {
      const base::Result<os::MappedFile> file = os::MappedFile::FromDescriptor(response.file.get());
      size = file ? file->bytes().size() : 0;
    }
    beast::http::response<beast::http::string_body> message;
    message.version(version);
    message.result(static_cast<unsigned>(response.status));
    SetHeaders(message, response);
    message.keep_alive(exchange.keep_alive);
    if (!head_only) message.body() = std::move(response.body);
    message.content_length(size);
    stream_.expires_after(std::chrono::milliseconds(server_.options_.request_timeout_ms));
    const auto [error, bytes] = co_await beast::http::async_write(stream_, message, kUse);
    written = !error;
  }
  if (server_.options_.log) {
    server_.options_.log({LoggedMethod(exchange.request.method), exchange.pattern, response.status,
                          exchange.request.body_bytes, size, os::MonotonicMillis() - exchange.started_ms});
  }
  if (written && exchange.drain) co_await Drain();
  co_return written&& exchange.keep_alive;
}

Awaitable<bool> Server::State::Connection::WriteFile(Exchange& exchange, Response& response) {
  error_code error;
  beast::file file;
  file.native_handle(response.file.Release());
  beast::http::response<beast::http::file_body> message;
  message.body().reset(std::move(file), error);
  if (error) co_return false;
  message.version(exchange.parser->get().version() == 10 ? 10 : 11);
  message.result(static_cast<unsigned>(response.status));
  SetHeaders(message, response);
  message.keep_alive(exchange.keep_alive);
  message.content_length(message.body().size());
  beast::http::response_serializer<beast::http::file_body> serializer(message);
  while (!serializer.is_done()) {
    stream_.expires_after(std::chrono::milliseconds(server_.options_.stall_timeout_ms));
    const auto [failed, bytes] = co_await beast::http::async_write_some(stream_, serializer, kUse);
    if (failed) co_return false;
  }
  co_return true;
}

// A client that is still sending hears a refusal only if it is not reset: say that no more comes, and read a
// little.
Awaitable<void> Server::State::Connection::Drain() {
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

base::Result<std::unique_ptr<Server>> Server::Create(ServerOptions options, const Router& router) {
  auto state = std::make_unique<State>(std::move(options), router);
  RETURN_IF_ERROR(state->Listen());
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}
Server::~Server() = default;
std::uint16_t Server::port() const { return state_->port(); }
void Server::Run() { state_->Run(); }
void Server::Stop() { state_->Stop(); }

bool IsLoopback(std::string_view address) {
  error_code error;
  if (address == "localhost") return true;
  const asio::ip::address parsed = asio::ip::make_address(std::string(address), error);
  return !error && parsed.is_loopback();
}

}  // namespace cairn::http
