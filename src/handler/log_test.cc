#include "handler/log.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace cairn::handler {
namespace {

class LogTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "cairn-log-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string path() const { return folder_ + "/handler.log"; }

  std::string folder_;
};

TEST_F(LogTest, OneLineEachAndLinesAreAppended) {
  Log(path()).Write("first\nand more");
  Log(path()).Write("second");
  const std::string text = *os::ReadFile(path(), 1000);
  EXPECT_NE(text.find("] first and more\n"), std::string::npos);
  EXPECT_TRUE(text.ends_with("] second\n"));
}

TEST_F(LogTest, ALongLogIsBegunAnew) {
  std::ofstream(path()) << std::string(kMaxLogBytes + 1, 'x');
  Log(path()).Write("new");
  EXPECT_LT(os::Inspect(path())->size, 100U);
}

TEST_F(LogTest, ALogThatCannotBeWrittenIsSilent) { Log(folder_ + "/none/handler.log").Write("text"); }

}  // namespace
}  // namespace cairn::handler
