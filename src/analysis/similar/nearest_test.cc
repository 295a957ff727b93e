#include "analysis/similar/nearest.h"

#include <gtest/gtest.h>

#include <string>

namespace cairn::similar {
namespace {

class NearestStacksTest : public ::testing::Test {
 protected:
  Stack Make(const std::vector<std::string>& frames) {
    return frames_.Intern(std::vector<std::string_view>(frames.begin(), frames.end()));
  }
  void Add(const std::vector<std::string>& frames) {
    Stack stack = Make(frames);
    frames_.Count(stack);
    stacks_.Add(std::move(stack));
  }

  FrameDictionary frames_;
  NearestStacks stacks_{frames_};
};

TEST_F(NearestStacksTest, BestComesFirstAndStrangersNot) {
  Add({"f", "g", "main"});
  Add({"x", "y", "main"});
  Add({"f", "h", "main"});
  const std::vector<NearStack> found = stacks_.Find(Make({"f", "g", "main"}), 10);
  ASSERT_GE(found.size(), 1u);
  EXPECT_EQ(found[0].stack, 0u);
  EXPECT_DOUBLE_EQ(found[0].score, 1);
  for (const NearStack& near : found) EXPECT_NE(near.stack, 1u);
}

TEST_F(NearestStacksTest, OfEqualOnesTheLatestComesFirst) {
  for (int i = 0; i < 3; ++i) Add({"f", "main"});
  Add({"z", "main"});
  const std::vector<NearStack> found = stacks_.Find(Make({"f", "main"}), 2);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].stack, 2u);
  EXPECT_EQ(found[1].stack, 1u);
}

TEST_F(NearestStacksTest, RareFrameFindsItsStackAmongManyThatShareTheRest) {
  Add({"rare", "run", "main"});
  for (int i = 0; i < 2000; ++i) Add({"other" + std::to_string(i), "run", "main"});
  const std::vector<NearStack> found = stacks_.Find(Make({"rare", "run", "main"}), 1);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].stack, 0u);
}

TEST_F(NearestStacksTest, NothingIsFoundOfNothing) {
  EXPECT_TRUE(stacks_.Find(Make({"f"}), 3).empty());
  Add({"f"});
  EXPECT_TRUE(stacks_.Find(Make({}), 3).empty());
  EXPECT_TRUE(stacks_.Find(Make({"never seen"}), 3).empty());
}

}  // namespace
}  // namespace cairn::similar
