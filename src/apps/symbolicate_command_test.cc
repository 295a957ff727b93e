#include "apps/symbolicate_command.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace cairn::apps {
namespace {

namespace fs = std::filesystem;

class SymbolicateCommandTest : public testing::Test {
 protected:
  SymbolicateCommandTest()
      : folder_(fs::temp_directory_path() / ("cairn_symbolicate_" + std::to_string(getpid()))) {
    fs::remove_all(folder_);
    const fs::path place = folder_ / "symbols" / "app.pdb" / kId;
    fs::create_directories(place);
    std::ofstream(place / "app.sym") << "MODULE windows x86_64 " << kId
                                     << " app.pdb\nINFO CODE_ID 5FF69A719A000 app.exe\n"
                                     << "FILE 0 a.cc\nFUNC 1000 10 0 main\n1000 10 7 0\n";
  }
  ~SymbolicateCommandTest() override { fs::remove_all(folder_); }

  int Run(const std::string& request, const Arguments& arguments) {
    std::istringstream input(request);
    output_.str("");
    errors_.str("");
    return RunSymbolicate(arguments, input, output_, errors_);
  }

  static constexpr const char* kId = "0123456789ABCDEF0123456789ABCDEF1";
  const std::string request_ =
      std::string(R"({"memoryMap":[["app.pdb",")") + kId + R"("]],"stacks":[[[0,4100]]]})";
  fs::path folder_;
  std::ostringstream output_;
  std::ostringstream errors_;
};

TEST_F(SymbolicateCommandTest, TextAndCacheGiveOneAnswer) {
  const std::string expected =
      std::string(
          R"({"results":[{"stacks":[[{"frame":0,"module":"app.exe","module_offset":"0x1004","function":"main",)") +
      R"("function_offset":"0x4","file":"a.cc","line":7}]],"found_modules":{"app.pdb/)" + kId +
      "\":true}}]}\n";
  const std::string symbols = (folder_ / "symbols").string();
  EXPECT_EQ(Run(request_, {"--symbols-path", symbols, "--no-symbols-cache"}), kExitOk);
  EXPECT_EQ(output_.str(), expected);
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(Run(request_, {"--symbols-path", symbols, "--symbols-cache", (folder_ / "cache").string()}),
              kExitOk);
    EXPECT_EQ(output_.str(), expected);
  }
  EXPECT_EQ(errors_.str(), "");
}

TEST_F(SymbolicateCommandTest, WithoutSymbolsThereAreOffsets) {
  EXPECT_EQ(Run(request_, {"--no-symbols-cache"}), kExitOk);
  EXPECT_NE(output_.str().find(R"({"frame":0,"module":"app.pdb","module_offset":"0x1004"})"),
            std::string::npos);
  EXPECT_NE(output_.str().find("\":false"), std::string::npos);
}

TEST_F(SymbolicateCommandTest, RefusalIsOneLine) {
  EXPECT_EQ(Run("{}", {"--no-symbols-cache"}), kExitProblem);
  EXPECT_EQ(output_.str(), "");
  EXPECT_EQ(errors_.str(), "cairn symbolicate: standard input: job 0 is invalid: no stacks specified\n");
  EXPECT_EQ(Run("{}", {"--no-such-option"}), kExitUsage);
}

}  // namespace
}  // namespace cairn::apps
