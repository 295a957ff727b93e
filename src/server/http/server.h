// The HTTP/1.1 server: sockets, deadlines and limits on this side, a Router on the other.
//
// Reading and writing is asynchronous on a few threads; handlers run on threads of their own and may block.
// Bodies are read in full before a handler runs, in memory or in a nameless file where the route says so; or
// they are handed on as they come. Boost is seen only by server.cc and connection*.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "server/http/limits.h"
#include "server/http/router.h"

namespace cairn::http {

// One answered request. Nothing that a user sent is in it: no path, no address, no header.
struct AccessRecord {
  std::string_view method;   // "GET", "POST", "PUT", "HEAD" or "other".
  std::string_view pattern;  // Of the route; "site" for the fallback and "none" if nothing took it.
  int status = 0;
  std::uint64_t request_bytes = 0;
  std::uint64_t response_bytes = 0;
  std::int64_t duration_us = 0;
};

struct ServerOptions {
  std::string address = "127.0.0.1";  // An IP address, or localhost.
  std::uint16_t port = 8000;          // 0: any free one; see Server::port().
  int io_threads = 2;
  // For requests that bring a body. Most of their time they wait for the disk, together.
  int handler_threads = 32;
  int search_threads = 8;  // For requests without a body.
  std::size_t max_body_memory = kMaxBodyMemory;
  std::string spool_folder;  // For bodies that go to a file; on the file system of the data.
  std::function<void(const AccessRecord&)> log;
  // Whether clients reach it by HTTPS, through a proxy: they are told to come no other way.
  bool is_https = false;
  int header_timeout_ms = kHeaderTimeoutMs;
  int request_timeout_ms = kRequestTimeoutMs;
  int stall_timeout_ms = kStallTimeoutMs;
};

class Server {
 public:
  // Listens when it returns. The router must outlive the server.
  static base::Result<std::unique_ptr<Server>> Create(ServerOptions options, const Router& router);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;
  std::size_t open_connections() const;

  // Serves until Stop; then lets requests that were begun end, for 10 s at most, and returns.
  void Run();
  // From any thread, once or often.
  void Stop();

  class State;  // In server_state.h, for this folder only.

 private:
  explicit Server(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Whether `address` can be reached from this machine only.
bool IsLoopback(std::string_view address);

}  // namespace cairn::http
