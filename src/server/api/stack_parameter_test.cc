#include "server/api/stack_parameter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cairn::api {
namespace {

using search::FrameOperator;
using search::FramePart;
using search::FrameTest;
using search::StackStep;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<StackStep> StepsOf(std::string_view text) {
  auto parsed = ParseStackText(text);
  const auto* const problem = std::get_if<std::string>(&parsed);
  EXPECT_EQ(problem, nullptr) << text << ": " << (problem == nullptr ? "" : *problem);
  return problem == nullptr ? std::get<std::vector<StackStep>>(std::move(parsed)) : std::vector<StackStep>();
}

std::string ProblemOf(std::string_view text) {
  auto parsed = ParseStackText(text);
  const auto* const problem = std::get_if<std::string>(&parsed);
  return problem == nullptr ? "none" : *problem;
}

FrameTest Function(FrameOperator op, std::string text) {
  return {FramePart::kFunction, op, std::move(text), 0};
}

TEST(ServerApiStackParameter, ANameIsTheWholeFunction) {
  EXPECT_THAT(StepsOf("main"), ElementsAre(StackStep{{Function(FrameOperator::kEquals, "main")}, 0}));
  EXPECT_EQ(StepsOf("main"), StepsOf("\"main\""));
  EXPECT_EQ(StepsOf("main"), StepsOf(" function:main "));
  EXPECT_THAT(StepsOf("\"a \\\"b\\\" \\\\c\""),
              ElementsAre(StackStep{{Function(FrameOperator::kEquals, "a \"b\" \\c")}, 0}));
}

TEST(ServerApiStackParameter, SignsBeforeANameSayHowItIsCompared) {
  EXPECT_THAT(StepsOf("~\"part of\""),
              ElementsAre(StackStep{{Function(FrameOperator::kContains, "part of")}, 0}));
  EXPECT_THAT(StepsOf("@\"f[0-9]+\""),
              ElementsAre(StackStep{{Function(FrameOperator::kRegex, "f[0-9]+")}, 0}));
  EXPECT_THAT(StepsOf("ns::*Class?(int)"),
              ElementsAre(StackStep{{Function(FrameOperator::kRegex, "(?s)ns::.*Class.\\(int\\)")}, 0}));
}

TEST(ServerApiStackParameter, AFrameMayHaveSeveralConditions) {
  EXPECT_THAT(StepsOf("f module:xul.dll file:~\".cpp\" inline:g"),
              ElementsAre(StackStep{{Function(FrameOperator::kEquals, "f"),
                                     {FramePart::kModule, FrameOperator::kEquals, "xul.dll", 0},
                                     {FramePart::kFile, FrameOperator::kContains, ".cpp", 0},
                                     {FramePart::kInlined, FrameOperator::kEquals, "g", 0}},
                                    0}));
  EXPECT_THAT(StepsOf("at:\"libc++.so+0x1F\""),
              ElementsAre(StackStep{{{FramePart::kModule, FrameOperator::kEquals, "libc++.so", 0},
                                     {FramePart::kOffset, FrameOperator::kEquals, "", 0x1f}},
                                    0}));
}

TEST(ServerApiStackParameter, FramesFollowEachOtherDirectlyOrWithAGap) {
  const auto step = [](const char* name, std::optional<std::uint32_t> gap_max) {
    return StackStep{{Function(FrameOperator::kEquals, name)}, gap_max};
  };
  EXPECT_THAT(StepsOf("a > b > ... > c > \xe2\x80\xa6 > d > ...3 > e"),
              ElementsAre(step("a", 0), step("b", 0), step("c", std::nullopt), step("d", std::nullopt),
                          step("e", 3)));
  EXPECT_THAT(StepsOf("operator> > a"), ElementsAre(step("operator>", 0), step("a", 0)));
}

TEST(ServerApiStackParameter, APhraseNeedsNoQuotes) {
  EXPECT_THAT(StepsOf("~std::vector<int, A>::push"),
              ElementsAre(StackStep{{Function(FrameOperator::kContains, "std::vector<int, A>::push")}, 0}));
  EXPECT_EQ(StepsOf("~a > b").size(), 2U);
  EXPECT_EQ(StepsOf("~a module:b").at(0).tests.size(), 2U);
}

TEST(ServerApiStackParameter, WhatIsWrongIsSaidInWords) {
  EXPECT_THAT(ProblemOf(""), HasSubstr("a frame is missing"));
  EXPECT_THAT(ProblemOf("a >"), HasSubstr("a frame is missing"));
  EXPECT_THAT(ProblemOf("> a"), HasSubstr("a frame is missing"));
  EXPECT_THAT(ProblemOf("a > ... b"), HasSubstr("a gap stands between two"));
  EXPECT_THAT(ProblemOf("\"a"), HasSubstr("quote is not closed"));
  EXPECT_THAT(ProblemOf("module:"), HasSubstr("name is empty"));
  EXPECT_THAT(ProblemOf("~"), HasSubstr("name is empty"));
  for (const char* const place :
       {"at:xul.dll", "at:+0x1", "at:a+0x", "at:a+0x12345678123456781", "at:a+12"}) {
    EXPECT_THAT(ProblemOf(place), HasSubstr("hexadecimal offset")) << place;
  }
  std::string many = "a";
  for (int i = 0; i < 20; ++i) many += " > a";
  EXPECT_THAT(ProblemOf(many), HasSubstr("more than 16 frames"));
  EXPECT_THAT(ProblemOf("a a a a a a a a a a a a a a a a a a"), HasSubstr("too many conditions"));
}

}  // namespace
}  // namespace cairn::api
