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

}  // namespace
}  // namespace cairn::http
