#include "apps/stackwalk_options.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace cairn::apps {
namespace {

// The exit code, or -1 if the command line is good.
int Parse(const Arguments& arguments, StackwalkOptions& options) {
  return ParseStackwalkOptions(arguments, options).value_or(-1);
}

TEST(StackwalkOptionsTest, TakesWhatMinidumpStackwalkTakes) {
  StackwalkOptions options;
  const std::string cache = ::testing::TempDir() + "stackwalk_options";
  EXPECT_EQ(Parse({"--json",
                   "--pretty",
                   "--brief",
                   "--features",
                   "stable-all",
                   "--output-file",
                   "out",
                   "--log-file",
                   "log",
                   "--verbose=trace",
                   "--no-color",
                   "--no-interactive",
                   "--evil-json",
                   "raw",
                   "--symbols-url",
                   "https://one/",
                   "--symbols-url=http://two",
                   "--symbols-path",
                   "a",
                   "--symbols-cache",
                   cache,
                   "--symbols-tmp",
                   "tmp",
                   "--symbols-download-timeout-secs",
                   "7",
                   "--use-local-debuginfo",
                   "x.dmp",
                   "b",
                   "c"},
                  options),
            -1);
  EXPECT_EQ(options.format, StackwalkFormat::kJson);
  EXPECT_EQ(options.log_level, LogLevel::kDebug);
  EXPECT_FALSE(options.interactive);
  EXPECT_EQ(options.raw_json_file, "raw");
  EXPECT_EQ(options.symbols.urls, (std::vector<std::string>{"https://one/", "http://two"}));
  EXPECT_EQ(options.symbols.folders, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(options.symbols.cache_folder, cache);
  EXPECT_EQ(options.symbols.download_timeout_s, 7);
  EXPECT_TRUE(options.symbols.use_local_binaries);
  EXPECT_EQ(options.dump_path, "x.dmp");
}

TEST(StackwalkOptionsTest, FormatsExcludeEachOther) {
  for (const Arguments& arguments :
       {Arguments{"--json", "--human", "x"}, Arguments{"--json", "--dump", "x"},
        Arguments{"--cyborg", "f", "--json", "x"}, Arguments{"--dump", "--human", "x"}}) {
    StackwalkOptions options;
    EXPECT_EQ(Parse(arguments, options), kExitUsage);
  }
}

TEST(StackwalkOptionsTest, WhatMakesNoSenseIsRefused) {
  for (const Arguments& arguments :
       {Arguments{}, Arguments{"--symbols-url", "ftp://x", "d"}, Arguments{"--debuginfod", "host", "d"},
        Arguments{"--verbose", "loud", "d"}, Arguments{"--symbols-download-timeout-secs", "0", "d"},
        Arguments{"--threads", "some", "d"}}) {
    StackwalkOptions options;
    EXPECT_EQ(Parse(arguments, options), kExitUsage);
  }
}

TEST(StackwalkOptionsTest, UnstableFeaturesAreTheGuesses) {
  StackwalkOptions stable;
  EXPECT_EQ(Parse({"--features", "stable-all", "d"}, stable), -1);
  EXPECT_FALSE(stable.guess_arguments);
  StackwalkOptions unstable;
  EXPECT_EQ(Parse({"--features", "unstable-all", "d"}, unstable), -1);
  EXPECT_TRUE(unstable.guess_arguments);
}

TEST(StackwalkOptionsTest, CacheFolderThatCanNotBeMadeIsRemembered) {
  StackwalkOptions options;
  EXPECT_EQ(Parse({"--symbols-path", "s", "--symbols-cache", "/dev/null/cache", "d"}, options), -1);
  EXPECT_EQ(options.symbols.cache_folder, "");
  EXPECT_EQ(options.symbols.refused_cache_folder, "/dev/null/cache");
}

TEST(StackwalkOptionsTest, LogLevelsAreNamedInTheComplaint) {
  StackwalkOptions options;
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(Parse({"--verbose", "loud", "d"}, options), kExitUsage);
  const std::string complaint = ::testing::internal::GetCapturedStderr();
  EXPECT_NE(complaint.find("{off,error,warn,info,debug,trace}"), std::string::npos) << complaint;
}

TEST(StackwalkOptionsTest, DebuginfodServersOfTheEnvironmentOnlyWhenAsked) {
  setenv("DEBUGINFOD_URLS", "https://a/ ima:enforcing http://b", 1);
  StackwalkOptions without;
  EXPECT_EQ(Parse({"d"}, without), -1);
  EXPECT_TRUE(without.symbols.debuginfod_urls.empty());
  StackwalkOptions with;
  EXPECT_EQ(Parse({"--debuginfod", "http://c", "--debuginfod-from-environment", "d"}, with), -1);
  EXPECT_EQ(with.symbols.debuginfod_urls, (std::vector<std::string>{"http://c", "https://a/", "http://b"}));
  unsetenv("DEBUGINFOD_URLS");
}

}  // namespace
}  // namespace cairn::apps
