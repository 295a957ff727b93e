#include "symbols/absence_cache.h"

#include <gtest/gtest.h>

namespace cairn::symbols {
namespace {

using base::Code;
using base::Error;

TEST(AbsenceCache, BelievesEachReasonForItsTime) {
  AbsenceCache cache;
  cache.Remember("missing", Error{Code::kNotFound, 0, "x"}, 1000);
  cache.Remember("malformed", Error{Code::kBadMagic, 7, "y"}, 1000);
  EXPECT_EQ(cache.Find("missing", 1000), (Error{Code::kNotFound, 0, "x"}));
  EXPECT_TRUE(cache.Find("missing", 5999).has_value());
  EXPECT_FALSE(cache.Find("missing", 6000).has_value());
  EXPECT_EQ(cache.Find("malformed", 6000), (Error{Code::kBadMagic, 7, "y"}));
  EXPECT_FALSE(cache.Find("other", 1000).has_value());
}

TEST(AbsenceCache, NeverTakesAFailedAttemptForAnAnswer) {
  AbsenceCache cache;
  for (const Code code : {Code::kIo, Code::kTimeout, Code::kRefused, Code::kUnreachable}) {
    cache.Remember("file", Error{code, 5, "x"}, 0);
    EXPECT_FALSE(cache.Find("file", 0).has_value());
  }
}

TEST(AbsenceCache, HasABound) {
  AbsenceCache cache;
  for (std::size_t i = 0; i <= AbsenceCache::kMaxEntries; ++i) {
    cache.Remember(std::to_string(i), Error{Code::kNotFound, 0, "x"}, 0);
  }
  EXPECT_TRUE(cache.Find(std::to_string(AbsenceCache::kMaxEntries), 0).has_value());
  EXPECT_FALSE(cache.Find("0", 0).has_value()) << "making room forgets";
}

}  // namespace
}  // namespace cairn::symbols
