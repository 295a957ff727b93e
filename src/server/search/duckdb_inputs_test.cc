#include "server/search/duckdb_inputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cairn::search {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// What a reader gives is the contract's: crash_index_inputs_test.cc.
TEST(ServerSearchDuckDbInputs, ListsOfNumbersAreReadFromText) {
  EXPECT_THAT(SplitNumbers(""), IsEmpty());
  EXPECT_THAT(SplitNumbers("7"), ElementsAre(7));
  EXPECT_THAT(SplitNumbers("-9223372036854775808 0 12"), ElementsAre(INT64_MIN, 0, 12));
  EXPECT_THAT(SplitNumbers("1 x 2"), ElementsAre(1));
}

}  // namespace
}  // namespace cairn::search
