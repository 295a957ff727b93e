// Servers on loopback for tests: an answer to each connection.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <utility>
#include <vector>

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

// Takes one connection after the other and gives each its answer.
class Answers {
 public:
  explicit Answers(std::vector<std::string> answers)
      : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), answers_(std::move(answers)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const generic = static_cast<sockaddr*>(static_cast<void*>(&address));
    EXPECT_EQ(bind(listener_, generic, size), 0);
    EXPECT_EQ(listen(listener_, 8), 0);
    getsockname(listener_, generic, &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] {
      for (const std::string& answer : answers_) {
        const int connection = accept(listener_, nullptr, nullptr);
        if (connection < 0) return;
        std::string request;
        char buffer[4096];
        while (request.find("\r\n\r\n") == std::string::npos) {
          const ssize_t got = recv(connection, buffer, sizeof(buffer), 0);
          if (got <= 0) break;
          request.append(buffer, static_cast<std::size_t>(got));
        }
        received_.push_back(std::move(request));
        send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
        close(connection);
      }
    });
  }
  ~Answers() {
    Join();
    close(listener_);
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/path"; }
  // The head of the request of that number. Ends the server.
  std::string Received(std::size_t number) {
    Join();
    return number < received_.size() ? received_[number] : "";
  }

 private:
  void Join() {
    shutdown(listener_, SHUT_RDWR);  // Ends the wait for who does not come.
    if (thread_.joinable()) thread_.join();
  }

  int listener_;
  int port_ = 0;
  std::vector<std::string> answers_;
  std::vector<std::string> received_;
  std::thread thread_;
};

}  // namespace cairn::net
