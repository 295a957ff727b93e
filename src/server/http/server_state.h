// What the connections of one server share: the router, the threads, the count of what bodies hold in memory.
#pragma once

#include <atomic>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include "server/http/asio_types.h"
#include "server/http/server.h"

namespace cairn::http {

class Connection;

class Server::State {
 public:
  State(ServerOptions options, const Router& router);

  base::Status Listen();
  void Run();
  void Stop();
  std::uint16_t port() const { return port_; }

  const ServerOptions& options() const { return options_; }
  const Router& router() const { return router_; }
  bool stopping() const { return stopping_; }
  std::size_t open_connections();
  // Of all bodies in memory together.
  std::atomic<std::size_t>& body_memory() { return body_memory_; }

  // Reports, pings and what is quick; requests without a body, because a long search must not hold up
  // reports; bodies in files, because symbols take minutes to compile.
  asio::thread_pool& PoolFor(const Route* route);
  asio::thread_pool& QuickPool() { return pool_; }
  // Bodies that are made while they are sent: few threads, because each piece may be a search.
  asio::thread_pool& SourcePool() { return source_pool_; }
  // Whether its handler is worth to be told that the client is gone.
  bool MayTakeLong(const Route* route) { return &PoolFor(route) == &search_pool_; }
  // Whether what is still sent is broken off, so that a stop ends.
  bool is_cutting_off() const { return is_cutting_off_; }

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

  // The answer of a route that gives it later; comes back to the connection's strand.
  auto LaterAnswer(const Route& route, Request& request) {
    return asio::async_initiate<decltype(kUse), void(Response)>(
        [this, &route, &request](auto handler) {
          ++unanswered_;
          auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
          route.later(request, [this, waiting = std::move(waiting)](Response response) {
            const auto executor = asio::get_associated_executor(*waiting);
            asio::post(executor, [waiting, response = std::move(response)]() mutable {
              std::move (*waiting)(std::move(response));
            });
            CountAnswered();
          });
        },
        kUse);
  }

  // Acts later on the connection's strand, and only if the connection still is and waits for a request.
  void CloseIfIdle(Connection* connection);

 private:
  Awaitable<void> Accept();
  void Remove(Connection* connection);
  void CountAnswered();

  const ServerOptions options_;
  const Router& router_;
  asio::io_context io_;
  asio::thread_pool pool_;
  asio::thread_pool search_pool_;
  asio::thread_pool upload_pool_;
  asio::thread_pool source_pool_;
  std::optional<tcp::acceptor> acceptor_;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> is_cutting_off_ = false;
  std::atomic<std::size_t> body_memory_ = 0;
  std::atomic<std::size_t> unanswered_ = 0;  // Requests whose routes answer later and have not yet.

  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<Connection*> connections_;  // GUARDED_BY(mutex_); each lives as long as its coroutine.
};

}  // namespace cairn::http
