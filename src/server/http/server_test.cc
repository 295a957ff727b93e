// A real server on a loopback port and a client that writes bytes: what it takes, what it refuses, what it
// outlasts.
#include "server/http/server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <thread>

#include "os/clock.h"

namespace cairn::http {
namespace {

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
    const ssize_t size = recv(fd_.get(), buffer, sizeof(buffer), 0);
    if (size <= 0) return false;
    received_.append(buffer, static_cast<std::size_t>(size));
    return true;
  }

  os::FileDescriptor fd_;
  std::string received_;
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

  static std::vector<Route> MakeRoutes() {
    const Handler echo = [](Request& request) { return TextResponse(200, request.body); };
    std::vector<Route> routes;
    routes.push_back({"POST", "/large", std::string(kAnybody), BodyPlace::kMemory, 10'000, echo});
    routes.push_back({"POST", "/echo", std::string(kAnybody), BodyPlace::kMemory, 1000, echo});
    routes.push_back(
        {"POST", "/file", std::string(kAnybody), BodyPlace::kFile, 10 << 20, [](Request& request) {
           const auto text = os::ReadAll(request.body_file.get(), 20 << 20);
           return TextResponse(200, std::to_string(text ? text->size() : 0));
         }});
    routes.push_back({"POST", "/secret", "upload_symbols", BodyPlace::kMemory, 1000, echo});
    routes.push_back({"GET", "/slow", std::string(kAnybody), BodyPlace::kNone, 0, [](Request&) {
                        std::this_thread::sleep_for(std::chrono::milliseconds(500));
                        return TextResponse(200, "slow");
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

  Router router_;
  std::unique_ptr<Server> server_;
  std::thread thread_;
};

TEST_F(ServerTest, OneConnectionTakesManyRequests) {
  Client client = Connect();
  client.Write(
      "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\noneGET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(BodyOf(client.ReadResponse()), "one");
  EXPECT_EQ(BodyOf(client.ReadResponse()), "site");
  client.Write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string response = client.ReadResponse();
  EXPECT_EQ(BodyOf(response), "site");
  EXPECT_NE(response.find("X-Content-Type-Options: nosniff"), std::string::npos);
  EXPECT_NE(response.find("frame-ancestors 'none'"), std::string::npos);
}

TEST_F(ServerTest, ChunkedInHttp10WithoutHostIsTaken) {
  // As Crashpad's socket transport sends.
  const std::string response =
      Ask("POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  EXPECT_EQ(StatusOf(response), "HTTP/1.0 200");
  EXPECT_EQ(BodyOf(response), "abcde");
}

TEST_F(ServerTest, ContinueComesBeforeTheBody) {
  Client client = Connect();
  client.Write("POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.ReadResponse(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.Write("ok");
  EXPECT_EQ(BodyOf(client.ReadResponse()), "ok");
}

TEST_F(ServerTest, TooLargeIs413ByLengthAndByChunks) {
  EXPECT_EQ(StatusOf(Ask("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n")), "HTTP/1.1 413");
  EXPECT_EQ(StatusOf(Ask("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" +
                         std::string(1001, 'x') + "\r\n0\r\n\r\n")),
            "HTTP/1.1 413");
  EXPECT_EQ(StatusOf(Ask("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n" +
                         std::string(1000, 'x'))),
            "HTTP/1.1 200");
}

TEST_F(ServerTest, ARefusalIsHeardWhileTheBodyIsStillComing) {
  Client client = Connect();
  client.Write("POST /secret HTTP/1.1\r\nHost: x\r\nContent-Length: 500000\r\n\r\n" +
               std::string(500'000, 'x'));
  EXPECT_EQ(StatusOf(client.ReadAll()), "HTTP/1.1 403");
}

TEST_F(ServerTest, BrokenRequestsAreRefused) {
  EXPECT_EQ(
      StatusOf(Ask("GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(kMaxHeaderBytes, 'h') + "\r\n\r\n")),
      "HTTP/1.1 431");
  EXPECT_EQ(StatusOf(Ask(
                "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n")),
            "HTTP/1.1 400");
  EXPECT_EQ(StatusOf(Ask("nonsense\r\n\r\n")), "HTTP/1.1 400");
  EXPECT_EQ(StatusOf(Ask("GET /a b HTTP/1.1\r\n\r\n")), "HTTP/1.1 400");
  EXPECT_EQ(StatusOf(Ask("GET /../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n")), "HTTP/1.1 400");
  EXPECT_EQ(StatusOf(Ask("PUT /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")), "HTTP/1.1 405");
  EXPECT_EQ(StatusOf(Ask("POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")), "HTTP/1.1 404");
}

TEST_F(ServerTest, OtherTransferCodingsAreNoBodylessRequests) {
  for (const char* coding :
       {"xchunked", "gzip, chunked", "identity", "chunked\r\nTransfer-Encoding: chunked"}) {
    Client client(server_->port());
    client.Write("POST /echo HTTP/1.1\r\nTransfer-Encoding: " + std::string(coding) +
                 "\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n");
    const std::string answer = client.ReadAll();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 501 ") || answer.starts_with("HTTP/1.1 400 ")) << answer;
    EXPECT_EQ(answer.find("site"), std::string::npos) << coding << ": a second request was read";
  }
}

TEST_F(ServerTest, ClientsThatLeaveInTheMiddleTakeNoRoomWithThem) {
  for (int i = 0; i < 20; ++i) {
    Client client(server_->port());
    client.Write("POST /echo HTTP/1.1\r\nContent-Length: 1000\r\n\r\n" + std::string(900, 'x'));
  }
  std::string answer;
  for (int i = 0; i < 50 && !answer.starts_with("HTTP/1.1 200"); ++i) {
    Client client(server_->port());
    client.Write("POST /echo HTTP/1.1\r\nContent-Length: 1000\r\nConnection: close\r\n\r\n" +
                 std::string(1000, 'x'));
    answer = client.ReadAll();
  }
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200")) << answer;
}

TEST_F(ServerTest, TooMuchInMemoryIs503AndPasses) {
  for (int i = 0; i < 3; ++i) {
    Client large(server_->port());
    large.Write("POST /large HTTP/1.1\r\nContent-Length: 6000\r\n\r\n" + std::string(6000, 'x'));
    EXPECT_TRUE(large.ReadResponse().starts_with("HTTP/1.1 503"));
    Client small(server_->port());
    small.Write("POST /large HTTP/1.1\r\nContent-Length: 4000\r\n\r\n" + std::string(4000, 'x'));
    EXPECT_TRUE(small.ReadResponse().starts_with("HTTP/1.1 200"));
  }
}

TEST_F(ServerTest, SlowClientsAreCutOff) {
  Client header = Connect();
  Client body = Connect();
  Client drip = Connect();
  const std::int64_t start = os::MonotonicMillis();
  header.Write("GET / HT");
  body.Write("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nx");
  drip.Write("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n");
  std::thread dripping([&drip] {
    for (int i = 0; i < 20; ++i) {
      drip.Write("x");  // Never stalls for long, and would take minutes.
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  });
  header.ReadAll();
  body.ReadAll();
  EXPECT_LT(os::MonotonicMillis() - start, 1500);
  drip.ReadAll();
  EXPECT_LT(os::MonotonicMillis() - start, 3500);
  dripping.join();
}

TEST_F(ServerTest, LargeBodiesGoToAFile) {
  const std::string large(3 << 20, 'f');
  EXPECT_EQ(BodyOf(Ask("POST /file HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(large.size()) +
                       "\r\n\r\n" + large)),
            std::to_string(large.size()));
}

TEST_F(ServerTest, FilesAreSentAndHeadHasOnlyTheirSize) {
  EXPECT_EQ(BodyOf(Ask("GET /download HTTP/1.1\r\nHost: x\r\n\r\n")).size(), 200'000u);
  Client client = Connect();
  client.Write("HEAD /download HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string head = client.ReadAll();
  EXPECT_NE(head.find("Content-Length: 200000\r\n"), std::string::npos);
  EXPECT_EQ(BodyOf(head), "");
}

TEST_F(ServerTest, ManyClientsAtOnce) {
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&, i] {
      Client client = Connect();
      const std::string body = "body " + std::to_string(i);
      for (int k = 0; k < 50; ++k) {
        client.Write("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) +
                     "\r\n\r\n" + body);
        if (BodyOf(client.ReadResponse()) == body) ++right;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 16 * 50);
}

TEST_F(ServerTest, StoppingLetsBegunRequestsEnd) {
  Client idle = Connect();
  idle.Write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(BodyOf(idle.ReadResponse()), "site");
  Client busy = Connect();
  busy.Write("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  server_->Stop();
  EXPECT_EQ(BodyOf(busy.ReadResponse()), "slow");
  EXPECT_EQ(idle.ReadAll(), "");
}

TEST(LoopbackTest, OnlyThisMachineIsLoopback) {
  for (const char* address : {"127.0.0.1", "127.9.9.9", "::1", "localhost"})
    EXPECT_TRUE(IsLoopback(address)) << address;
  for (const char* address : {"0.0.0.0", "::", "192.168.1.1", "example.org", ""}) {
    EXPECT_FALSE(IsLoopback(address)) << address;
  }
}

}  // namespace
}  // namespace cairn::http
