#include "analysis/signature/rules.h"

#include <gtest/gtest.h>

#include "analysis/signature/signature.h"

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

TEST(SignatureRulesTest, AbortMessageWithoutWords) {
  SignatureInput input = Crash();
  input.abort_message = "\xc6\x8a";
  EXPECT_EQ(Sign(input), "Abort | | fault");
  EXPECT_EQ(AbortWords("unable to find a usable font (\xe5\xbe\xae) x"), "unable to find a usable font  x");
  EXPECT_EQ(AbortWords("unable to find a usable font )x("), "unable to find a usable font )xx(");
}

TEST(SignatureRulesTest, NoSignatureIsOutOfMemoryOnlyByItsSize) {
  SignatureInput input = Crash("");
  input.threads.push_back({.frames = {{}}});
  input.reason = "STATUS_NO_MEMORY";
  EXPECT_EQ(Sign(input), "");
  input.oom_allocation_size = 300'000;
  EXPECT_EQ(Sign(input), "OOM | large |");
}

TEST(SignatureRulesTest, ShutdownTimeoutReplaces) {
  SignatureInput input = Crash();
  input.async_shutdown_timeout = R"({"phase": "p", "conditions": ["b", "a"]})";
  const model::Signature signature = MakeSignature(input, *SignatureLists::Create({}));
  EXPECT_EQ(signature.text, "AsyncShutdownTimeout | p | a,b");
  EXPECT_EQ(signature.notes,
            std::vector<std::string>{
                "SignatureShutdownTimeout: Signature replaced with a Shutdown Timeout signature, "
                "was: \"fault\""});
}

TEST(SignatureRulesTest, RuleThatFailsAddsANoteAndTheNextOneRuns) {
  SignatureInput input = Crash();
  input.async_shutdown_timeout = "[1]";
  input.hang = "ui";
  const ExplainedSignature explained = ExplainSignature(input, *SignatureLists::Create({}));
  EXPECT_EQ(explained.signature.text, "hang: ui | fault");
  EXPECT_EQ(explained.signature.notes,
            std::vector<std::string>{
                "SignatureShutdownTimeout: Rule failed: 'list' object has no attribute 'get'"});
  ASSERT_EQ(explained.steps.size(), 14u);
  const auto outcome_of = [&](std::string_view rule) {
    for (const RuleStep& step : explained.steps) {
      if (step.rule == rule) return step.outcome;
    }
    return RuleOutcome::kFailed;
  };
  EXPECT_EQ(outcome_of("SignatureShutdownTimeout"), RuleOutcome::kFailed);
  EXPECT_EQ(outcome_of("HungProcess"), RuleOutcome::kApplied);
  EXPECT_EQ(outcome_of("AbortSignature"), RuleOutcome::kNotApplied);
}

TEST(SignatureRulesTest, WatchdogWithoutAMainThreadKeepsWhatIsKnown) {
  SignatureInput input = Crash("");
  input.threads.push_back({});
  input.threads.push_back({.frames = {{.function = "RunWatchdog"}}});
  input.crashing_thread = 1;
  model::Signature signature = MakeSignature(input, *SignatureLists::Create({}));
  EXPECT_EQ(signature.text, "shutdownhang | EMPTY: no frame data available");
  EXPECT_EQ(signature.proto, "RunWatchdog");
  input.threads[0].frames.emplace_back();
  signature = MakeSignature(input, *SignatureLists::Create({}));
  EXPECT_EQ(signature.text, "shutdownhang | RunWatchdog");
  EXPECT_EQ(signature.proto, "");
}

TEST(SignatureRulesTest, IpcChannelErrorIsCutByCharacters) {
  SignatureInput input = Crash();
  for (int i = 0; i < 99; ++i) input.ipc_channel_error += "\xc3\xa4";
  input.ipc_channel_error += "end";
  EXPECT_EQ(Sign(input), "IPCError-content | e");
}

TEST(SignatureRulesTest, SpacesAreSingle) {
  SignatureInput input = Crash("a::operator  b");
  EXPECT_EQ(Sign(input), "a::operator b");
}

}  // namespace
}  // namespace cairn::signature
