#include "analysis/signature/name_cache.h"

#include <gtest/gtest.h>

#include <string>

namespace cairn::signature {
namespace {

// The second time that it comes a name is kept.
NameCache::Entry* Keep(NameCache& cache, std::string_view function, bool is_rust,
                       std::string_view normalized) {
  EXPECT_EQ(cache.Find(function, is_rust), nullptr);
  EXPECT_EQ(cache.Offer(function, is_rust, normalized), nullptr);
  EXPECT_EQ(cache.Find(function, is_rust), nullptr);
  return cache.Offer(function, is_rust, normalized);
}

TEST(NameCacheTest, KeepsWhatComesTwice) {
  NameCache cache;
  ASSERT_NE(Keep(cache, "int f(char)", false, "f"), nullptr);
  NameCache::Entry* const entry = cache.Find("int f(char)", false);
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->Normalized(), "f");
  EXPECT_FALSE(entry->has_tags);
  EXPECT_NE(entry->fill, 0u);
  EXPECT_EQ(cache.hits(), 1u);
  EXPECT_EQ(cache.misses(), 2u);
}

TEST(NameCacheTest, RustAndCppAreTwoNames) {
  NameCache cache;
  ASSERT_NE(Keep(cache, "f::h01", true, "f"), nullptr);
  EXPECT_EQ(cache.Find("f::h01", false), nullptr);
  EXPECT_NE(cache.Find("f::h01", true), nullptr);
}

TEST(NameCacheTest, LongNamesAreNotKept) {
  NameCache cache;
  EXPECT_EQ(Keep(cache, std::string(NameCache::kTextBytes, 'x'), false, "x"), nullptr);
  EXPECT_NE(Keep(cache, std::string(NameCache::kTextBytes - 1, 'x'), false, "x"), nullptr);
}

TEST(NameCacheTest, ManyNamesShareThePlacesAndNoneIsTakenForAnother) {
  NameCache cache;
  for (int round = 0; round < 4; ++round) {
    for (int i = 0; i < 20'000; ++i) {
      const std::string name = "function" + std::to_string(i);
      if (const NameCache::Entry* const entry = cache.Find(name, false)) {
        ASSERT_EQ(entry->Function(), name);
        ASSERT_EQ(entry->Normalized(), std::to_string(i));
      } else {
        cache.Offer(name, false, std::to_string(i));
      }
    }
  }
  EXPECT_GT(cache.hits(), 1000u);
}

TEST(NameCacheTest, ShortNamesAreKeptToo) {
  NameCache cache;
  for (const char* const name : {"", "f", "g", "abcdefg", "abcdefgh", "abcdefghi"}) {
    EXPECT_NE(Keep(cache, name, false, name), nullptr) << name;
    EXPECT_NE(cache.Find(name, false), nullptr) << name;
  }
}

}  // namespace
}  // namespace cairn::signature
