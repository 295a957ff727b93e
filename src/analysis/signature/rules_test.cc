#include "analysis/signature/rules.h"

#include <gtest/gtest.h>

namespace cairn::signature {
namespace {

SignatureInput Crash(std::string_view function = "fault") {
  SignatureInput input;
  if (!function.empty()) input.threads.push_back({.frames = {{.function = std::string(function)}}});
  return input;
}

std::string Sign(const SignatureInput& input) {
  return MakeSignature(input, *SignatureLists::Create({})).text;
}

TEST(SignatureRulesTest, WalkStatusExplainsAnEmptySignature) {
  SignatureInput input = Crash("");
  input.walk_status = "EmptyMinidump";
  EXPECT_EQ(Sign(input), "EMPTY: no frame data available; EmptyMinidump");
  input = Crash();
  input.walk_status = "EmptyMinidump";
  EXPECT_EQ(Sign(input), "fault");
}

TEST(SignatureRulesTest, BadHardware) {
  SignatureInput input = Crash();
  input.reason = "EXCEPTION_IN_PAGE_ERROR_READ / STATUS_DEVICE_DATA_ERROR";
  EXPECT_EQ(Sign(input), "bad hardware | fault");
}

TEST(SignatureRulesTest, OutOfMemoryBySize) {
  SignatureInput input = Crash();
  input.oom_allocation_size = 0;
  EXPECT_EQ(Sign(input), "fault");
  input.oom_allocation_size = 262144;
  EXPECT_EQ(Sign(input), "OOM | small");
  input.oom_allocation_size = 262145;
  EXPECT_EQ(Sign(input), "OOM | large | fault");
}

TEST(SignatureRulesTest, OutOfMemoryByOtherSigns) {
  EXPECT_EQ(Sign(Crash("NS_ABORT_OOM")), "OOM | unknown | NS_ABORT_OOM");
  SignatureInput input = Crash();
  input.reason = "STATUS_NO_MEMORY";
  EXPECT_EQ(Sign(input), "OOM | unknown | fault");
  input = Crash();
  input.threads[0].last_error_value = "ERROR_NOT_ENOUGH_MEMORY";
  EXPECT_EQ(Sign(input), "OOM | unknown | fault");
  input = Crash();
  input.js_large_allocation_failure = "Reporting";
  EXPECT_EQ(Sign(input), "OOM | large | fault");
}

TEST(SignatureRulesTest, AbortMessage) {
  SignatureInput input = Crash();
  input.abort_message = "[12] ###!!! ABORT: queue is full: file a/b.cpp, line 7";
  EXPECT_EQ(Sign(input), "Abort | queue is full | fault");
  input.abort_message = "[12] ###!!! ABORT: file a/b.cpp, line 7";
  EXPECT_EQ(Sign(input), "Abort | fault");
  input.abort_message = std::string(81, 'w');
  EXPECT_EQ(Sign(input), "Abort | " + std::string(77, 'w') + "... | fault");
}

TEST(SignatureRulesTest, WatchdogLeadsToTheMainThread) {
  SignatureInput input = Crash("main_loop");
  input.threads.push_back({.frames = {{.function = "RunWatchdog"}}});
  input.crashing_thread = 1;
  const model::Signature signature = MakeSignature(input, *SignatureLists::Create({}));
  EXPECT_EQ(signature.text, "shutdownhang | main_loop");
  EXPECT_EQ(signature.proto, "main_loop");
}

TEST(SignatureRulesTest, IpcChannelErrorReplaces) {
  SignatureInput input = Crash();
  input.ipc_channel_error = std::string(120, 'e');
  EXPECT_EQ(Sign(input), "IPCError-content | " + std::string(100, 'e'));
  input.additional_minidumps = {"upload_file_minidump_browser"};
  input.ipc_channel_error = "ShutDownKill";
  EXPECT_EQ(Sign(input), "IPCError-browser | ShutDownKill");
}

TEST(SignatureRulesTest, LaterRulesSeeWhatEarlierOnesMade) {
  SignatureInput input = Crash();
  input.ipc_channel_error = "ShutDownKill";
  input.ipc_message_name = "PFoo";
  input.reason = "EXCEPTION_STACK_OVERFLOW";
  input.hang = "ui";
  EXPECT_EQ(Sign(input),
            "hang: ui | stackoverflow | IPCError-content | ShutDownKill | IPC_Message_Name=PFoo");
  input = Crash();
  input.hang = "";
  EXPECT_EQ(Sign(input), "hang: | fault");
}

TEST(SignatureRulesTest, SpacesAreSingle) {
  SignatureInput input = Crash("a::operator  b");
  EXPECT_EQ(Sign(input), "a::operator b");
}

}  // namespace
}  // namespace cairn::signature
