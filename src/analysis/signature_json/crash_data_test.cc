#include "analysis/signature_json/crash_data.h"

#include <gtest/gtest.h>

namespace cairn::signature_json {
namespace {

using signature::SignatureInput;

TEST(CrashDataTest, ReadsFramesAndInlines) {
  CrashDataReader reader;
  const auto input = reader.Read(R"({"os": "Linux", "reason": "SIGSEGV", "crashing_thread": 1, "threads": [
      {"frames": [{"function": "idle"}]},
      {"last_error_value": "ERROR_NOT_ENOUGH_MEMORY", "frames": [
        {"frame": 0, "module": "libx.so", "function": "f", "file": "/a.cc", "line": 7, "module_offset": "0x1",
         "offset": "0x7f01", "inlines": [{"function": "g", "file": "/b.h", "line": "3"}]},
        {"unloaded_modules": [{"module": "old.dll", "offsets": ["0x1"]}, {"module": "older.dll"}]}]}]})");
  ASSERT_TRUE(input.has_value());
  EXPECT_EQ(input->os, "Linux");
  EXPECT_EQ(input->reason, "SIGSEGV");
  EXPECT_EQ(input->crashing_thread, 1);
  ASSERT_EQ(input->threads.size(), 2u);
  EXPECT_EQ(input->threads[0].frames[0].function, "idle");
  EXPECT_EQ(input->threads[1].last_error_value, "ERROR_NOT_ENOUGH_MEMORY");
  ASSERT_EQ(input->threads[1].frames.size(), 2u);
  const signature::SignatureFrame& frame = input->threads[1].frames[0];
  EXPECT_EQ(frame.module, "libx.so");
  EXPECT_EQ(frame.function, "f");
  EXPECT_EQ(frame.file, "/a.cc");
  EXPECT_EQ(frame.line, 7u);
  EXPECT_EQ(frame.offset, "0x7f01");
  ASSERT_EQ(frame.inlines.size(), 1u);
  EXPECT_EQ(frame.inlines[0].function, "g");
  EXPECT_EQ(frame.inlines[0].line, 3u);
  EXPECT_EQ(input->threads[1].frames[1].unloaded_module, "old.dll");
}

TEST(CrashDataTest, ReadsAnnotations) {
  CrashDataReader reader;
  const auto input = reader.Read(R"({"oom_allocation_size": "12", "js_large_allocation_failure": "Reporting",
      "abort_message": "words", "hang": "", "mdsw_status_string": "ERROR", "ipc_channel_error": "e",
      "ipc_message_name": "m", "additional_minidumps": ["upload_file_minidump_browser", 3]})");
  ASSERT_TRUE(input.has_value());
  EXPECT_EQ(input->oom_allocation_size, 12u);
  EXPECT_EQ(input->js_large_allocation_failure, "Reporting");
  EXPECT_EQ(input->abort_message, "words");
  EXPECT_EQ(input->hang, "");
  EXPECT_EQ(input->walk_status, "ERROR");
  EXPECT_EQ(input->ipc_channel_error, "e");
  EXPECT_EQ(input->ipc_message_name, "m");
  EXPECT_EQ(input->additional_minidumps, std::vector<std::string>{"upload_file_minidump_browser"});
}

TEST(CrashDataTest, WhatIsNullOrOfAnotherTypeIsAbsent) {
  CrashDataReader reader;
  const auto input =
      reader.Read(R"({"os": null, "crashing_thread": null, "hang": null, "oom_allocation_size": [],
      "additional_minidumps": "x", "threads": [{"frames": [null, {"line": -3, "function": 5, "inlines": {}}]}, 7]})");
  ASSERT_TRUE(input.has_value());
  EXPECT_EQ(input->os, "");
  EXPECT_EQ(input->crashing_thread, 0);
  EXPECT_FALSE(input->hang);
  EXPECT_FALSE(input->oom_allocation_size);
  ASSERT_EQ(input->threads.size(), 2u);
  ASSERT_EQ(input->threads[0].frames.size(), 2u);
  EXPECT_EQ(input->threads[0].frames[1].line, 0u);
  EXPECT_EQ(input->threads[0].frames[1].function, "");
}

TEST(CrashDataTest, CrashingThreadMayBeText) {
  CrashDataReader reader;
  EXPECT_EQ(reader.Read(R"({"crashing_thread": "5"})")->crashing_thread, 5);
  EXPECT_EQ(reader.Read(R"({"crashing_thread": ""})")->crashing_thread, 0);
  EXPECT_EQ(reader.Read(R"({"crashing_thread": "5x"})")->crashing_thread, 0);
  EXPECT_EQ(reader.Read(R"({"crashing_thread": " 5 "})")->crashing_thread, 5);
  EXPECT_EQ(reader.Read(R"({"crashing_thread": 1.9})")->crashing_thread, 1);
}

TEST(CrashDataTest, NegativeThreadCountsFromTheEnd) {
  CrashDataReader reader;
  const auto input =
      reader.Read(R"({"crashing_thread": -1, "threads": [{}, {}, {"frames": [{"function": "f"}]}]})");
  ASSERT_TRUE(input.has_value());
  ASSERT_EQ(input->threads[2].frames.size(), 1u);
}

TEST(CrashDataTest, AShutdownMayBeTextOrWhatItSays) {
  CrashDataReader reader;
  const std::string expected = R"({"phase":"p"})";
  EXPECT_EQ(reader.Read(R"({"async_shutdown_timeout": "{\"phase\":\"p\"}"})")->async_shutdown_timeout,
            expected);
  EXPECT_EQ(reader.Read(R"({"async_shutdown_timeout": {"phase": "p"}})")->async_shutdown_timeout, expected);
  EXPECT_EQ(reader.Read(R"({"async_shutdown_timeout": 3})")->async_shutdown_timeout, "");
}

TEST(CrashDataTest, ReadsCrashesOfJava) {
  CrashDataReader reader;
  EXPECT_EQ(reader.Read(R"({"java_stack_trace": "E: x\n"})")->java_stack_trace, "E: x\n");
  const auto input =
      reader.Read(R"({"java_exception": {"exception": {"values": [{"stacktrace": {"module": "java.io",
      "type": "E", "frames": [{"module": "a.B", "function": "f", "filename": "B.kt"}, {}]}}]}}})");
  ASSERT_TRUE(input->java_exception && input->java_exception->frame);
  EXPECT_EQ(input->java_exception->module, "java.io");
  EXPECT_EQ(input->java_exception->type, "E");
  EXPECT_EQ(input->java_exception->frame->file, "B.kt");
  EXPECT_FALSE(reader.Read(R"({"java_exception": {}})")->java_exception.has_value());
  EXPECT_FALSE(
      reader.Read(R"({"java_exception": {"exception": {"values": []}}})")->java_exception->has_stack);
  EXPECT_FALSE(reader.Read(R"({"java_exception": "x"})")->java_exception->has_stack);
  const auto untyped =
      reader.Read(R"({"java_exception": {"exception": {"values": [{"stacktrace": {"frames": []}}]}}})");
  EXPECT_EQ(untyped->java_exception->type, "Unknown");
  EXPECT_FALSE(untyped->java_exception->frame);
}

TEST(CrashDataTest, ReadsProcessedCrashesAndWalkedDumps) {
  const std::string walk =
      R"("system_info": {"os": "Linux"}, "crash_info": {"type": "SIGSEGV", "crashing_thread": 1},
      "threads": [{"frames": []}, {"frames": [{"function": "f"}]}])";
  CrashDataReader reader;
  for (const std::string& json :
       {"{" + walk + "}", R"({"abort_message": "words", "json_dump": {)" + walk + "}}"}) {
    const auto input = reader.Read(json);
    ASSERT_TRUE(input.has_value());
    EXPECT_EQ(input->os, "Linux");
    EXPECT_EQ(input->reason, "SIGSEGV");
    EXPECT_EQ(input->crashing_thread, 1);
    ASSERT_EQ(input->threads.size(), 2u);
    EXPECT_EQ(input->threads[1].frames[0].function, "f");
  }
}

TEST(CrashDataTest, ReadsWhatCustomRulesAskFor) {
  CrashDataReader reader;
  const auto input = reader.Read(R"({"product": "Fox", "annotations": {"ProcessType": "gpu", "n": 3}})");
  EXPECT_EQ(input->annotations.at("ProductName"), "Fox");
  EXPECT_EQ(input->annotations.at("ProcessType"), "gpu");
  EXPECT_EQ(input->annotations.size(), 2u);
}

TEST(CrashDataTest, KeepsOnlyWhatRulesRead) {
  std::string json = R"({"crashing_thread": 2, "threads": [)";
  for (int thread = 0; thread < 3; ++thread) {
    json += std::string(thread == 0 ? "" : ",") + R"({"frames": [)";
    for (int frame = 0; frame < 100; ++frame)
      json += std::string(frame == 0 ? "" : ",") + R"({"function": "f"})";
    json += "]}";
  }
  CrashDataReader reader;
  const auto input = reader.Read(json + "]}");
  ASSERT_TRUE(input.has_value());
  EXPECT_EQ(input->threads[0].frames.size(), signature::kMaxSignatureFrames);
  EXPECT_EQ(input->threads[1].frames.size(), 0u);
  EXPECT_EQ(input->threads[2].frames.size(), signature::kMaxSignatureFrames);
}

TEST(CrashDataTest, WhatIsNoObjectIsRefused) {
  CrashDataReader reader;
  EXPECT_EQ(reader.Read("").error().code, base::Code::kBadMagic);
  EXPECT_EQ(reader.Read("{").error().code, base::Code::kBadMagic);
  EXPECT_EQ(reader.Read("[]").error().code, base::Code::kBadValue);
  EXPECT_TRUE(reader.Read("{}").has_value());
}

}  // namespace
}  // namespace cairn::signature_json
