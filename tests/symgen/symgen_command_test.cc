// cairn-symgen as scripts use it: options, exit codes, what stands where.
#include <cstdlib>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "os/file.h"
#include "symgen_command.h"

namespace cairn {
namespace {

using namespace symgen_test;  // NOLINT: this file is about nothing else.
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST_F(SymgenCommand, OneFileGoesToStandardOutput) {
  const Outcome outcome = Run(library_);
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.errors, "");
  EXPECT_THAT(outcome.output, StartsWith("MODULE Linux x86_64 "));
  EXPECT_THAT(outcome.output, HasSubstr(" libsymgen_library_dwarf5.so\n"));
  const Outcome to_file = Run(library_ + " -o " + folder_ + "/library.sym");
  EXPECT_EQ(to_file.output, "");
  EXPECT_EQ(*os::ReadFile(folder_ + "/library.sym", kMaxOutputBytes), outcome.output);
}

TEST_F(SymgenCommand, StoreHasTheLayoutOfSymbolServers) {
  const Outcome outcome = Run("--store " + folder_ + "/store " + library_ + " " + program_);
  EXPECT_EQ(outcome.exit_code, 0);
  const std::size_t end = outcome.output.find('\n');
  ASSERT_NE(end, std::string::npos);
  const std::string first = outcome.output.substr(0, end);
  EXPECT_THAT(first, ::testing::MatchesRegex(".*/store/libsymgen_library_dwarf5.so/[0-9A-F]+0/"
                                             "libsymgen_library_dwarf5.so.sym"));
  EXPECT_EQ(*os::ReadFile(first, kMaxOutputBytes), Run(library_).output);
}

TEST_F(SymgenCommand, StrippedFileAndItsDebugFileGiveTheSameSymbols) {
  const std::string stripped = folder_ + "/libsymgen_library_dwarf5.so";
  const std::string debug = folder_ + "/library.debug";
  ASSERT_EQ(std::system(("objcopy --only-keep-debug " + library_ + " " + debug + " && strip -o " + stripped +
                         " " + library_)
                            .c_str()),
            0);
  EXPECT_EQ(Run(stripped + " --debug-file " + debug).output, Run(library_).output);
  const Outcome alone = Run(stripped);
  EXPECT_EQ(alone.exit_code, 0);
  EXPECT_THAT(alone.errors, HasSubstr("no debug information"));
  EXPECT_THAT(alone.output, HasSubstr("PUBLIC "));
  EXPECT_THAT(alone.output, HasSubstr("STACK CFI INIT "));
  EXPECT_THAT(alone.output, ::testing::Not(HasSubstr("FUNC ")));
}

TEST_F(SymgenCommand, NameFollowsLinksToTheFile) {
  ASSERT_EQ(std::system(("ln -s " + library_ + " " + folder_ + "/link.so").c_str()), 0);
  EXPECT_EQ(Run(folder_ + "/link.so").output, Run(library_).output);
  EXPECT_THAT(Run(library_ + " --name other.so").output, HasSubstr("0 other.so\n"));
}

TEST_F(SymgenCommand, BadInputIsOneLineAndExitOne) {
  ASSERT_TRUE(os::WriteFileDurably(folder_ + "/text", base::AsBytes("no program")));
  const Outcome outcome = Run(folder_ + "/text");
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.output, "");
  EXPECT_THAT(outcome.errors, StartsWith("cairn-symgen: " + folder_ + "/text: file magic"));
  EXPECT_EQ(outcome.errors.find('\n'), outcome.errors.size() - 1);
}

TEST_F(SymgenCommand, OneBadFileDoesNotStopTheOthers) {
  const Outcome outcome = Run("--store " + folder_ + "/store " + folder_ + "/missing " + library_);
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.output, HasSubstr("libsymgen_library_dwarf5.so.sym\n"));
}

TEST_F(SymgenCommand, WrongUseIsExitTwo) {
  EXPECT_EQ(Run("").exit_code, 2);
  EXPECT_EQ(Run(library_ + " " + program_).exit_code, 2);
  EXPECT_EQ(Run("--no-such-option " + library_).exit_code, 2);
  EXPECT_EQ(Run("-o x --store y " + library_).exit_code, 2);
  EXPECT_EQ(Run("--help").exit_code, 0);
}

}  // namespace
}  // namespace cairn
