#include "analysis/unwind/frame_program.h"

#include <gtest/gtest.h>

#include "testing/stack_builder.h"

namespace cairn::unwind {
namespace {

constexpr std::uint32_t kStack = 0x1000;

class FrameProgramTest : public ::testing::Test {
 protected:
  FrameProgramTest()
      : bytes_(testing::StackBuilder(kStack, std::endian::little, 4).Word(0xabcd).Word(7).Build()) {
    initial_.Set("$ebp", kStack);
    initial_.Set(".cbLocals", 4);
  }
  std::optional<ProgramVariables> Run(std::string_view program) {
    const StackMemory memory({{bytes_.address}, bytes_.bytes}, 4);
    return RunFrameProgram(program, initial_, memory);
  }
  // What the program gives $eip.
  std::optional<std::uint32_t> Eip(std::string_view program) {
    const std::optional<ProgramVariables> variables = Run(program);
    return variables ? variables->Get("$eip") : std::nullopt;
  }

  testing::MemorySpec bytes_;
  ProgramVariables initial_;
};

TEST_F(FrameProgramTest, AssignsReadsAndComputes) {
  const auto variables = Run("$T0 $ebp = $eip $T0 .cbLocals + ^ = $ebp $T0 ^ = $esp $T0 8 + =");
  ASSERT_TRUE(variables);
  EXPECT_EQ(variables->Get("$eip"), 7u);
  EXPECT_EQ(variables->Get("$ebp"), 0xabcdu);
  EXPECT_EQ(variables->Get("$esp"), kStack + 8);
  EXPECT_TRUE(variables->IsAssigned("$ebp"));
  EXPECT_FALSE(variables->IsAssigned(".cbLocals"));
  EXPECT_FALSE(variables->IsAssigned("$ebx"));
  EXPECT_EQ(Eip("$eip 7 3 * ="), 21u);
  EXPECT_EQ(Eip("$eip 7 3 / ="), 2u);
  EXPECT_EQ(Eip("$eip 7 3 % ="), 1u);
  EXPECT_EQ(Eip("$eip 4663 16 @ ="), 4656u);
  EXPECT_EQ(Eip("$eip 0 1 - ="), 0xffffffffu) << "wraps";
  EXPECT_EQ(Eip("$eip $ebp -4 + ="), kStack - 4);
}

// Visual C++ 2010 writes such programs when it generates code at link time.
TEST_F(FrameProgramTest, EqualsSignMayTouchTheNextToken) {
  const auto variables = Run("$T0 $ebp =$eip $T0 4 + ^ =$esp $T0 8 + =");
  ASSERT_TRUE(variables);
  EXPECT_EQ(variables->Get("$eip"), 7u);
  EXPECT_EQ(variables->Get("$esp"), kStack + 8);
}

TEST_F(FrameProgramTest, HostileProgramsFail) {
  for (const std::string_view program : {"=",
                                         "^",
                                         "+",
                                         "$eip =",
                                         "1 2 =",
                                         "$eip 1 0 / =",
                                         "$eip 1 0 % =",
                                         "$eip 1 0 @ =",
                                         "$eip 1 6 @ =",
                                         "$eip $nobody =",
                                         "$eip 4294967295 ^ =",
                                         "$eip 4091 ^ =",
                                         "1",
                                         "$eip 1 = 2",
                                         "$eip 0x10 =",
                                         "$eip abc =",
                                         "$eip 99999999999999999999 =",
                                         "$eip 1 2 = =",
                                         "$eip 1 = =",
                                         "$"}) {
    EXPECT_FALSE(Run(program)) << program;
  }
  EXPECT_TRUE(Run("")) << "nothing is said, nothing is wrong";
  EXPECT_TRUE(Run(" \t "));
}

TEST_F(FrameProgramTest, TokensAndNamesHaveLimits) {
  std::string deep;
  for (std::size_t i = 0; i <= kMaxProgramTokens; ++i) deep += "1 ";
  EXPECT_FALSE(Run(deep));
  std::string names;
  for (std::size_t i = 0; i <= kMaxProgramVariables; ++i) names += "$T" + std::to_string(i) + " 1 = ";
  EXPECT_FALSE(Run(names));
  std::string endless;
  for (std::size_t i = 0; i < kMaxProgramTokens; ++i) endless += "$T 1 = ";
  EXPECT_FALSE(Run(endless));
}

}  // namespace
}  // namespace cairn::unwind
