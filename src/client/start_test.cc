#include <gtest/gtest.h>

#include <csignal>

#include "client/cairn.h"

namespace cairn {
namespace {

Options MakeOptions() {
  return {.product = "Editor",
          .version = "1.0",
          .channel = {},
          .build_id = {},
          .database = testing::TempDir() + "cairn-start",
          .handler = "/nothing/cairn-handler",
          .submit_url = {},
          .ping_url = {}};
}

TEST(StartTest, AMissingHandlerIsSaidInWordsAndChangesNoSignal) {
  const StartResult result = Start(MakeOptions());
  EXPECT_FALSE(result);
  EXPECT_STREQ(
      result.error(),
      "cairn: there is no crash handler /nothing/cairn-handler that can be run: No such file or directory");
  struct sigaction action{};
  sigaction(SIGSEGV, nullptr, &action);
  EXPECT_EQ(action.sa_flags & SA_ONSTACK, 0);
}

TEST(StartTest, AHandlerThatIsNoProgramIsSaidInWords) {
  Options options = MakeOptions();
  options.handler = "/etc/passwd";
  EXPECT_NE(std::string(Start(options).error()).find("Permission denied"), std::string::npos);
}

TEST(StartTest, AHandlerThatEndsAtOnceIsSaidInWords) {
  Options options = MakeOptions();
  options.handler = "/bin/true";
  EXPECT_NE(std::string(Start(options).error()).find("/bin/true ended at once"), std::string::npos);
}

TEST(StartTest, RequiredOptionsAreAskedFor) {
  Options options = MakeOptions();
  options.product.clear();
  EXPECT_FALSE(Start(options));
}

}  // namespace
}  // namespace cairn
