#include "server/http/server.h"

#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <thread>

#include "os/thread.h"
#include "server/http/connection.h"
#include "server/http/server_state.h"

namespace cairn::http {
namespace {

constexpr int kStopTimeoutMs = 10'000;
constexpr std::size_t kUploadThreads = 2;  // More uploads wait: symbols are compiled one at a time anyway.
constexpr std::size_t kSourceThreads = 2;  // So many pieces of exports are searched for at once.

base::Error IoError(const error_code& error, std::string_view what) {
  return {base::Code::kIo, static_cast<std::uint64_t>(error.value()), what};
}

}  // namespace

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
  for (int i = 0; i < options_.io_threads; ++i) {
    threads.emplace_back([this] {
      os::NameThread("http");
      io_.run();
    });
  }
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stopping_.load(); });
    asio::post(accepting, [this] { acceptor_->close(); });
    for (Connection* connection : connections_) CloseIfIdle(connection);
    changed_.wait_for(lock, std::chrono::milliseconds(kStopTimeoutMs),
                      [this] { return connections_.empty(); });
  }
  is_cutting_off_ = true;
  pool_.join();
  search_pool_.join();
  upload_pool_.join();
  source_pool_.join();
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return unanswered_ == 0; });
  }
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
    error_code error = asio::error::try_again;
    auto socket = tcp::socket(io_);
    if (open_connections() < static_cast<std::size_t>(kMaxConnections)) {
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

std::size_t Server::State::open_connections() {
  const std::lock_guard lock(mutex_);
  return connections_.size();
}

void Server::State::CloseIfIdle(Connection* connection) {
  asio::post(connection->executor(), [this, connection] {
    const std::lock_guard lock(mutex_);
    if (connections_.contains(connection)) connection->CancelIfIdle();
  });
}

void Server::State::Remove(Connection* connection) {
  const std::lock_guard lock(mutex_);
  connections_.erase(connection);
  changed_.notify_all();
}

void Server::State::CountAnswered() {
  if (--unanswered_ > 0 || !stopping_) return;
  const std::lock_guard lock(mutex_);
  changed_.notify_all();
}

Server::State::State(ServerOptions options, const Router& router)
    : options_(std::move(options)),
      router_(router),
      pool_(static_cast<std::size_t>(options_.handler_threads)),
      search_pool_(static_cast<std::size_t>(options_.search_threads)),
      upload_pool_(kUploadThreads),
      source_pool_(kSourceThreads) {}

asio::thread_pool& Server::State::PoolFor(const Route* route) {
  if (route == nullptr || route->is_quick || route->body == BodyPlace::kMemory ||
      route->body == BodyPlace::kStream) {
    return pool_;
  }
  return route->body == BodyPlace::kFile ? upload_pool_ : search_pool_;
}

base::Result<std::unique_ptr<Server>> Server::Create(ServerOptions options, const Router& router) {
  auto state = std::make_unique<State>(std::move(options), router);
  RETURN_IF_ERROR(state->Listen());
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}
Server::~Server() = default;
std::uint16_t Server::port() const { return state_->port(); }
std::size_t Server::open_connections() const { return state_->open_connections(); }
void Server::Run() { state_->Run(); }
void Server::Stop() { state_->Stop(); }

bool IsLoopback(std::string_view address) {
  error_code error;
  if (address == "localhost") return true;
  const asio::ip::address parsed = asio::ip::make_address(std::string(address), error);
  return !error && parsed.is_loopback();
}

}  // namespace cairn::http
