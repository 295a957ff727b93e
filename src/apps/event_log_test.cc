#include "apps/event_log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <optional>
#include <vector>

#include "os/clock.h"
#include "os/file.h"

namespace cairn::apps {
namespace {

class EventLogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    int ends[2];
    ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
    read_ = os::FileDescriptor(ends[0]);
    write_ = os::FileDescriptor(ends[1]);
  }

  // All that was written, once nobody writes any more.
  std::string ReadToEnd() {
    write_.Reset();
    const auto text = os::ReadAll(read_.get(), 64 << 20);
    return text ? *text : "";
  }

  static http::AccessRecord Request() { return {"GET", "/api/{name}", 200, 12, 345, 1'500}; }

  os::FileDescriptor read_;
  os::FileDescriptor write_;
};

TEST_F(EventLogTest, TextIsKeysAndValuesAndQuotesWhatIsNotPlain) {
  {
    EventLog log(write_.get(), LogFormat::kText);
    log.Write(LogLevel::kWarning, "rules",
              {{"file", "a b=\"c\"\n"}, {"count", std::int64_t{-3}}, {"empty", ""}});
    log.WriteRequest(Request());
  }
  const std::string text = ReadToEnd();
  EXPECT_EQ(text.substr(24, text.find('\n') - 24), R"( warning rules file="a b=\"c\"\n" count=-3 empty="")");
  EXPECT_NE(text.find("Z info request method=GET route=/api/{name} status=200 in_bytes=12 out_bytes=345 "
                      "seconds=0.0015\n"),
            std::string::npos)
      << text;
}

TEST_F(EventLogTest, JsonIsOneObjectALine) {
  {
    EventLog log(write_.get(), LogFormat::kJson);
    log.Write(LogLevel::kError, "pings_wait", {{"error", "a \"word\"\n"}});
    log.WriteRequest(Request());
  }
  const std::string text = ReadToEnd();
  EXPECT_NE(text.find(R"(Z","level":"error","event":"pings_wait","error":"a \"word\"\n"})"
                      "\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find(R"("event":"request","method":"GET","route":"/api/{name}","status":200,"in_bytes":12,)"
                      R"("out_bytes":345,"seconds":0.0015})"
                      "\n"),
            std::string::npos)
      << text;
}

TEST_F(EventLogTest, RequestsComeWithinAMomentWhileTheLogIsOpen) {
  EventLog log(write_.get(), LogFormat::kText);
  const std::int64_t started_ms = os::MonotonicMillis();
  log.WriteRequest(Request());
  char byte = 0;
  EXPECT_EQ(read(read_.get(), &byte, 1), 1);
  EXPECT_LT(os::MonotonicMillis() - started_ms, 20 * EventLog::kFlushMs);
}

TEST_F(EventLogTest, WhoLogsNeverWaitsForAReaderAndLearnsWhatWasLeftOut) {
  std::optional<EventLog> log;
  log.emplace(write_.get(), LogFormat::kText);
  // Far more than the pipe and the buffer hold, and nobody reads.
  constexpr int kLines = 200'000;
  for (int i = 0; i < kLines; ++i) log->WriteRequest(Request());
  EXPECT_GT(log->dropped_lines(), 0U);
  const std::uint64_t dropped = log->dropped_lines();
  std::string text;
  std::thread reader([&] {
    const auto all = os::ReadAll(read_.get(), 64 << 20);
    text = all ? *all : "";
  });
  log.reset();
  write_.Reset();
  reader.join();
  const auto lines = static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
  EXPECT_NE(text.find("log_lines_dropped lines="), std::string::npos);
  std::uint64_t requests = 0;
  for (std::size_t at = text.find(" request "); at != std::string::npos; at = text.find(" request ", at + 1))
    ++requests;
  EXPECT_EQ(requests + dropped, static_cast<std::uint64_t>(kLines)) << lines;
}

TEST(ParseLogFormatTest, KnowsTwoNames) {
  EXPECT_EQ(ParseLogFormat("text"), LogFormat::kText);
  EXPECT_EQ(ParseLogFormat("json"), LogFormat::kJson);
  EXPECT_FALSE(ParseLogFormat("JSON"));
}

}  // namespace
}  // namespace cairn::apps
