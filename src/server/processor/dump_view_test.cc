#include "server/processor/dump_view.h"

#include <gtest/gtest.h>

namespace cairn::processor {
namespace {

TEST(DumpViewTest, WhatIsAbsentOrOfAnotherTypeIsNothing) {
  const DumpView dump(R"({"a":{"b":"text","n":7,"null":null},"list":[{"k":"v","t":true}]})");
  EXPECT_EQ(dump.Text("/a/b"), "text");
  EXPECT_EQ(dump.Text("/a/n"), "");
  EXPECT_EQ(dump.Number("/a/n"), 7u);
  EXPECT_EQ(dump.Number("/a/b"), std::nullopt);
  EXPECT_EQ(dump.Json("/a/null"), "");
  EXPECT_EQ(dump.Json("/list"), R"([{"k":"v","t":true}])");
  EXPECT_EQ(dump.Array("/a").size(), 0u);
  ASSERT_EQ(dump.Array("/list").size(), 1u);
  EXPECT_EQ(TextAt(dump.Array("/list").at(0), "k"), "v");
  EXPECT_TRUE(TrueAt(dump.Array("/list").at(0), "t"));
  for (const char* const bad : {"", "[]", "{"}) {
    EXPECT_EQ(DumpView(bad).Text("/a"), "");
    EXPECT_EQ(DumpView(bad).Array("/list").size(), 0u);
  }
}

}  // namespace
}  // namespace cairn::processor
