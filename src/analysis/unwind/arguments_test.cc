#include "analysis/unwind/arguments.h"

#include <gtest/gtest.h>

#include <string>

#include "testing/stack_builder.h"

namespace cairn::unwind {
namespace {

using Types = std::vector<std::string_view>;

constexpr std::uint64_t kStack = 0x1000;

TEST(ParameterTypes, ListIsDividedAtItsOwnCommas) {
  EXPECT_EQ(ParameterTypes("f(int, char const*)"), (Types{"int", "char const*"}));
  EXPECT_EQ(ParameterTypes("f(std::map<int, char>, void (*)(int, int), T (&)[2])"),
            (Types{"std::map<int, char>", "void (*)(int, int)", "T (&)[2]"}));
  EXPECT_EQ(ParameterTypes("A::operator()(long) const"), (Types{"long"}));
  EXPECT_EQ(ParameterTypes("printf(char const*, ...)"), (Types{"char const*"}));
}

TEST(ParameterTypes, NamesWithoutAListHaveNone) {
  for (const std::string_view name : {"main", "f()", "f(void)", "", ")", "f)", "f(", "f(((,"}) {
    EXPECT_TRUE(ParameterTypes(name).empty()) << name;
  }
  EXPECT_EQ(ParameterTypes("f(>>>,,int)"), (Types{">>>", "int"})) << "unbalanced brackets do no harm";
  EXPECT_EQ(ParameterTypes("f(" + std::string(5000, ',') + ")").size(), 0u);
}

TEST(ParameterTypes, ThereIsAnEndToThem) {
  std::string name = "f(int";
  for (int i = 0; i < 1000; ++i) name += ", int";
  EXPECT_EQ(ParameterTypes(name + ")").size(), 64u);
}

class GuessArgumentsTest : public ::testing::Test {
 protected:
  // A frame of `function` at whose return lie the words 0x11, 0x22, 0x33 and 0x44. "type=value;" of each.
  std::string Guess(model::Os os, std::string function, model::Trust trust = model::Trust::kFramePointer) {
    testing::StackBuilder builder(kStack, std::endian::little, 4);
    const auto memory = builder.Word(0x401000).Word(0x11).Word(0x22).Word(0x33).Word(0x44).Build();
    std::vector<model::Frame> frames(2);
    frames[0].location.function = std::move(function);
    frames[0].trust = trust;
    frames[0].registers.Set(model::kEcx, 0xecc);
    frames[1].location.function = "outermost(int)";
    frames[1].registers.Set(model::kEsp, kStack + 4);
    GuessArguments(os, StackMemory({{memory.address}, memory.bytes}, 4), frames);
    EXPECT_TRUE(frames[1].arguments.empty()) << "where they lie is known from the caller";
    std::string text;
    for (const model::Argument& argument : frames[0].arguments) {
      text += argument.type + "=" + (argument.value ? std::to_string(*argument.value) : "?") + ";";
    }
    return text;
  }
};

TEST_F(GuessArgumentsTest, WordsAboveTheReturnAddressAreTheArguments) {
  EXPECT_EQ(Guess(model::Os::kWindows, "f(int, char*)"), "int=17;char*=34;");
  EXPECT_EQ(Guess(model::Os::kWindows, "f"), "");
  EXPECT_EQ(Guess(model::Os::kWindows, "f()"), "");
}

TEST_F(GuessArgumentsTest, MethodsHaveTheirObjectToo) {
  EXPECT_EQ(Guess(model::Os::kWindows, "A::f(int)", model::Trust::kContext), "this=3788;int=17;");
  EXPECT_EQ(Guess(model::Os::kWindows, "A::f(int)"), "this=?;int=17;");
  EXPECT_EQ(Guess(model::Os::kLinux, "A::f(int)"), "this=17;int=34;");
  EXPECT_EQ(Guess(model::Os::kLinux, "A::f()"), "this=17;");
  EXPECT_EQ(Guess(model::Os::kWindows, "static A::f(int)"), "int=17;");
  EXPECT_EQ(Guess(model::Os::kWindows, "f(A::B)"), "A::B=17;") << "the name is f";
}

TEST_F(GuessArgumentsTest, WideValuesTakeTwoWords) {
  const std::uint64_t wide = 0x22ull << 32 | 0x11;
  EXPECT_EQ(Guess(model::Os::kWindows, "f(double, int)"), "double=" + std::to_string(wide) + ";int=51;");
}

TEST_F(GuessArgumentsTest, WordsThatTheDumpLacksAreUnknown) {
  EXPECT_EQ(Guess(model::Os::kWindows, "f(int, int, int, int, int)"), "int=17;int=34;int=51;int=68;int=?;");
}

}  // namespace
}  // namespace cairn::unwind
