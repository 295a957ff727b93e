#include "analysis/signature/lists.h"

#include <gtest/gtest.h>

namespace cairn::signature {
namespace {

TEST(SignatureListsTest, PatternsMatchAtTheStartOnly) {
  const SignatureLists lists =
      *SignatureLists::Create({.irrelevant = {"raise", "abort$"}, .prefix = {".*alloc"}});
  EXPECT_TRUE(lists.IsIrrelevant("raise"));
  EXPECT_TRUE(lists.IsIrrelevant("raise_error"));
  EXPECT_FALSE(lists.IsIrrelevant("my_raise"));
  EXPECT_FALSE(lists.IsIrrelevant("abort_all"));
  EXPECT_FALSE(lists.IsIrrelevant("Raise"));
  EXPECT_TRUE(lists.IsPrefix("my_allocator"));
  EXPECT_FALSE(lists.IsPrefix("raise"));
}

TEST(SignatureListsTest, SentinelsAreWholeFrames) {
  const SignatureLists lists = *SignatureLists::Create({.sentinels = {"b", "a.c"}});
  EXPECT_TRUE(lists.IsSentinel("b"));
  EXPECT_TRUE(lists.IsSentinel("a.c"));
  EXPECT_FALSE(lists.IsSentinel("abc"));
  EXPECT_FALSE(lists.IsSentinel("bb"));
}

TEST(SignatureListsTest, EmptyListsMatchNothing) {
  const SignatureLists lists = *SignatureLists::Create({.irrelevant = {"", "# a comment"}});
  EXPECT_FALSE(lists.IsIrrelevant("a"));
  EXPECT_FALSE(lists.IsIrrelevant(""));
  EXPECT_FALSE(lists.IsIrrelevant("\xff\x00"));
  EXPECT_FALSE(lists.IsPrefix("a"));
  EXPECT_FALSE(lists.IsSentinel(""));
  EXPECT_FALSE(lists.WantsLineNumber("a"));
}

TEST(SignatureListsTest, LiteralBracesAndBrokenTextAreTaken) {
  const SignatureLists lists = *SignatureLists::Create({.irrelevant = {"core::.*::{{closure}}"}});
  EXPECT_TRUE(lists.IsIrrelevant("core::\xff\xfe::{{closure}}"));
}

TEST(SignatureListsTest, BadPatternIsNamedByItsLine) {
  const auto lists = SignatureLists::Create({.irrelevant = {"fine"}, .prefix = {"# first", "fine", "(open"}});
  ASSERT_FALSE(lists.has_value());
  EXPECT_EQ(lists.error().code, base::Code::kBadValue);
  EXPECT_EQ(lists.error().offset, 2u);
  EXPECT_EQ(lists.error().what, "prefix list: a pattern");
}

}  // namespace
}  // namespace cairn::signature
