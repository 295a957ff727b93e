#include "formats/symfile/answer_table.h"

#include <string>

#include <gtest/gtest.h>

namespace cairn::symfile {
namespace {

TEST(AnswerTable, KeepsTheLastAnswersAndCounts) {
  AnswerTable<std::string> table;
  EXPECT_FALSE(table.Find(0)) << "an empty place is no answer for the address 0";
  table.Keep(0, "zero");
  EXPECT_EQ(table.Find(0), "zero");
  for (std::uint64_t address = 1; address < 10000; ++address) table.Keep(address, "other");
  EXPECT_FALSE(table.Find(0)) << "its place was taken over";
  EXPECT_EQ(table.Find(9999), "other");
  EXPECT_EQ(table.counts().hits, 2u);
  EXPECT_EQ(table.counts().misses, 2u);
}

}  // namespace
}  // namespace cairn::symfile
