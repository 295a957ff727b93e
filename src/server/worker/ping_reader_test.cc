#include "server/worker/ping_reader.h"

#include <gtest/gtest.h>

#include <cstdlib>

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
  ASSERT_EQ(ping->report.threads.at(1).frames.size(), 1u);  // All that is known of it is the address.
  EXPECT_EQ(ping->report.threads[1].frames[0].instruction, model::ProcessAddress{0});
}

// Whether it is valid was asked before.
TEST(PingReaderTest, WhatHasAnotherTypeIsPassedOver) {
  const auto ping = ReadPayload(R"({"crashId":null,"metadata":3,"stackTraces":{"crash_info":{"address":"0X12",
      "crashing_thread":-1},"modules":[5,{"base_addr":"0x2000","end_addr":"0x1000"}],
      "threads":[{"frames":[{"ip":7,"module_index":1.0},{"ip":"0x10","module_index":null}]},null]}})");
  ASSERT_TRUE(ping);
  EXPECT_FALSE(ping->report.crash.address);
  EXPECT_EQ(ping->report.crash.thread, 0u);
  EXPECT_EQ(ping->report.modules.at(1).size, 0u);
  const std::vector<model::Frame>& frames = ping->report.threads.at(0).frames;
  EXPECT_EQ(frames.at(0).module, 1u);
  EXPECT_FALSE(frames.at(1).module);
  EXPECT_TRUE(ReadPing("{}"));
  EXPECT_FALSE(ReadPing("[]"));
  EXPECT_FALSE(ReadPing("{"));
}

constexpr std::string_view kGleanHead =
    R"({"ping_info":{"seq":0},"client_info":{"app_build":"9","app_display_version":"2.0","app_channel":"beta",
    "architecture":"x86_64","os":"Windows","os_version":"10.0"},"metrics":{"string":{"crash.app_display_version":"1.9",
    "crash.process_type":"content","crash.minidump_sha256_hash":"ab","crash.moz_crash_reason":"why"},"object":{
    "crash.stack_traces":)";

base::Result<Ping> ReadGleanStack(const std::string& stack) {
  return ReadPing(std::string(kGleanHead) + stack + "}}}");
}

TEST(PingReaderTest, BothSpellingsOfGleanAreRead) {
  for (const char* stack : {R"({"crash_type":"EXCEPTION_X","crash_address":"0x8","crash_thread":0,"modules":[
                               {"base_address":"0x1000","end_address":"0x3000","code_id":"c","debug_file":"a.pdb",
                                "debug_id":"0123456789abcdef0123456789ABCDEF0","filename":"a.exe"}],
                               "threads":[{"frames":[{"ip":"0x1010","module_index":0,"trust":"cfi"}]}]})",
                            R"({"crashType":"EXCEPTION_X","crashAddress":"0x8","crashThread":0,"modules":[
                               {"baseAddress":"0x1000","endAddress":"0x3000","codeId":"c","debugFile":"a.pdb",
                                "debugId":"0123456789abcdef0123456789ABCDEF0","filename":"a.exe"}],
                               "threads":[{"frames":[{"ip":"0x1010","moduleIndex":0,"trust":"cfi"}]}]})"}) {
    const auto ping = ReadGleanStack(stack);
    ASSERT_TRUE(ping) << stack;
    EXPECT_EQ(ping->facts.version, "1.9");  // Of what crashed, not of what sends.
    EXPECT_EQ(ping->facts.build_id, "9");
    EXPECT_EQ(ping->facts.release_channel, "beta");
    EXPECT_EQ(ping->facts.process_type, "content");
    EXPECT_EQ(ping->facts.minidump_sha256_hash, "ab");
    EXPECT_EQ(ping->facts.annotations.at("MozCrashReason"), "why");
    EXPECT_EQ(ping->report.crash.reason, "EXCEPTION_X");
    EXPECT_EQ(ping->report.crash.address, model::ProcessAddress{8});
    EXPECT_EQ(ping->report.system.os, model::Os::kWindows);
    EXPECT_EQ(ping->report.system.cpu, model::Cpu::kAmd64);
    ASSERT_EQ(ping->report.modules.size(), 1u);
    EXPECT_EQ(ping->report.modules[0].debug_file, "a.pdb");
    EXPECT_EQ(ping->report.modules[0].code_id, "c");
    EXPECT_EQ(ping->report.threads.at(0).frames.at(0).module, 0u);
    EXPECT_EQ(ping->report.threads.at(0).frames.at(0).trust, model::Trust::kCfi);
  }
}

TEST(PingReaderTest, AThreadThatIsNotSaidIsTheFirstAndOneWithoutFramesCrashedAtTheAddress) {
  const auto first = ReadGleanStack(R"({"crash_type":"x","threads":[{"frames":[{"ip":"0x1"}]}]})");
  ASSERT_TRUE(first);
  EXPECT_EQ(first->report.crash.thread, 0u);
  const auto bare = ReadGleanStack(
      R"({"crash_address":"0x1500","crash_thread":5,"modules":[{"base_address":"0x1000","end_address":"0x2000"}]})");
  ASSERT_TRUE(bare);
  ASSERT_EQ(bare->report.threads.size(), 1u);
  ASSERT_EQ(bare->report.threads[0].frames.size(), 1u);
  EXPECT_EQ(bare->report.threads[0].frames[0].instruction, model::ProcessAddress{0x1500});
  EXPECT_EQ(bare->report.threads[0].frames[0].module, 0u);
  const auto nothing = ReadGleanStack("{}");
  ASSERT_TRUE(nothing);
  EXPECT_TRUE(nothing->report.threads.empty());
  EXPECT_FALSE(nothing->report.crash.thread);
}

// Whatever a schema takes, the reader reads; and what both forms tell of one crash is the same.
TEST(PingReaderTest, EverySampleIsRead) {
  const char* const fixtures = std::getenv("CAIRN_FIXTURES");
  if (fixtures == nullptr) GTEST_SKIP() << "CAIRN_FIXTURES is not set: the sample pings are not there";
  for (const char* const form : {"/pings/crash4", "/pings/glean"}) {
    const std::string folder = std::string(fixtures) + form;
    const auto names = os::ListDirectory(folder);
    ASSERT_TRUE(names);
    for (const std::string& name : *names) {
      const auto text = os::ReadFile(folder + "/" + name, kMaxPingJsonBytes);
      ASSERT_TRUE(text);
      const auto ping = ReadPing(*text);
      ASSERT_TRUE(ping) << name;
      if (name.find("camelcase") == std::string::npos) continue;
      EXPECT_EQ(ping->report.modules.at(0).debug_file, "libxul.so");
      EXPECT_EQ(ping->report.threads.at(0).frames.at(0).module, 0u);
    }
  }
}

}  // namespace
}  // namespace cairn::worker
