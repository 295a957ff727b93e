#include "analysis/pipeline/read_dump.h"

#include <gtest/gtest.h>

#include "testing/minidump_builder.h"

namespace cairn::pipeline {
namespace {

using testing::MinidumpBuilder;

TEST(ReadDump, TakesWhatEveryStreamTells) {
  MinidumpBuilder builder;
  builder.System({}).MiscInfo(77, 1'700'000'000).LinuxMaps("1000-2000 r-xp 00000000 00:00 0 /bin/app\n");
  builder.Module({.base = 0x1000, .name = "/bin/app"});
  builder.Exception({.thread_id = 1, .code = 11, .flags = 1, .address = 0x45});
  const std::vector<std::byte> bytes = builder.Build();
  model::CrashReport report;
  const auto dump = minidump::Minidump::Open(bytes, report.diagnostics);
  ASSERT_TRUE(dump);
  const DumpFacts facts = ReadDump(*dump, report);
  EXPECT_EQ(report.process_id, 77u);
  EXPECT_EQ(report.linux_memory_map_count, 1u);
  ASSERT_EQ(facts.regions.size(), 1u);
  EXPECT_TRUE(facts.regions[0].executable);
  ASSERT_TRUE(facts.exception);
  EXPECT_EQ(report.crash.reason, "SIGSEGV / SEGV_MAPERR");
  EXPECT_EQ(report.crash.address, model::ProcessAddress{0x45});
}

TEST(ReadDump, EmptyDumpGivesAnEmptyReport) {
  const std::vector<std::byte> bytes = MinidumpBuilder().Build();
  model::CrashReport report;
  const auto dump = minidump::Minidump::Open(bytes, report.diagnostics);
  ASSERT_TRUE(dump);
  const DumpFacts facts = ReadDump(*dump, report);
  EXPECT_FALSE(facts.exception);
  EXPECT_TRUE(facts.regions.empty());
  EXPECT_TRUE(report.modules.empty());
}

model::CrashReport ReportWithUnloadedModules() {
  model::CrashReport report;
  report.unloaded_modules = {{.base = {0x1000}, .size = 0x100, .code_file = "a.dll"},
                             {.base = {0x1080}, .size = 0x100, .code_file = "b.dll"}};
  return report;
}

model::Frame FrameAt(std::uint64_t address) {
  model::Frame frame;
  frame.instruction = {address};
  return frame;
}

TEST(NameUnloadedModules, NamesEveryModuleThatHeldTheAddress) {
  model::CrashReport report = ReportWithUnloadedModules();
  model::Frame in_module = FrameAt(0x10a0);
  in_module.module = 0;
  report.threads = {{.frames = {FrameAt(0x10a0), FrameAt(0x1100), FrameAt(0xfff), in_module}}};
  NameUnloadedModules(report);
  const std::vector<model::Frame>& frames = report.threads[0].frames;
  ASSERT_EQ(frames[0].unloaded_modules.size(), 2u);
  EXPECT_EQ(frames[0].unloaded_modules[0].offset.value, 0xa0u);
  EXPECT_EQ(frames[0].unloaded_modules[1].module, 1u);
  EXPECT_EQ(frames[0].unloaded_modules[1].offset.value, 0x20u);
  ASSERT_EQ(frames[1].unloaded_modules.size(), 1u) << "the end of a module is not in it";
  EXPECT_TRUE(frames[2].unloaded_modules.empty());
  EXPECT_TRUE(frames[3].unloaded_modules.empty()) << "the frame lies in a loaded module";
}

TEST(NameUnloadedModules, HostileNumbersEndInANote) {
  model::CrashReport report;
  report.unloaded_modules.assign(4096, {.base = {0x1000}, .size = 0});
  report.threads = {{.frames = std::vector<model::Frame>(2000, FrameAt(0x10))}};
  NameUnloadedModules(report);
  ASSERT_EQ(report.diagnostics.kept().size(), 1u);
  EXPECT_EQ(report.diagnostics.kept()[0].what, "frames in unloaded modules");
}

}  // namespace
}  // namespace cairn::pipeline
