#include "server/worker/ping_reader.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "os/file.h"

namespace cairn::worker {
namespace {

constexpr std::string_view kHead =
    R"({"type":"crash","id":"89ba9d98-b041-46f3-8b1a-36dfeb5e1b15","creationDate":"2026-05-01T10:00:00.000Z","version":4,
    "application":{"architecture":"x86-64","buildId":"1","channel":"release","name":"Crashy","platformVersion":"1.0",
    "vendor":"Cairn","version":"1.0","xpcomAbi":"x86_64-gcc3"},"payload":)";

base::Result<Ping> ReadPayload(const std::string& payload) {
  return ReadPing(std::string(kHead) + payload + "}");
}

TEST(PingReaderTest, AStackBecomesFrames) {
  const auto ping =
      ReadPayload(R"({"crashDate":"2026-05-01","metadata":{"StartupCrash":"0","StartupCrash":"1","N":5},
      "processType":"main","crashId":"c","minidumpSha256Hash":"abcd","stackTraces":{"status":"OK",
      "crash_info":{"type":"SIGSEGV / SEGV_MAPERR","address":"0x8","crashing_thread":0},"main_module":0,
      "modules":[{"base_addr":"0x1000","end_addr":"0x3000","debug_file":"crashy",
                  "debug_id":"0123456789abcdef0123456789ABCDEF0","filename":"crashy","version":""}],
      "threads":[{"frames":[{"ip":"0x1010","module_index":0,"trust":"context"},{"ip":"0x9","trust":"scan"}]}]}})");
  ASSERT_TRUE(ping);
  EXPECT_EQ(ping->facts.product, "Crashy");
  EXPECT_EQ(ping->facts.minidump_sha256_hash, "abcd");
  EXPECT_EQ(ping->facts.annotations, (std::map<std::string, std::string>{{"StartupCrash", "1"}}));
  EXPECT_EQ(ping->report.crash.address, model::ProcessAddress{8});
  EXPECT_EQ(ping->report.system.os, model::Os::kLinux);
  EXPECT_EQ(ping->report.system.cpu, model::Cpu::kAmd64);
  ASSERT_EQ(ping->report.modules.size(), 1u);
  EXPECT_EQ(ping->report.modules[0].size, 0x2000u);
  EXPECT_EQ(ping->report.modules[0].debug_id.text, "0123456789ABCDEF0123456789ABCDEF0");
  const std::vector<model::Frame>& frames = ping->report.threads.at(0).frames;
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[0].module, 0u);
  EXPECT_EQ(frames[0].trust, model::Trust::kContext);
  EXPECT_FALSE(frames[1].module);
}

TEST(PingReaderTest, IndicesOutsideAreHarmless) {
  const auto ping = ReadPayload(R"({"crashDate":"2026-05-01","metadata":{},"stackTraces":{
      "crash_info":{"crashing_thread":99,"address":"0"},"threads":[{"frames":[{"ip":"0x1","module_index":9999}]}]}})");
  ASSERT_TRUE(ping);
  EXPECT_FALSE(ping->report.threads[0].frames[0].module);
  EXPECT_EQ(ping->report.crash.thread, 1u);
  EXPECT_TRUE(ping->report.threads.at(1).frames.empty());
}

TEST(PingReaderTest, WhatTheSchemaForbidsIsRefused) {
  EXPECT_TRUE(ReadPayload(R"({"crashDate":"2026-05-01","metadata":{}})"));
  for (
      const char* payload : {
          "null",
          "{}",
          R"({"crashDate":"2026-5-1","metadata":{}})",
          R"({"crashDate":"2026-05-01"})",
          R"({"crashDate":"2026-05-01","metadata":{},"version":2})",
          R"({"crashDate":"2026-05-01","metadata":{},"crashId":null})",
          R"({"crashDate":"2026-05-01","metadata":{},"stackTraces":{"crash_info":{"address":"0X12"}}})",
          R"({"crashDate":"2026-05-01","metadata":{},"stackTraces":{"crash_info":{"address":"1234"}}})",
          R"({"crashDate":"2026-05-01","metadata":{},"stackTraces":{"crash_info":{"crashing_thread":-1}}})",
          R"({"crashDate":"2026-05-01","metadata":{},"stackTraces":{"threads":[{"frames":[{"module_index":null}]}]}})",
      }) {
    EXPECT_FALSE(ReadPayload(payload)) << payload;
  }
  EXPECT_FALSE(ReadPing("[]"));
  EXPECT_FALSE(ReadPing("{"));
}

// Mozilla's own samples and variations of them; the name says whether its schema takes them.
TEST(PingReaderTest, AgreesWithTheSchemaOnSamples) {
  const char* const fixtures = std::getenv("CAIRN_FIXTURES");
  if (fixtures == nullptr) GTEST_SKIP() << "CAIRN_FIXTURES is not set: the sample pings are not there";
  // Firefox's form of versions and build ids, and which annotations are known: not asked of other products.
  const std::set<std::string> taken_here = {
      "derived.app_version_9.fail.json", "derived.buildid_short.fail.json",
      "derived.displayversion_empty.fail.json", "derived.startupcrash_bool.fail.json",
      "derived.batchview.fennec40_rebuilt_env.fail.json"};
  const std::string folder = std::string(fixtures) + "/pings/crash4";
  const auto names = os::ListDirectory(folder);
  ASSERT_TRUE(names);
  for (const std::string& name : *names) {
    const auto text = os::ReadFile(folder + "/" + name, kMaxPingJsonBytes);
    ASSERT_TRUE(text);
    const bool expected = name.find(".pass.") != std::string::npos || taken_here.contains(name);
    EXPECT_EQ(ReadPing(*text).has_value(), expected) << name;
  }
}

}  // namespace
}  // namespace cairn::worker
