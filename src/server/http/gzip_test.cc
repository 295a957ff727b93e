#include "server/http/gzip.h"

#include <gtest/gtest.h>

#include "base/byte_reader.h"
#include "server/http/limits.h"
#include "testing/gzip.h"

namespace cairn::http {
namespace {

using testing::Gzip;

TEST(InflateGzip, GivesWhatWasPacked) {
  const auto bytes = InflateGzip(Gzip("one") + Gzip("two"), 100);
  ASSERT_TRUE(bytes);
  EXPECT_EQ(base::AsText(*bytes), "onetwo");
}

TEST(InflateGzip, PlainBytesAreRefused) { EXPECT_FALSE(InflateGzip("this is not gzip at all", 100)); }

TEST(InflateGzip, SizeLimitHoldsToTheByte) {
  const std::string whole = Gzip(std::string(1000, 'x'));
  EXPECT_TRUE(InflateGzip(whole, 1000));
  const auto over = InflateGzip(whole, 999);
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, base::Code::kLimitExceeded);
}

// A stack of zeros in a small dump is no bomb; much more of them is.
TEST(InflateGzip, TheRatioCountsBehindTheFloor) {
  EXPECT_TRUE(InflateGzip(Gzip(std::string(kInflateRatioFloorBytes, '\0')), kMaxInflatedReportBytes));
  const auto bomb = InflateGzip(Gzip(std::string(50 << 20, '\0')), kMaxInflatedReportBytes);
  ASSERT_FALSE(bomb);
  EXPECT_EQ(bomb.error().code, base::Code::kLimitExceeded);
}

TEST(GzipReaderTest, BytesOneByOneGiveTheSame) {
  const std::string text(700'000, 'r');
  const std::string compressed = Gzip(text) + Gzip("second member");
  GzipReader reader(1 << 20);
  std::string inflated;
  for (const char c : compressed) {
    ASSERT_TRUE(reader.Feed(std::string_view(&c, 1), [&](std::string_view piece) {
      inflated += piece;
      return base::Status();
    }));
  }
  EXPECT_TRUE(reader.Finish());
  EXPECT_EQ(inflated, text + "second member");
}

TEST(GzipReaderTest, WhoeverTakesCanEndIt) {
  GzipReader reader(1 << 20);
  const base::Status fed = reader.Feed(Gzip("text"), [](std::string_view) {
    return base::Status(base::Error{base::Code::kRefused, 0, "test"});
  });
  ASSERT_FALSE(fed);
  EXPECT_EQ(fed.error().code, base::Code::kRefused);
}

}  // namespace
}  // namespace cairn::http
