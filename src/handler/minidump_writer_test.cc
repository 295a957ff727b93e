#include "handler/minidump_writer.h"

#include <gtest/gtest.h>

#include <cstring>

#include "analysis/pipeline/analyze.h"
#include "base/hex.h"
#include "formats/minidump/reader.h"

namespace cairn::handler {
namespace {

ContextBytes ContextAt(std::uint64_t instruction, std::uint64_t stack_pointer) {
  ContextBytes context{};
  const std::uint32_t flags = wire::kContextAmd64Control | wire::kContextAmd64Integer;
  std::memcpy(context.data() + wire::kContextAmd64FlagsOffset, &flags, sizeof(flags));
  std::memcpy(context.data() + wire::kContextAmd64RipOffset, &instruction, sizeof(instruction));
  std::memcpy(context.data() + wire::kContextAmd64RaxOffset + 32, &stack_pointer, sizeof(stack_pointer));
  return context;
}

ProcessSnapshot MakeSnapshot() {
  ProcessSnapshot snapshot;
  snapshot.process_id = 77;
  snapshot.start_time_s = 1'700'000'000;
  snapshot.crash_time_s = 1'700'000'100;
  snapshot.system = {
      .version = {6, 1, 18}, .version_rest = "-amd64 #1 SMP", .cpu_vendor = {}, .cpu_count = 3};
  snapshot.exception = {.thread_id = 78,
                        .signal_number = 11,
                        .signal_code = 1,
                        .address = {0x8},
                        .context = ContextAt(0x401010, 0x7000)};
  snapshot.threads.push_back({.id = 77,
                              .name = "main",
                              .context = ContextAt(0x401000, 0x9000),
                              .stack = {{0x9000}, std::vector<std::byte>(64)}});
  snapshot.threads.push_back({.id = 78,
                              .name = "gr\xc3\xbc\xc3\x9f\xff",
                              .context = ContextAt(0x401010, 0x7000),
                              .stack = {{0x7000}, std::vector<std::byte>(128)}});
  snapshot.modules.push_back({.base = {0x400000},
                              .size = 0x5000,
                              .path = "/opt/app",
                              .build_id = *base::HexToBytes("000102030405060708090a0b0c0d0e0f10111213")});
  snapshot.modules.push_back({.base = {0x500000}, .size = 0x1000, .path = "/lib/none.so", .build_id = {}});
  snapshot.memory.push_back({{0x400f80}, std::vector<std::byte>(256)});
  snapshot.maps = "400000-405000 r-xp 00000000 08:01 7 /opt/app\n";
  snapshot.annotations = {{"ProductName", "Editor"}, {"Empty", ""}};
  return snapshot;
}

TEST(MinidumpWriterTest, OurReaderFindsAllOfIt) {
  const std::vector<std::byte> dump = WriteMinidump(MakeSnapshot());
  auto analysis = pipeline::Analysis::Create(dump, {});
  ASSERT_TRUE(analysis.has_value());
  while (const auto need = analysis->Next()) analysis->Provide(need->module, nullptr);
  const model::CrashReport report = analysis->Finish();

  EXPECT_TRUE(report.diagnostics.kept().empty());
  EXPECT_EQ(report.process_id, 77U);
  EXPECT_EQ(report.process_create_time_s, 1'700'000'000U);
  EXPECT_EQ(report.crash_time_s, 1'700'000'100U);
  EXPECT_EQ(report.system.os, model::Os::kLinux);
  EXPECT_EQ(report.system.cpu, model::Cpu::kAmd64);
  EXPECT_EQ(report.system.cpu_count, 3U);
  EXPECT_TRUE(report.system.os_version.starts_with("6.1.18")) << report.system.os_version;
  EXPECT_EQ(report.crash.thread, 1U);
  EXPECT_EQ(report.crash.reason, "SIGSEGV / SEGV_MAPERR");
  EXPECT_EQ(report.crash.address, model::ProcessAddress{8});
  ASSERT_EQ(report.threads.size(), 2U);
  EXPECT_EQ(report.threads[0].name, "main");
  EXPECT_EQ(report.threads[1].name, "gr\xc3\xbc\xc3\x9f\xef\xbf\xbd");
  EXPECT_EQ(report.threads[1].frames.at(0).instruction, model::ProcessAddress{0x401010});
  ASSERT_EQ(report.modules.size(), 2U);
  EXPECT_EQ(report.modules[0].code_file, "/opt/app");
  EXPECT_EQ(report.modules[0].code_id, "000102030405060708090a0b0c0d0e0f10111213");
  EXPECT_EQ(report.modules[0].debug_id.text, "030201000504070608090A0B0C0D0E0F0");
  EXPECT_EQ(report.modules[1].code_id, "");
  EXPECT_EQ(report.linux_memory_map_count, 1U);
  EXPECT_EQ(report.annotations.at("ProductName"), "Editor");
}

TEST(MinidumpWriterTest, AnEmptySnapshotIsADumpToo) {
  const std::vector<std::byte> dump = WriteMinidump({});
  EXPECT_TRUE(pipeline::Analysis::Create(dump, {}).has_value());
}

TEST(MinidumpWriterTest, ThereIsNoEnvironmentAndNoCommandLine) {
  const std::vector<std::byte> dump = WriteMinidump(MakeSnapshot());
  model::Diagnostics diagnostics;
  const auto reader = minidump::Minidump::Open(dump, diagnostics);
  ASSERT_TRUE(reader.has_value());
  for (const wire::StreamType type :
       {wire::StreamType::kLinuxEnviron, wire::StreamType::kLinuxCommandLine, wire::StreamType::kLinuxAuxv}) {
    EXPECT_FALSE(reader->Stream(type).has_value());
  }
}

}  // namespace
}  // namespace cairn::handler
