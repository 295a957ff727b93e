#include "server/pings/pings.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <csignal>
#include <filesystem>
#include <future>
#include <thread>

#include "server/http/server.h"
#include "server/pings/edge_for_test.h"

namespace cairn::pings {
namespace {

const std::string kId = "89ba9d98-b041-46f3-8b1a-36dfeb5e1b15";
const std::string kV4 = "/submit/telemetry/" + kId + "/crash/App/1.0/release/1";
const std::string kGlean = "/submit/my-app/crash/1/" + kId;

http::Response Ask(const http::Router& router, http::Request request) {
  http::Router::Admission admission = router.Admit(request);
  if (admission.refusal) return *std::move(admission.refusal);
  if (!admission.route->later) return router.Handle(admission.route, request);
  std::promise<http::Response> answer;
  admission.route->later(request, [&](http::Response response) { answer.set_value(std::move(response)); });
  return answer.get_future().get();
}

class EdgeTest : public ::testing::Test {
 protected:
  struct Sent {
    std::string method = "POST";
    std::string path = kV4;
    std::string query = "v=4";
    std::string body = "x";
    bool with_length = true;
    http::Header header = {"x-other", ""};
  };
  http::Response Send(const Sent& sent) {
    http::Request request;
    request.method = sent.method;
    request.segments = http::SplitPath(sent.path).value();
    request.query = sent.query;
    if (sent.with_length) request.headers.push_back({"content-length", std::to_string(sent.body.size())});
    request.headers.push_back(sent.header);
    request.body = sent.body;
    return Ask(router_, std::move(request));
  }
  int StatusOf(const Sent& sent) { return Send(sent).status; }

  std::vector<intake::StoredPing> Spooled() {
    std::vector<intake::StoredPing> pings;
    const auto batch = edge_.spool->Read({}, 1000, 1 << 20);
    for (const std::string& record : batch->records) pings.push_back(*intake::ReadStoredPing(record));
    return pings;
  }

  EdgeForTest edge_;
  int arrived_ = 0;
  http::Router router_{MakeRoutes({*edge_.spool, *edge_.ledger, {}, [this] { ++arrived_; }}), {}};
};

TEST_F(EdgeTest, AnyBytesAreKept) {
  const http::Response response = Send({.body = "\x1f\x8bnot a ping"});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "");
  const auto pings = Spooled();
  ASSERT_EQ(pings.size(), 1u);
  EXPECT_EQ(pings[0].body, "\x1f\x8bnot a ping");
  EXPECT_TRUE(pings[0].compressed);
  EXPECT_EQ(pings[0].id, kId);
  EXPECT_EQ(pings[0].name_space, "telemetry");
  EXPECT_EQ(pings[0].doc_type, "crash");
  EXPECT_EQ(pings[0].version, -1);
  EXPECT_EQ(pings[0].app_channel, "release");
  EXPECT_EQ(arrived_, 1);
}

TEST_F(EdgeTest, BothFamiliesAndBothMethodsAreTaken) {
  EXPECT_EQ(StatusOf({.method = "PUT"}), 200);
  EXPECT_EQ(StatusOf({.path = kV4 + "/"}), 200);
  EXPECT_EQ(StatusOf({.path = kGlean, .query = ""}), 200);
  EXPECT_EQ(StatusOf({.method = "PUT", .path = kGlean, .query = "", .body = ""}), 200);
  const auto pings = Spooled();
  ASSERT_EQ(pings.size(), 4u);
  EXPECT_EQ(pings[2].name_space, "my-app");
  EXPECT_EQ(pings[2].version, 1);
}

TEST_F(EdgeTest, ABadDocumentIdIsKeptUnderAnother) {
  EXPECT_EQ(StatusOf({.path = "/submit/telemetry/..%2f..%2fetc/crash/Crashy/1.0/release/1"}), 200);
  const auto pings = Spooled();
  ASSERT_EQ(pings.size(), 1u);
  EXPECT_TRUE(pings[0].id_is_made_up);
}

TEST_F(EdgeTest, WrongPathsHaveTheirCodes) {
  EXPECT_EQ(StatusOf({.query = ""}), 404);
  EXPECT_EQ(StatusOf({.query = "v=2"}), 404);
  EXPECT_EQ(StatusOf({.path = "/submit/telemetry/a/b/c"}), 404);
  EXPECT_EQ(StatusOf({.path = kV4 + "/more"}), 404);
  EXPECT_EQ(StatusOf({.path = "/submit/my-app/" + kId + "/crash/App/1.0/release/1"}), 404);
  EXPECT_EQ(StatusOf({.path = "/submit/NoNamespace/crash/1/" + kId}), 404);
  EXPECT_EQ(StatusOf({.path = "/unknown"}), 404);
  EXPECT_EQ(StatusOf({.method = "DELETE"}), 405);
  EXPECT_EQ(StatusOf({.method = "GET"}), 405);
  EXPECT_EQ(StatusOf({.with_length = false}), 411);
  EXPECT_TRUE(Spooled().empty());
}

TEST_F(EdgeTest, LongPartsOfTheHeadAreRefused) {
  const std::string fits(kMaxUriBytes - kV4.size(), 'b');
  EXPECT_EQ(StatusOf({.path = kV4 + fits}), 200);
  EXPECT_EQ(StatusOf({.path = kV4 + fits + "b"}), 414);
  const std::string long_text(kMaxUriBytes + 1, 'q');
  EXPECT_EQ(StatusOf({.query = "v=4&" + long_text}), 431);
  EXPECT_EQ(Send({.header = {"x-source-tags", long_text}}).body, "header too large\n");
  EXPECT_EQ(StatusOf({.header = {"host", long_text}}), 431);
  // Others are not kept.
  EXPECT_EQ(StatusOf({.header = {"cookie", long_text}}), 200);
}

TEST_F(EdgeTest, OnlyNamespacesThatTheOperatorListsAreKnown) {
  const http::Router strict(MakeRoutes({*edge_.spool, *edge_.ledger, {"my-app"}, {}}), {});
  const auto status = [&](const std::string& path, const std::string& query) {
    http::Request request;
    request.method = "POST";
    request.segments = http::SplitPath(path).value();
    request.query = query;
    request.headers.push_back({"content-length", "1"});
    request.body = "x";
    return Ask(strict, std::move(request)).status;
  };
  EXPECT_EQ(status(kGlean, ""), 200);
  EXPECT_EQ(status("/submit/other-app/crash/1/" + kId, ""), 404);
  EXPECT_EQ(status(kV4, "v=4"), 200);
}

TEST_F(EdgeTest, OwnTroubleIsNeverTheClientsFault) {
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &limit), 0);
  const rlimit none{0, limit.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &none), 0);
  const int full = StatusOf({});
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(full, 507);
  std::filesystem::remove_all(edge_.folder.Path("pings"));
  EXPECT_EQ(StatusOf({}), 500);
  std::filesystem::create_directories(edge_.folder.Path("pings"));
  EXPECT_EQ(StatusOf({}), 200);  // The client tries again, and nothing is lost.
}

// What only bytes on a socket show.
class EdgeOnTheWire : public EdgeTest {
 protected:
  EdgeOnTheWire() {
    server_ = *http::Server::Create({.port = 0, .io_threads = 1, .handler_threads = 2}, router_);
    thread_ = std::thread([this] { server_->Run(); });
  }
  ~EdgeOnTheWire() override {
    server_->Stop();
    thread_.join();
  }

  std::string Ask(const std::string& bytes) {
    const os::FileDescriptor fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const timeval patience{5, 0};
    setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server_->port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_EQ(send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
    shutdown(fd.get(), SHUT_WR);
    std::string answer;
    char buffer[4096];
    for (ssize_t size = 0; (size = recv(fd.get(), buffer, sizeof(buffer), 0)) > 0;) {
      answer.append(buffer, static_cast<std::size_t>(size));
    }
    return answer;
  }

  std::unique_ptr<http::Server> server_;
  std::thread thread_;
};

TEST_F(EdgeOnTheWire, CodesAndTextsAreThoseOfMozillasEdge) {
  const std::string target = kV4 + "?v=4";
  const auto starts = [&](const std::string& request, std::string_view status) {
    const std::string answer = Ask(request);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + std::string(status))) << request << answer;
    return answer;
  };
  starts("POST " + target + " HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx", "200");
  // A client that says nothing of what it sends, or something wrong, as pingsender does.
  starts("PUT " + target +
             " HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
             "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
         "200");
  starts("POST " + target + " HTTP/1.1\r\nHost: x\r\n\r\n", "411");
  starts("POST /submit/telemetry/a b HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", "400");
  starts("DELETE " + target + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", "405");
  const std::string large =
      starts("POST " + target + " HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n", "413");
  EXPECT_TRUE(large.ends_with("\r\n\r\npayload too large\n"));
  EXPECT_EQ(Spooled().size(), 2u);
}

}  // namespace
}  // namespace cairn::pings
