#include "formats/json_schema/pattern.h"

#include <gtest/gtest.h>

namespace cairn::json_schema {
namespace {

TEST(PatternTest, IsFoundAnywhereUnlessItIsAnchored) {
  const auto pattern = Pattern::Compile("b+");
  ASSERT_TRUE(pattern);
  EXPECT_TRUE(pattern->FoundIn("abbc"));
  EXPECT_FALSE(pattern->FoundIn("ac"));
  const auto anchored = Pattern::Compile("^[0-9]{2,3}\\.$");
  EXPECT_TRUE(anchored->FoundIn("99."));
  EXPECT_FALSE(anchored->FoundIn("99.\n"));
}

TEST(PatternTest, MayForbidABeginning) {
  const auto pattern = Pattern::Compile("^((?!data)([a-z]*):(.*))$");
  ASSERT_TRUE(pattern);
  EXPECT_TRUE(pattern->FoundIn("https://example.org/data"));
  EXPECT_FALSE(pattern->FoundIn("data:text/plain,x"));
  EXPECT_FALSE(pattern->FoundIn("no colon"));
}

TEST(PatternTest, WhatCannotRunInLinearTimeIsRefused) {
  EXPECT_FALSE(Pattern::Compile("(a)\\1"));
  EXPECT_FALSE(Pattern::Compile("a(?!b)"));
  EXPECT_FALSE(Pattern::Compile("^(?!a|b)c"));
  EXPECT_FALSE(Pattern::Compile("^(?!a(b))c"));
  EXPECT_FALSE(Pattern::Compile("("));
}

}  // namespace
}  // namespace cairn::json_schema
