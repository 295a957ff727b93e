#include "server/http/gzip.h"

#include <gtest/gtest.h>

#include "server/http/limits.h"
#include "testing/gzip.h"

namespace cairn::http {
namespace {

using testing::Gzip;

TEST(GzipTest, InflatesAllMembers) {
  const auto text = InflateGzip(Gzip("one") + Gzip("two"), 100);
  ASSERT_TRUE(text);
  EXPECT_EQ(*text, "onetwo");
}

TEST(GzipTest, CutShortIsTruncated) {
  const std::string whole = Gzip(std::string(1000, 'x'));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(InflateGzip(std::string_view(whole).substr(0, size), 10'000)) << size;
  }
}

TEST(GzipTest, PlainBytesAreRefused) { EXPECT_FALSE(InflateGzip("this is not gzip at all", 100)); }

TEST(GzipTest, SizeLimitHoldsToTheByte) {
  const std::string whole = Gzip(std::string(1000, 'x'));
  EXPECT_TRUE(InflateGzip(whole, 1000));
  const auto over = InflateGzip(whole, 999);
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, base::Code::kLimitExceeded);
}

TEST(GzipTest, BombStopsAtTheRatio) {
  const auto bomb = InflateGzip(Gzip(std::string(50 << 20, '\0')), 100 << 20);
  ASSERT_FALSE(bomb);
  EXPECT_EQ(bomb.error().code, base::Code::kLimitExceeded);
  EXPECT_EQ(bomb.error().what, "gzip: inflate ratio");
}

// A stack of zeros in a small dump is no bomb.
TEST(GzipTest, TheRatioCountsBehindTheFloor) {
  EXPECT_TRUE(InflateGzip(Gzip(std::string(kInflateRatioFloorBytes, '\0')), kMaxInflatedReportBytes));
}

// Both ways through InflateGzip say the same, whatever one byte of a body is changed to.
TEST(GzipTest, ASmallMemberAndTheReaderAgree) {
  const std::string whole = Gzip("the text of a ping, the text of a ping, and another");
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x15);
    GzipReader reader(1000);
    std::string text;
    const auto take = [&](std::string_view piece) {
      text += piece;
      return base::Status();
    };
    const std::string_view bytes = changed;
    const bool is_read = reader.Feed(bytes.substr(0, 1), take).has_value() &&
                         reader.Feed(bytes.substr(1), take).has_value() && reader.Finish().has_value();
    const auto inflated = InflateGzip(changed, 1000);
    EXPECT_EQ(inflated.has_value(), is_read) << at;
    if (inflated) {
      EXPECT_EQ(*inflated, text) << at;
    }
  }
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

TEST(GzipReaderTest, AMemberMayFollowOneThatCameWhole) {
  GzipReader reader(100);
  std::string inflated;
  const auto take = [&](std::string_view piece) {
    inflated += piece;
    return base::Status();
  };
  ASSERT_TRUE(reader.Feed(Gzip("one"), take));
  EXPECT_TRUE(reader.Finish());
  ASSERT_TRUE(reader.Feed(Gzip("two"), take));
  EXPECT_TRUE(reader.Finish());
  ASSERT_TRUE(reader.Feed(Gzip("three").substr(0, 20), take));
  EXPECT_FALSE(reader.Finish());
  EXPECT_EQ(inflated.substr(0, 6), "onetwo");
  GzipReader strict(5);
  EXPECT_TRUE(strict.Feed(Gzip("one"), take));
  EXPECT_FALSE(strict.Feed(Gzip("two"), take));
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
