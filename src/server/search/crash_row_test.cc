#include "server/search/crash_row.h"

#include <gtest/gtest.h>

namespace cairn::search {
namespace {

TEST(ServerSearchCrashRow, AClientIsANumberAndNobodyIsZero) {
  EXPECT_EQ(ClientToken(""), 0);
  EXPECT_NE(ClientToken("somebody"), 0);
  EXPECT_EQ(ClientToken("somebody"), ClientToken("somebody"));
  EXPECT_NE(ClientToken("somebody"), ClientToken("somebody else"));
}

}  // namespace
}  // namespace cairn::search
