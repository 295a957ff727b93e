// A real server on a loopback port and a client that writes bytes, for the tests of this folder.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <thread>

#include "os/clock.h"
#include "os/file.h"
#include "server/http/server.h"

namespace cairn::http {

// One connection. Reads give up after 5 s.
class Client {
 public:
  explicit Client(std::uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{5, 0};
    setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  }

  void Write(std::string_view text) {
    while (!text.empty()) {
      const ssize_t sent = send(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;  // The server hung up; what it said before can still be read.
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  // Until the server hangs up.
  std::string ReadAll() {
    while (Fill()) {
    }
    return std::exchange(received_, "");
  }

  void HangUp() { fd_.Reset(); }
  // Whether it was reset, rather than closed, once all is read.
  bool WasReset() {
    while (Fill()) {
    }
    return errno == ECONNRESET;
  }
  // Reads so much, or what there is.
  std::size_t Read(std::size_t bytes) {
    while (received_.size() < bytes && Fill()) {
    }
    return std::exchange(received_, "").size();
  }

  // One response with Content-Length, header and body; or "100 Continue".
  std::string ReadResponse() {
    for (;;) {
      const std::size_t end = received_.find("\r\n\r\n");
      if (end != std::string::npos) {
        const std::size_t field = received_.find("Content-Length: ");
        const std::size_t body = field < end ? std::stoul(received_.substr(field + 16)) : 0;
        const std::size_t size = end + 4 + body;
        if (received_.size() >= size) {
          std::string response = received_.substr(0, size);
          received_.erase(0, size);
          return response;
        }
      }
      if (!Fill()) return std::exchange(received_, "");
    }
  }

 private:
  bool Fill() {
    char buffer[4096];
    errno = 0;
    const ssize_t size = recv(fd_.get(), buffer, sizeof(buffer), 0);
    if (size <= 0) return false;
    received_.append(buffer, static_cast<std::size_t>(size));
    return true;
  }

  os::FileDescriptor fd_;
  std::string received_;
};

// Answers with how much came; an exclamation mark in it refuses the rest. Says that it holds `held` bytes.
class CountingSink final : public BodySink {
 public:
  explicit CountingSink(std::size_t held) : held_(held) {}
  std::optional<Response> Take(base::Bytes bytes) override {
    bytes_ += bytes.size();
    if (base::AsText(bytes).find('!') != std::string_view::npos) return TextResponse(400, "enough");
    return std::nullopt;
  }
  Response Finish() override { return TextResponse(200, std::to_string(bytes_)); }
  std::size_t memory_bytes() const override { return held_; }

 private:
  std::size_t held_;
  std::size_t bytes_ = 0;
};

// Gives these pieces so many times, then the end or, with `breaks`, an error. Counts those that are there.
class PiecesSource final : public BodySource {
 public:
  PiecesSource(std::vector<std::string> pieces, std::size_t times, bool breaks, std::atomic<int>& alive)
      : pieces_(std::move(pieces)), times_(times), breaks_(breaks), alive_(alive) {
    ++alive_;
  }
  ~PiecesSource() override { --alive_; }
  base::Result<std::string> Next() override {
    if (next_ < times_ * pieces_.size()) return pieces_[next_++ % pieces_.size()];
    if (breaks_) return base::Error{base::Code::kIo, 5, "a piece"};
    return std::string();
  }
  std::vector<Header> Trailers() const override { return {{"Cairn-Pieces", std::to_string(next_)}}; }

 private:
  std::vector<std::string> pieces_;
  std::size_t times_;
  bool breaks_;
  std::atomic<int>& alive_;
  std::size_t next_ = 0;
};

class ServerTest : public ::testing::Test {
 protected:
  ServerTest() : router_(MakeRoutes(), {.fallback = [](Request&) { return TextResponse(200, "site"); }}) {
    ServerOptions options;
    options.port = 0;
    options.spool_folder = "/tmp";
    options.header_timeout_ms = 300;
    options.request_timeout_ms = 1000;
    options.stall_timeout_ms = 300;
    options.max_body_memory = 5000;
    auto server = Server::Create(options, router_);
    EXPECT_TRUE(server);
    server_ = *std::move(server);
    thread_ = std::thread([this] { server_->Run(); });
  }
  ~ServerTest() override {
    server_->Stop();
    thread_.join();
  }

  std::vector<Route> MakeRoutes() {
    const Handler echo = [](Request& request) { return TextResponse(200, request.body); };
    std::vector<Route> routes;
    routes.push_back({"POST", "/large", std::string(kAnybody), BodyPlace::kMemory, 10'000, echo});
    routes.push_back({"POST", "/echo", std::string(kAnybody), BodyPlace::kMemory, 1000, echo});
    routes.push_back(
        {"POST", "/file", std::string(kAnybody), BodyPlace::kFile, 10 << 20, [](Request& request) {
           const auto text = os::ReadAll(request.body_file.get(), 20 << 20);
           return TextResponse(200, std::to_string(text ? text->size() : 0));
         }});
    for (const std::size_t held : {std::size_t{100}, std::size_t{6000}}) {
      routes.push_back({"POST", "/stream/" + std::to_string(held), std::string(kAnybody), BodyPlace::kStream,
                        1 << 20, nullptr,
                        [held](const Request&) { return std::make_unique<CountingSink>(held); }});
    }
    routes.push_back({"POST", "/secret", "upload_symbols", BodyPlace::kMemory, 1000, echo});
    routes.push_back({"GET", "/slow", std::string(kAnybody), BodyPlace::kNone, 0, [](Request&) {
                        std::this_thread::sleep_for(std::chrono::milliseconds(500));
                        return TextResponse(200, "slow");
                      }});
    routes.push_back({.method = "POST",
                      .pattern = "/later",
                      .permission = std::string(kAnybody),
                      .body = BodyPlace::kMemory,
                      .max_body_bytes = 1000,
                      .later = [](Request& request, Answer answer) {
                        std::thread([&request, answer = std::move(answer)] {
                          std::this_thread::sleep_for(std::chrono::milliseconds(500));
                          answer(TextResponse(200, request.body));
                        }).detach();
                      }});
    routes.push_back({"GET", "/same", std::string(kAnybody), BodyPlace::kNone, 0,
                      [](Request&) { return Response{.status = 304}; }});
    routes.push_back({"GET", "/peer", std::string(kAnybody), BodyPlace::kNone, 0,
                      [](Request& request) { return TextResponse(200, request.peer_address); }});
    // More at once than there are threads for searches.
    routes.push_back({"GET", "/quick", std::string(kAnybody), BodyPlace::kNone, 0,
                      [](Request&) { return TextResponse(200, "quick"); }});
    routes.back().is_quick = true;
    routes.push_back({"GET", "/pieces", std::string(kAnybody), BodyPlace::kNone, 0, [](Request& request) {
                        Response response = TextResponse(200, request.query == "first" ? "first " : "");
                        response.more = {"", std::string(1'000'000, 'a'), "", std::string(300, 'b'), ""};
                        return response;
                      }});
    for (const bool breaks : {false, true}) {
      routes.push_back({"GET", breaks ? "/broken" : "/source", std::string(kAnybody), BodyPlace::kNone, 0,
                        [this, breaks](Request& request) {
                          std::vector<std::string> pieces = {"first ", std::string(200'000, 's'), " last"};
                          const bool is_much = request.query == "much";
                          if (is_much) pieces = {std::string(1 << 20, 'm')};
                          Response response;
                          response.source = std::make_unique<PiecesSource>(
                              std::move(pieces), is_much ? 1000 : 1, breaks, sources_);
                          ++sources_begun_;
                          return response;
                        }});
    }
    // Answers once the client is gone, or after 5 s.
    routes.push_back({"GET", "/search", std::string(kAnybody), BodyPlace::kNone, 0, [this](Request& request) {
                        ++searches_;
                        for (int i = 0; i < 500 && (searches_wait_ || !*request.client_gone); ++i)
                          std::this_thread::sleep_for(std::chrono::milliseconds(10));
                        if (*request.client_gone) ++gone_;
                        return TextResponse(200, *request.client_gone ? "gone" : "there");
                      }});
    routes.push_back({"GET", "/download", std::string(kAnybody), BodyPlace::kNone, 0, [](Request&) {
                        Response response;
                        response.file = *os::CreateNameless("/tmp");
                        EXPECT_TRUE(
                            os::WriteAll(response.file.get(), base::AsBytes(std::string(200'000, 'd'))));
                        EXPECT_TRUE(os::Rewind(response.file.get()));
                        return response;
                      }});
    return routes;
  }

  Client Connect() { return Client(server_->port()); }
  std::string Ask(std::string_view request) {
    Client client = Connect();
    client.Write(request);
    return client.ReadResponse();
  }
  static std::string StatusOf(const std::string& response) { return response.substr(0, 12); }
  static std::string BodyOf(const std::string& response) {
    return response.substr(response.find("\r\n\r\n") + 4);
  }

  static bool Await(const std::function<bool()>& is_so) {
    for (int i = 0; i < 500; ++i) {
      if (is_so()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }

  std::atomic<int> sources_ = 0;  // That are there.
  std::atomic<int> sources_begun_ = 0;
  std::atomic<bool> searches_wait_ = false;  // Also when their client is gone.
  std::atomic<int> searches_ = 0;
  std::atomic<int> gone_ = 0;  // Searches whose client was.
  Router router_;
  std::unique_ptr<Server> server_;
  std::thread thread_;
};

}  // namespace cairn::http
