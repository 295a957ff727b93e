#include "apps/replay_load.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "apps/replay_summary.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::apps {
namespace {

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

// Takes connections on loopback one after the other, and answers request after request with what `answer`
// says to its number; an empty answer hangs up.
class NumberedServer {
 public:
  explicit NumberedServer(std::function<std::string(int)> answer)
      : answer_(std::move(answer)), listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const generic = static_cast<sockaddr*>(static_cast<void*>(&address));
    EXPECT_EQ(bind(listener_, generic, size), 0);
    EXPECT_EQ(listen(listener_, 16), 0);
    getsockname(listener_, generic, &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Serve(); });
  }
  ~NumberedServer() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }
  std::uint16_t port() const { return port_; }
  // The first lines of all requests. Only once the load is over.
  const std::vector<std::string>& lines() const { return lines_; }

 private:
  void Serve() {
    for (int connection = accept(listener_, nullptr, nullptr); connection >= 0;
         connection = accept(listener_, nullptr, nullptr)) {
      while (Answer(connection)) {
      }
      close(connection);
    }
  }
  bool Answer(int connection) {
    std::string received;
    for (;;) {
      const std::size_t head = received.find("\r\n\r\n");
      const std::size_t label = received.find("Content-Length: ");
      if (head != std::string::npos && received.size() >= head + 4 + std::stoul(received.substr(label + 16)))
        break;
      char buffer[65536];
      const ssize_t bytes = recv(connection, buffer, sizeof(buffer), 0);
      if (bytes <= 0) return false;
      received.append(buffer, static_cast<std::size_t>(bytes));
    }
    lines_.push_back(received.substr(0, received.find("\r\n")));
    const std::string answer = answer_(number_++);
    if (answer.empty()) return false;
    return send(connection, answer.data(), answer.size(), MSG_NOSIGNAL) > 0;
  }

  std::function<std::string(int)> answer_;
  int listener_;
  std::uint16_t port_ = 0;
  int number_ = 0;
  std::vector<std::string> lines_;
  std::thread thread_;
};

class ReplayLoadTest : public testing::Test {
 protected:
  LoadResult Run(const NumberedServer& server, LoadOptions options) {
    options.port = server.port();
    options.seed = 11;
    options.connections = 1;
    options.duplicates = 0;
    base::Result<LedgerFile> ledger = LedgerFile::Open(folder_.Path("ledger"));
    EXPECT_TRUE(ledger);
    base::Result<LoadResult> result = RunLoad(options, population_, &*ledger);
    EXPECT_TRUE(result);
    return *std::move(result);
  }
  std::vector<LedgerEntry> Ledger() const { return *ReadLedgerFile(folder_.Path("ledger")); }
  static const KindResult& Pings(const LoadResult& result) { return result.kinds[0]; }

  store::TemporaryFolder folder_;
  const ReplayPopulation population_{
      {.seed = 1, .stacks = 5, .dumps = 2, .ping_modules = MadeUpModules(), .now_ms = 1'795'348'800'000}};
};

TEST_F(ReplayLoadTest, EachAcknowledgedPingIsInTheLedgerOnce) {
  const NumberedServer server([](int) { return kOk; });
  const LoadResult result = Run(server, {.pings = {.total = 50}});
  EXPECT_EQ(Pings(result).acknowledged, 50U);
  EXPECT_EQ(Pings(result).latencies_us.size(), 50U);
  EXPECT_EQ(result.connects, 1U);
  const std::vector<LedgerEntry> ledger = Ledger();
  ASSERT_EQ(ledger.size(), 50U);
  std::vector<std::string> lines = server.lines();
  for (const LedgerEntry& entry : ledger) {
    EXPECT_EQ(std::ranges::count_if(
                  lines, [&](const std::string& line) { return line.find(entry.key) != std::string::npos; }),
              1);
  }
}

TEST_F(ReplayLoadTest, What503RefusesIsSentAgainWithTheSameId) {
  const NumberedServer server(
      [](int number) { return number == 0 ? "HTTP/1.1 503 Later\r\nContent-Length: 1\r\n\r\nx" : kOk; });
  const LoadResult result = Run(server, {.pings = {.total = 1}, .retry_ms = 20});
  EXPECT_EQ(Pings(result).retries, 1U);
  EXPECT_EQ(Pings(result).acknowledged, 1U);
  ASSERT_EQ(server.lines().size(), 2U);
  EXPECT_EQ(server.lines()[0], server.lines()[1]);
  EXPECT_EQ(Ledger().size(), 1U);
}

TEST_F(ReplayLoadTest, WhatGotNoAnswerIsSentAgainOverANewConnection) {
  const NumberedServer server([](int number) { return number == 1 ? "" : kOk; });
  const LoadResult result = Run(server, {.pings = {.total = 3}, .retry_ms = 20});
  EXPECT_EQ(Pings(result).acknowledged, 3U);
  EXPECT_EQ(Pings(result).statuses.at(0), 1U);
  EXPECT_EQ(result.connects, 2U);
}

TEST_F(ReplayLoadTest, A4xxIsFinalAndNotInTheLedger) {
  const NumberedServer server([](int) { return "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"; });
  const LoadResult result = Run(server, {.pings = {.total = 2}});
  EXPECT_EQ(Pings(result).refused, 2U);
  EXPECT_EQ(Pings(result).retries, 0U);
  EXPECT_TRUE(Ledger().empty());
}

TEST_F(ReplayLoadTest, WhatIsNeverAnsweredIsNotedAsUnknown) {
  const NumberedServer server([](int) { return "HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n"; });
  const LoadResult result = Run(server, {.pings = {.total = 1}, .retry_ms = 10, .patience_ms = 50});
  EXPECT_EQ(Pings(result).unknown, 1U);
  ASSERT_EQ(Ledger().size(), 1U);
  EXPECT_TRUE(Ledger()[0].IsUnknown());
}

// One connection, 100 pings a second, and the first answer comes after 300 ms: those behind it wait as well,
// and that is seen.
TEST_F(ReplayLoadTest, LatencyCountsFromThePlannedMoment) {
  const NumberedServer server([](int number) {
    if (number == 0) std::this_thread::sleep_for(std::chrono::milliseconds(300));
    return kOk;
  });
  LoadResult result = Run(server, {.pings = {.per_second = 100, .total = 20}});
  std::vector<std::uint32_t> latencies = Pings(result).latencies_us;
  ASSERT_EQ(latencies.size(), 20U);
  std::ranges::sort(latencies);
  EXPECT_GE(PercentileOf(latencies, 1), 300'000U);
  EXPECT_GE(PercentileOf(latencies, 0.5), 150'000U);
  EXPECT_NEAR(result.planned_seconds, 0.19, 0.01);
}

TEST_F(ReplayLoadTest, AReportsAnswerIsNotedWithItsId) {
  const std::string id = "5b2e0000-0000-4000-8000-000000261122";
  const NumberedServer server([&](int number) {
    return number == 0 ? "HTTP/1.1 200 OK\r\nContent-Length: 48\r\n\r\nCrashID=bp-" + id + "\n"
                       : std::string("HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\nDiscarded=rule_x");
  });
  const LoadResult result = Run(server, {.reports = {.total = 2}});
  EXPECT_EQ(result.kinds[static_cast<std::size_t>(ShotKind::kReport)].discarded, 1U);
  ASSERT_EQ(Ledger().size(), 2U);
  EXPECT_EQ(Ledger()[0].answer, id);
  EXPECT_EQ(Ledger()[1].answer, kAnswerDiscarded);
}

TEST(ReadAnswerTest, WaitsForTheWholeAnswer) {
  const std::string whole = "HTTP/1.1 200 OK\r\nServer: x\r\ncontent-length: 3\r\n\r\nabc";
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const auto answer = ReadAnswer(std::string_view(whole).substr(0, length));
    ASSERT_TRUE(answer);
    EXPECT_FALSE(*answer) << length;
  }
  const auto answer = ReadAnswer(whole + "more");
  ASSERT_TRUE(answer && *answer);
  EXPECT_EQ((*answer)->status, 200);
  EXPECT_EQ((*answer)->body, "abc");
  EXPECT_EQ((*answer)->bytes, whole.size());
  EXPECT_TRUE((*answer)->keeps_alive);
  EXPECT_FALSE(
      (*ReadAnswer("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"))->keeps_alive);
}

TEST(ReadAnswerTest, WhatHasNoLengthIsNoAnswer) {
  EXPECT_FALSE(ReadAnswer("HTTP/1.1 200 OK\r\n\r\n"));
  EXPECT_FALSE(ReadAnswer("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"));
  EXPECT_FALSE(ReadAnswer("SMTP ready\r\n\r\n"));
}

}  // namespace
}  // namespace cairn::apps
