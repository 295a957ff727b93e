#include "analysis/similar/fast_score.h"

#include <gtest/gtest.h>

namespace cairn::similar {
namespace {

class FastScoreTest : public ::testing::Test {
 protected:
  Stack Make(std::initializer_list<std::string_view> frames) {
    return frames_.Intern(std::vector<std::string_view>(frames));
  }
  // A hundred stacks that end in run and main, so that these are common and all else is rare.
  void SetUp() override {
    for (int i = 0; i < 100; ++i) frames_.Count(Make({"f" + std::to_string(i), "run", "main"}));
  }
  Stack Make(const std::vector<std::string>& frames) {
    return frames_.Intern(std::vector<std::string_view>(frames.begin(), frames.end()));
  }
  void Count(std::initializer_list<std::string_view> frames) { frames_.Count(Make(frames)); }

  FrameDictionary frames_;
};

TEST_F(FastScoreTest, SameStackScoresOneAndStrangersNothing) {
  const Stack stack = Make({"f1", "g", "run", "main"});
  EXPECT_DOUBLE_EQ(ScoreOf(stack, stack, frames_), 1);
  EXPECT_LE(ScoreOf(stack, Make({"x", "y"}), frames_), -1);
  EXPECT_EQ(ScoreOf(stack, Make(std::initializer_list<std::string_view>{}), frames_), 0);
}

TEST_F(FastScoreTest, ScoreIsSymmetric) {
  const Stack first = Make({"f1", "a", "b", "run", "main"});
  const Stack second = Make({"f1", "b", "c", "c", "main"});
  EXPECT_DOUBLE_EQ(ScoreOf(first, second, frames_), ScoreOf(second, first, frames_));
}

TEST_F(FastScoreTest, RareFramesAndHighOnesCountMore) {
  const Stack stack = Make({"f1", "g", "run", "main"});
  EXPECT_GT(ScoreOf(stack, Make({"f1", "g", "x", "main"}), frames_),
            ScoreOf(stack, Make({"f1", "x", "run", "main"}), frames_))
      << "run is common, and lies deeper";
  EXPECT_GT(ScoreOf(stack, Make({"f1", "x", "run", "main"}), frames_),
            ScoreOf(stack, Make({"x", "y", "run", "main"}), frames_));
}

TEST_F(FastScoreTest, FramesThatMovedCountLess) {
  const Stack stack = Make({"f1", "g", "run", "main"});
  const double one_more = ScoreOf(stack, Make({"x", "f1", "g", "run", "main"}), frames_);
  const double five_more = ScoreOf(stack, Make({"x", "x", "x", "x", "x", "f1", "g", "run", "main"}), frames_);
  EXPECT_GT(one_more, five_more);
}

TEST_F(FastScoreTest, ExplanationNamesTheFramesThatMatch) {
  const Stack first = Make({"f1", "a", "g", "g", "main"});
  const Stack second = Make({"g", "f1", "b", "main"});
  const FastScore explained = Explain(first, second, frames_);
  EXPECT_DOUBLE_EQ(explained.score, ScoreOf(first, second, frames_));
  ASSERT_EQ(explained.aligned.size(), 3u);
  EXPECT_EQ(frames_.NameOf(explained.aligned[0].frame), "f1");
  EXPECT_EQ(explained.aligned[0].place_in_first, 0u);
  EXPECT_EQ(explained.aligned[0].place_in_second, 1u);
  EXPECT_EQ(frames_.NameOf(explained.aligned[1].frame), "g");
  EXPECT_EQ(explained.aligned[1].place_in_first, 2u) << "the first g with the first";
  EXPECT_EQ(frames_.NameOf(explained.aligned[2].frame), "main");
  EXPECT_GT(explained.aligned[0].share, explained.aligned[2].share);
}

TEST_F(FastScoreTest, StacksAreCutAndFramesNumberedOnce) {
  const std::size_t before = frames_.size();
  EXPECT_EQ(Make(std::vector<std::string>(100, "again")).size(), kMaxStackFrames);
  EXPECT_EQ(frames_.size(), before + 1);
  Count({"again", "again"});
  EXPECT_EQ(frames_.CountOf(Make({"again"})[0]), 1u) << "a stack counts once, however often it has a frame";
}

}  // namespace
}  // namespace cairn::similar
