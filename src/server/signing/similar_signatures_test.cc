#include "server/signing/similar_signatures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/signing/signing_for_test.h"

namespace cairn::signing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ServerSigningSimilar : public SigningTest {
 protected:
  // A crash of this stack, in a build of its own.
  void Crash(const std::vector<std::string>& functions) {
    const std::uint64_t number = ++crashes_;
    search::CrashRow row = search::TestRow(number);
    search::ChangeStack(row, [&](std::vector<search::StackFrame>& frames) {
      frames.clear();
      for (const std::string& function : functions) {
        frames.push_back({.module = "app",
                          .debug_id = "B" + std::to_string(number),
                          .module_offset = frames.size() + 1,
                          .names = {{function, "a.cc", 1}}});
      }
    });
    ASSERT_TRUE(signing_->Add(std::vector<search::CrashRow>{row}));
  }
  SimilarSignatures Find(const std::string& signature, std::size_t count = 10) {
    const auto found = FindSimilar(*index_, signing_->rules(), {.signature = signature}, count);
    EXPECT_TRUE(found) << (found ? "" : base::Describe(found.error()));
    return found ? *found : SimilarSignatures{};
  }

  std::uint64_t crashes_ = 0;
};

TEST_F(ServerSigningSimilar, TheNearestComeFirstWithTheFramesThatMatched) {
  Crash({"Parse", "ReadTable", "LoadFont", "FindFont", "MakeFont", "DrawText", "Loop", "Start"});
  Crash({"ParseFast", "ReadTable", "LoadFont", "FindFont", "MakeFont", "DrawText", "Loop", "Start"});
  Crash({"Elsewhere", "ReadTable", "LoadFont", "FindFont", "MakeFont", "Print", "Loop", "Start"});
  Crash({"Nothing", "InCommon"});
  for (int i = 0; i < 8; ++i) Crash({"Other" + std::to_string(i), "Loop", "Start"});
  const SimilarSignatures similar = Find("Parse");
  EXPECT_TRUE(similar.is_known);
  ASSERT_GE(similar.found.size(), 2U);
  EXPECT_EQ(similar.found[0].signature, "ParseFast");
  EXPECT_THAT(similar.found[0].frames,
              ElementsAre("ReadTable", "LoadFont", "FindFont", "MakeFont", "DrawText", "Loop", "Start"));
  EXPECT_EQ(similar.found[1].signature, "Elsewhere");
  EXPECT_GT(similar.found[0].score, similar.found[1].score);
  for (const SimilarSignature& found : similar.found) EXPECT_NE(found.signature, "Nothing");
  EXPECT_EQ(Find("Parse", 1).found.size(), 1U);
}

TEST_F(ServerSigningSimilar, WhatNobodyHasIsLikeNothing) {
  Crash({"Alone", "Start"});
  EXPECT_FALSE(Find("Never").is_known);
  EXPECT_TRUE(Find("Alone").is_known);
  EXPECT_THAT(Find("Alone").found, IsEmpty());
}

}  // namespace
}  // namespace cairn::signing
