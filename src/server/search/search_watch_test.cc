#include "server/search/search_watch.h"

#include <gtest/gtest.h>

#include <memory>

#include "os/clock.h"
#include "server/search/duckdb_connection.h"

namespace cairn::search {
namespace {

class SearchWatchTest : public ::testing::Test {
 protected:
  // Some minutes' work.
  static constexpr const char* kEndless =
      "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range * b.range % 7 = 3";
  static constexpr std::int64_t kSoonMs = 5'000;

  DuckDatabase database_ = *DuckDatabase::Open("", {}, {});
  DuckConnection connection_ = *database_.Connect();
  SearchWatch watch_;
};

TEST_F(SearchWatchTest, AStatementIsInterruptedWhenItsTimeIsUp) {
  const std::int64_t start_ms = os::MonotonicMillis();
  const Deadline deadline{.at_ms = start_ms + 100, .limit_s = 7};
  {
    const SearchWatch::Guard guard(watch_, connection_.handle(), deadline);
    EXPECT_FALSE(connection_.Query(kEndless));
    EXPECT_TRUE(guard.has_interrupted());
    EXPECT_GE(os::MonotonicMillis() - start_ms, 100);
    // What begins after that is interrupted as well.
    EXPECT_FALSE(connection_.Query(kEndless));
  }
  EXPECT_LT(os::MonotonicMillis() - start_ms, kSoonMs);
  EXPECT_EQ(deadline.Trouble(), (base::Error{base::Code::kTimeout, 7, "search"}));
  EXPECT_TRUE(connection_.Query("SELECT 1")) << "nothing is left of it";
}

TEST_F(SearchWatchTest, AStatementIsInterruptedWhenNobodyWaitsForIt) {
  const std::int64_t start_ms = os::MonotonicMillis();
  const auto gone = std::make_shared<std::atomic<bool>>(false);
  const Deadline deadline{.abandoned = gone};
  const SearchWatch::Guard guard(watch_, connection_.handle(), deadline);
  std::thread client([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    gone->store(true);
  });
  EXPECT_FALSE(connection_.Query(kEndless));
  client.join();
  EXPECT_TRUE(guard.has_interrupted());
  EXPECT_LT(os::MonotonicMillis() - start_ms, kSoonMs);
  EXPECT_EQ(deadline.Trouble().code, base::Code::kUnreachable);
}

TEST_F(SearchWatchTest, WhatIsInTimeIsLeftAlone) {
  const Deadline later{.at_ms = os::MonotonicMillis() + 60'000};
  const Deadline never;
  DuckConnection other = *database_.Connect();
  const Deadline now{.at_ms = os::MonotonicMillis()};
  const SearchWatch::Guard of_later(watch_, connection_.handle(), later);
  const SearchWatch::Guard of_never(watch_, connection_.handle(), never);
  {
    const SearchWatch::Guard of_now(watch_, other.handle(), now);
    EXPECT_FALSE(other.Query(kEndless));
  }
  EXPECT_TRUE(connection_.Query("SELECT count(*) FROM range(1000)"));
  EXPECT_FALSE(of_later.has_interrupted());
  EXPECT_FALSE(of_never.has_interrupted());
}

TEST_F(SearchWatchTest, AQuestionThatTookTooLongIsAnsweredWithItsTrouble) {
  const auto ask = [&](const Deadline& deadline, const char* sql) {
    return InTime<int>(watch_, deadline, connection_, [&]() -> base::Result<int> {
      RETURN_IF_ERROR(connection_.Query(sql));
      return 1;
    });
  };
  const Deadline soon{.at_ms = os::MonotonicMillis() + 100, .limit_s = 7};
  EXPECT_EQ(ask(soon, kEndless).error(), soon.Trouble());
  EXPECT_EQ(ask({}, "SELECT nonsense").error().code, base::Code::kIo) << "its own error stays";
  EXPECT_EQ(*ask({}, "SELECT 1"), 1);
}

}  // namespace
}  // namespace cairn::search
