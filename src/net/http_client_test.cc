#include "net/http_client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

namespace cairn::net {
namespace {

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

TEST(HttpClientTest, PostsABodyAndGivesTheAnswer) {
  OneAnswer server("the body", "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok");
  const auto response = SendHttp({.method = "POST",
                                  .url = server.url(),
                                  .headers = {{"X-Mark", "1"}},
                                  .body = base::AsBytes("the body")});
  ASSERT_TRUE(response.has_value());
  EXPECT_EQ(response->status, 201);
  EXPECT_EQ(response->body, "ok");
  EXPECT_TRUE(server.Received().starts_with("POST /path HTTP/1.1\r\n"));
  EXPECT_NE(server.Received().find("X-Mark: 1\r\n"), std::string::npos);
  EXPECT_EQ(server.Received().find("Expect"), std::string::npos);
}

TEST(HttpClientTest, ABodyOfNothingIsPostedToo) {
  OneAnswer server("\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  EXPECT_TRUE(SendHttp({.method = "POST", .url = server.url()}).has_value());
  EXPECT_NE(server.Received().find("Content-Length: 0\r\n"), std::string::npos);
}

TEST(HttpClientTest, AServerThatNeverAnswersCostsTheDeadline) {
  OneAnswer server("\r\n\r\n", "");
  const auto response = SendHttp({.url = server.url(), .total_timeout_ms = 200});
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().code, base::Code::kTimeout);
}

TEST(HttpClientTest, AnAnswerThatIsTooLongIsCutOff) {
  OneAnswer server("\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n12345678901");
  const auto response = SendHttp({.url = server.url(), .max_answer_bytes = 10});
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().code, base::Code::kLimitExceeded);
}

TEST(HttpClientTest, RedirectsAreAnswers) {
  OneAnswer server("\r\n\r\n",
                   "HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
  const auto response = SendHttp({.url = server.url()});
  ASSERT_TRUE(response.has_value());
  EXPECT_EQ(response->status, 307);
}

// What answers is the proxy; without it nothing does.
TEST(HttpClientTest, LoopbackAndHostsOfTheEnvironmentAreNeverAskedThroughAProxy) {
  OneAnswer proxy("\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  setenv("http_proxy", proxy.url().c_str(), 1);
  setenv("no_proxy", "192.0.2.1", 1);
  EXPECT_FALSE(SendHttp({.url = "http://127.1.2.3:1/"}).has_value());
  EXPECT_FALSE(SendHttp({.url = "http://192.0.2.1:1/", .connect_timeout_ms = 50}).has_value());
  EXPECT_TRUE(SendHttp({.url = "http://192.0.2.2/"}).has_value());
  unsetenv("http_proxy");
  unsetenv("no_proxy");
}

TEST(HttpClientTest, OtherSchemesAndDeadPortsAreErrors) {
  EXPECT_EQ(SendHttp({.url = "file:///etc/passwd"}).error().code, base::Code::kUnsupported);
  EXPECT_EQ(SendHttp({.url = "http://127.0.0.1:1/"}).error().code, base::Code::kRefused);
}

TEST(EscapeUrlPartTest, LeavesOnlyWhatIsPlain) {
  EXPECT_EQ(EscapeUrlPart("aZ0-._~/ %\xc3"), "aZ0-._~%2F%20%25%C3");
}

}  // namespace
}  // namespace cairn::net
