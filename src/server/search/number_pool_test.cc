#include "server/search/number_pool.h"

#include <gtest/gtest.h>

namespace cairn::search {
namespace {

TEST(ServerSearchNumberPool, NumbersCountUpAndThoseThatAreFreeComeFirst) {
  NumberPool pool;
  EXPECT_EQ(pool.Peek(0), 0);
  EXPECT_EQ(pool.Peek(1), 1);
  pool.Take(2);
  EXPECT_EQ(pool.Peek(0), 2);

  pool.Reset({6, 1, 2});
  std::vector<std::int64_t> next;
  for (std::size_t i = 0; i < 6; ++i) next.push_back(pool.Peek(i));
  EXPECT_EQ(next, (std::vector<std::int64_t>{0, 3, 4, 5, 7, 8}));
  pool.Take(5);
  EXPECT_EQ(pool.Peek(0), 8);
}

}  // namespace
}  // namespace cairn::search
