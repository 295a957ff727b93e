#include "server/api/product_answers.h"

#include <gtest/gtest.h>

namespace cairn::api {
namespace {

constexpr std::int64_t kNowMs = 1'000'000;

TEST(ServerApiProductAnswers, AnAnswerIsOfItsQuestionAloneAndForAWhile) {
  ProductAnswers answers;
  EXPECT_EQ(answers.Find({"Fox", true, {}}, kNowMs), std::nullopt);
  answers.Note({"Fox", true, {}}, true, kNowMs);
  EXPECT_EQ(answers.Find({"Fox", true, {}}, kNowMs + ProductAnswers::kLifeMs - 1), true);
  EXPECT_EQ(answers.Find({"Fox", true, {}}, kNowMs + ProductAnswers::kLifeMs), std::nullopt);
  EXPECT_EQ(answers.Find({"Fox", true, {}}, kNowMs - 1), std::nullopt) << "the clock was set back";
  EXPECT_EQ(answers.Find({"Fox", false, {}}, kNowMs), std::nullopt);
  EXPECT_EQ(answers.Find({"Fox", true, {"Fox"}}, kNowMs), std::nullopt);
  EXPECT_EQ(answers.Find({"Ox", true, {}}, kNowMs), std::nullopt);
  EXPECT_EQ(answers.hits(), 1U);
  EXPECT_EQ(answers.misses(), 6U);
}

TEST(ServerApiProductAnswers, ThereAreSoManyAndNoneIsLong) {
  ProductAnswers answers;
  const ProductAnswers::Question fresh{"fresh", false, {}};
  for (std::size_t i = 1; i < ProductAnswers::kMaxAnswers; ++i)
    answers.Note({std::to_string(i), false, {}}, false, kNowMs);
  answers.Note(fresh, true, kNowMs + 1);
  answers.Note({"one more", false, {}}, false, kNowMs + ProductAnswers::kLifeMs);
  EXPECT_EQ(answers.Find(fresh, kNowMs + ProductAnswers::kLifeMs), true) << "only what was old went";
  for (std::size_t i = 0; i < ProductAnswers::kMaxAnswers; ++i)
    answers.Note({std::to_string(i), false, {}}, false, kNowMs + ProductAnswers::kLifeMs);
  EXPECT_EQ(answers.Find(fresh, kNowMs + ProductAnswers::kLifeMs), std::nullopt);
  const ProductAnswers::Question longest{std::string(ProductAnswers::kMaxQuestionBytes, 'x'), false, {"y"}};
  answers.Note(longest, true, kNowMs);
  EXPECT_EQ(answers.Find(longest, kNowMs), std::nullopt);
}

}  // namespace
}  // namespace cairn::api
