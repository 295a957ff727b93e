#include <gtest/gtest.h>

#include <csignal>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

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
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the sanitizer has signal handlers and stacks of its own";
#endif
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

std::size_t CountDescriptors() {
  const std::filesystem::directory_iterator descriptors("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(descriptors), end(descriptors)));
}

TEST(StartTest, WhatFailsLeavesNoDescriptorBehind) {
  Options options = MakeOptions();
  options.handler = testing::TempDir() + "cairn-start-no-program";
  std::ofstream(options.handler) << "no program";
  std::filesystem::permissions(options.handler, std::filesystem::perms::owner_all);
  const std::size_t before = CountDescriptors();
  EXPECT_NE(std::string(Start(options).error()).find("does not start: Exec format error"), std::string::npos);
  options.channel.assign(40000, 'x');
  EXPECT_NE(std::string(Start(options).error()).find("too long"), std::string::npos);
  EXPECT_EQ(CountDescriptors(), before);
  std::filesystem::remove(options.handler);
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
