// -gsplit-dwarf must change nothing: the same program compiled with and without it has the same records,
// whether its split units lie in .dwo files or in a package.
#include <cstdlib>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "symgen_command.h"

namespace cairn {
namespace {

using namespace symgen_test;  // NOLINT: this file is about nothing else.

// Compiler and flags.
class SplitDwarf : public SymgenCommand, public testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override {
    SymgenCommand::SetUp();
    if (std::system((Compiler() + " --version >/dev/null 2>&1").c_str()) != 0) GTEST_SKIP() << "no compiler";
    ASSERT_EQ(Compile("whole", ""), 0);
    ASSERT_EQ(Compile("split", "-gsplit-dwarf"), 0);
  }
  static std::string Compiler() {
    return std::string(GetParam()).substr(0, std::string(GetParam()).find(' '));
  }
  int Shell(const std::string& command) const {
    return std::system(("cd " + folder_ + " && { " + command + "; } 2>errors").c_str());
  }
  // Both in the same folder and from the same paths.
  int Compile(const std::string& name, const std::string& flags) const {
    const std::string compile = std::string(GetParam()) + " -O2 -fPIC " + flags + " -c " + SOURCES;
    return Shell("for s in sample sample_library; do " + compile + "/$s.cc -o $s." + name +
                 ".o || exit 1; done; " + std::string(GetParam()) + " -shared -Wl,--build-id -o " + name +
                 " *." + name + ".o");
  }
  // All but the build's id and the program's name.
  std::string Records(const std::string& name) {
    const Outcome outcome = Run(folder_ + "/" + name);
    EXPECT_EQ(outcome.exit_code, 0);
    complaints_ = outcome.errors;
    return outcome.output.substr(outcome.output.find("\nFILE "));
  }

  std::string complaints_;
};

TEST_P(SplitDwarf, GivesTheSameRecordsFromFilesAndFromAPackage) {
  const std::string whole = Records("whole");
  EXPECT_THAT(whole, testing::HasSubstr("\nINLINE "));
  EXPECT_EQ(Records("split"), whole);
  EXPECT_EQ(complaints_, "");
  if (Shell("llvm-dwp-19 -e split -o split.dwp") != 0) GTEST_SKIP() << "no dwp for these";
  ASSERT_EQ(Shell("rm -f *.dwo"), 0);
  EXPECT_EQ(Records("split"), whole);
  EXPECT_EQ(complaints_, "");
}

TEST_P(SplitDwarf, FilesThatMovedWithTheProgramAreFoundAndMissingOnesAreSaid) {
  const std::string whole = Records("whole");
  ASSERT_EQ(Shell("mkdir moved && mv split *.dwo moved"), 0);
  EXPECT_EQ(Records("moved/split"), whole);
  ASSERT_EQ(Shell("rm moved/sample.split.dwo"), 0);
  EXPECT_NE(Records("moved/split"), whole);
  EXPECT_THAT(complaints_, testing::HasSubstr("1 units have their debug information in .dwo files"));
}

TEST_P(SplitDwarf, FilesOfAnotherBuildAreNotTaken) {
  const std::string whole = Records("whole");
  ASSERT_EQ(Shell("cp sample_library.split.dwo sample.split.dwo"), 0);
  EXPECT_NE(Records("split"), whole);
  EXPECT_THAT(complaints_, testing::HasSubstr("1 units have their debug information in .dwo files"));
}

INSTANTIATE_TEST_SUITE_P(Compilers, SplitDwarf,
                         testing::Values("g++ -gdwarf-4", "g++ -gdwarf-5",
                                         "g++ -gdwarf-4 -fdebug-types-section",
                                         "g++ -gdwarf-5 -fdebug-types-section", "g++ -gdwarf-5 -gz",
                                         "clang++-19 -gdwarf-4", "clang++-19 -gdwarf-5"));

}  // namespace
}  // namespace cairn
