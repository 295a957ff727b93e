#include "analysis/signature/signature_input.h"

#include <gtest/gtest.h>

namespace cairn::signature {
namespace {

model::Frame FrameAt(std::uint64_t address, std::string function) {
  model::Frame frame{.instruction = {address}, .module = 0};
  frame.location = {.function = std::move(function), .file = "/src/a.cc", .line = 7};
  return frame;
}

TEST(SignatureInputTest, TakesNamesOfTheReport) {
  model::CrashReport report;
  report.system.os = model::Os::kLinux;
  report.crash.reason = "SIGSEGV / SEGV_MAPERR";
  report.modules.push_back(
      {.base = {0x1000}, .size = 0x1000, .code_file = "/usr/lib/libshapes.so", .debug_id = {"D1"}});
  model::Frame frame = FrameAt(0x1010, "Area()");
  frame.inlines.push_back({.function = "Side()", .file = "/src/b.h", .line = 3});
  model::Frame nowhere = FrameAt(0xff00, "");
  nowhere.module.reset();
  report.threads.push_back({.frames = {frame, nowhere}});

  const SignatureInput input = SignatureInputOf(report);
  EXPECT_EQ(input.os, "Linux");
  EXPECT_EQ(input.reason, "SIGSEGV / SEGV_MAPERR");
  EXPECT_EQ(input.crashing_thread, 0);
  ASSERT_EQ(input.threads.size(), 1u);
  ASSERT_EQ(input.threads[0].frames.size(), 2u);
  const SignatureFrame& first = input.threads[0].frames[0];
  EXPECT_EQ(first.module, "libshapes.so");
  EXPECT_EQ(first.debug_id, "D1");
  EXPECT_EQ(first.module_offset, 0x10u);
  EXPECT_EQ(first.function, "Area()");
  EXPECT_EQ(first.file, "/src/a.cc");
  EXPECT_EQ(first.line, 7u);
  ASSERT_EQ(first.inlines.size(), 1u);
  EXPECT_EQ(first.inlines[0].function, "Side()");
  EXPECT_EQ(input.threads[0].frames[1].module, "");
  EXPECT_EQ(input.threads[0].frames[1].offset, "0x000000000000ff00");
}

TEST(SignatureInputTest, TakesOnlyThreadsThatARuleCanAskFor) {
  model::CrashReport report;
  for (int i = 0; i < 4; ++i) report.threads.push_back({.frames = {FrameAt(0x1010, "f")}});
  report.crash.thread = 2;
  const SignatureInput input = SignatureInputOf(report);
  ASSERT_EQ(input.threads.size(), 4u);
  EXPECT_EQ(input.threads[0].frames.size(), 1u);
  EXPECT_EQ(input.threads[1].frames.size(), 0u);
  EXPECT_EQ(input.threads[2].frames.size(), 1u);
  EXPECT_EQ(input.threads[3].frames.size(), 0u);
}

TEST(SignatureInputTest, ModuleIndexOutOfRangeIsNoModule) {
  model::CrashReport report;
  report.threads.push_back({.frames = {FrameAt(0x1010, "f")}});
  EXPECT_EQ(SignatureInputOf(report).threads[0].frames[0].module, "");
}

}  // namespace
}  // namespace cairn::signature
