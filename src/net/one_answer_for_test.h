// A server on loopback for tests: one connection, one answer.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <thread>

namespace cairn::net {

// Takes one connection on loopback, reads what comes until it holds `until`, answers, and closes. With an
// empty answer it holds the connection until the other side gives up.
class OneAnswer {
 public:
  OneAnswer(std::string until, std::string answer)
      : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const generic = static_cast<sockaddr*>(static_cast<void*>(&address));
    EXPECT_EQ(bind(listener_, generic, size), 0);
    EXPECT_EQ(listen(listener_, 1), 0);
    getsockname(listener_, generic, &size);
    port_ = ntohs(address.sin_port);
    thread_ =
        std::thread([this, until = std::move(until), answer = std::move(answer)] { Serve(until, answer); });
  }
  ~OneAnswer() {
    Join();
    close(listener_);
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/path"; }
  const std::string& Received() {
    Join();
    return received_;
  }

 private:
  void Join() {
    if (thread_.joinable()) thread_.join();
  }
  void Serve(const std::string& until, const std::string& answer) {
    const int connection = accept(listener_, nullptr, nullptr);
    char buffer[4096];
    while (received_.find(until) == std::string::npos) {
      const ssize_t size = recv(connection, buffer, sizeof(buffer), 0);
      if (size <= 0) break;
      received_.append(buffer, static_cast<std::size_t>(size));
    }
    if (answer.empty()) {
      while (recv(connection, buffer, sizeof(buffer), 0) > 0) {
      }
    } else {
      send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
    }
    close(connection);
  }

  int listener_;
  int port_ = 0;
  std::string received_;
  std::thread thread_;
};

}  // namespace cairn::net
