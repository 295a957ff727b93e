#include "server/store/text_finder.h"

#include <gtest/gtest.h>

namespace cairn::store {
namespace {

TEST(ServerStoreTextFinder, FindsEachTextWhereverItStands) {
  const std::vector<std::string> texts = {"89ba9d98-b041", "89ba9d98-c000", "another one", "short"};
  const TextFinder finder(texts);
  EXPECT_EQ(finder.longest(), 13U);
  for (const char* const bytes : {"89ba9d98-b041", "x89ba9d98-c000", "at the end another one"})
    EXPECT_TRUE(finder.IsIn(bytes)) << bytes;
  for (const char* const bytes : {"", "89ba9d98", "89ba9d98-b04", "another on", "short", "89ba9d98-d000"})
    EXPECT_FALSE(finder.IsIn(bytes)) << bytes;
  EXPECT_FALSE(TextFinder({}).IsIn("anything at all"));
}

}  // namespace
}  // namespace cairn::store
