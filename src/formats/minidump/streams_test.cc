// Each stream's reader over dumps that testing/ writes by its own knowledge of the format.
#include <gtest/gtest.h>

#include "base/hex.h"
#include "formats/minidump/annotations.h"
#include "formats/minidump/context.h"
#include "formats/minidump/exception.h"
#include "formats/minidump/linux_maps.h"
#include "formats/minidump/memory.h"
#include "formats/minidump/modules.h"
#include "formats/minidump/system_info.h"
#include "formats/minidump/threads.h"
#include "testing/sample_crash.h"
#include "testing/stream_builders.h"

namespace cairn::minidump {
namespace {

using testing::MinidumpBuilder;

// A dump and the bytes that it borrows.
struct Opened {
  explicit Opened(MinidumpBuilder builder) : bytes(builder.Build()) {
    base::Result<Minidump> opened = Minidump::Open(bytes, diagnostics);
    EXPECT_TRUE(opened.has_value());
    if (opened) dump.emplace(*opened);
  }
  const Minidump& operator*() const { return *dump; }

  std::vector<std::byte> bytes;
  model::Diagnostics diagnostics;
  std::optional<Minidump> dump;
};

class BothByteOrders : public ::testing::TestWithParam<std::endian> {};
INSTANTIATE_TEST_SUITE_P(Minidump, BothByteOrders, ::testing::Values(std::endian::little, std::endian::big),
                         [](const auto& order) {
                           return order.param == std::endian::little ? "Little" : "Big";
                         });

TEST_P(BothByteOrders, SampleIsReadWhole) {
  Opened sample(testing::SampleCrash(GetParam()));
  const model::SystemInfo system = ReadSystemInfo(*sample, sample.diagnostics);
  EXPECT_EQ(system.os, model::Os::kLinux);
  EXPECT_EQ(system.cpu, model::Cpu::kAmd64);
  EXPECT_EQ(system.os_version, "6.1.0 #1 SMP");
  EXPECT_EQ(system.cpu_info, "family 6 model 85 stepping 7");
  EXPECT_EQ(system.cpu_count, 4u);
  EXPECT_EQ(ReadMiscInfo(*sample).process_id, 4711u);
  EXPECT_EQ(ReadMiscInfo(*sample).process_create_time_s, 1699999990u);

  const std::vector<ThreadRecord> threads = ReadThreads(*sample, sample.diagnostics);
  ASSERT_EQ(threads.size(), 1u);
  EXPECT_EQ(threads[0].id, 100u);
  EXPECT_EQ(threads[0].name, "main");
  EXPECT_EQ(threads[0].stack->start.value, testing::kSampleStack);
  const auto registers = ReadContext(*sample, *threads[0].context, system.cpu);
  ASSERT_TRUE(registers.has_value());
  for (model::RegisterIndex i = model::kRax; i <= model::kRip; ++i) {
    EXPECT_EQ(registers->Get(i), testing::SampleRegisters().Get(i)) << int{i};
  }

  const std::optional<ExceptionRecord> exception = ReadException(*sample, sample.diagnostics);
  ASSERT_TRUE(exception.has_value());
  EXPECT_EQ(exception->thread_id, 100u);
  EXPECT_EQ(exception->code, 11u);
  EXPECT_EQ(exception->flags, 1u);
  EXPECT_EQ(exception->address, 0x10u);
  EXPECT_TRUE(exception->context.has_value());

  const auto annotations = ReadAnnotations(*sample, sample.diagnostics);
  EXPECT_EQ(annotations.at("channel"), "nightly");
  EXPECT_EQ(annotations.at("step"), "deref");
  EXPECT_EQ(ReadLinuxMaps(*sample, sample.diagnostics).size(), 3u);
  EXPECT_TRUE(sample.diagnostics.kept().empty());
}

TEST(Modules, ElfIdsComeFromTheBuildId) {
  Opened sample(testing::SampleCrash());
  const auto modules = ReadModules(*sample, model::Os::kLinux, sample.diagnostics);
  ASSERT_EQ(modules.size(), 2u);
  EXPECT_EQ(modules[0].code_file, "/opt/app/crashy");
  EXPECT_EQ(modules[0].debug_file, "/opt/app/crashy");
  EXPECT_EQ(modules[0].code_id, "00112233445566778899aabbccddeeff01020304");
  EXPECT_EQ(modules[0].debug_id.text, testing::kSampleDebugId);
  EXPECT_TRUE(modules[1].debug_id.empty());
}

TEST(Modules, PdbIdsDifferBySystem) {
  const auto guid = *base::HexToBytes("00112233445566778899aabbccddeeff");
  MinidumpBuilder builder;
  builder.Module({.base = 0x1000,
                  .size = 0x2000,
                  .name = "C:\\app.exe",
                  .timestamp = 0x5a5a,
                  .code_view = testing::Pdb70CodeView(guid, 0x1a, "C:\\build\\app.pdb"),
                  .version = {0x00010002, 0x00030004}});
  Opened dump(std::move(builder));
  const auto windows = ReadModules(*dump, model::Os::kWindows, dump.diagnostics);
  EXPECT_EQ(windows[0].debug_id.text, "33221100554477668899AABBCCDDEEFF1a");
  EXPECT_EQ(windows[0].debug_file, "C:\\build\\app.pdb");
  EXPECT_EQ(windows[0].code_id, "00005a5a2000");
  EXPECT_EQ(windows[0].version, "1.2.3.4");
  const auto mac = ReadModules(*dump, model::Os::kMacOs, dump.diagnostics);
  EXPECT_EQ(mac[0].debug_file, "C:\\app.exe");
  EXPECT_EQ(mac[0].code_id, "33221100554477668899aabbccddeeff");
}

TEST(Modules, BadOnesAreLeftOutAndTheRestStays) {
  MinidumpBuilder builder;
  builder.Module({.base = 0x1000, .size = 0x1000, .name = "first"});
  builder.Module({.base = 0x5000, .size = 0, .name = "empty"});
  builder.Module({.base = ~std::uint64_t{0} - 0xff, .size = 0x1000, .name = "wraps"});
  builder.Module({.base = 0x2000, .size = 0x1000, .name = "last"});
  Opened dump(std::move(builder));
  const auto modules = ReadModules(*dump, model::Os::kLinux, dump.diagnostics);
  ASSERT_EQ(modules.size(), 2u);
  EXPECT_EQ(modules[0].code_file, "first");
  EXPECT_EQ(modules[1].code_file, "last");
  EXPECT_EQ(dump.diagnostics.kept().size(), 2u);
}

// One long name in the file may be the name of 4,096 modules: they are cut together.
TEST(Modules, NamesAreBoundedTogether) {
  MinidumpBuilder builder;
  const std::string name(30000, 'm');
  for (std::uint64_t i = 0; i < 600; ++i) builder.Module({.base = i << 16, .size = 0x1000, .name = name});
  Opened dump(std::move(builder));
  const auto modules = ReadModules(*dump, model::Os::kLinux, dump.diagnostics);
  EXPECT_EQ(modules.size(), kMaxModuleTextBytes / name.size());
  EXPECT_EQ(dump.diagnostics.kept().at(0).code, base::Code::kLimitExceeded);
}

TEST(Threads, NameThatNoSystemGivesIsLeftOut) {
  MinidumpBuilder builder = testing::SampleCrash();
  builder.Thread({.id = 7, .name = std::string(kMaxThreadNameBytes / 2 + 1, 't')});
  Opened dump(std::move(builder));
  const auto threads = ReadThreads(*dump, dump.diagnostics);
  EXPECT_EQ(threads.back().id, 7u);
  EXPECT_TRUE(threads.back().name.empty());
  EXPECT_EQ(dump.diagnostics.kept().at(0).code, base::Code::kBadValue);
}

TEST(Lists, PaddingBehindTheCountIsSkipped) {
  MinidumpBuilder builder = testing::SampleCrash();
  builder.PadLists();
  Opened dump(std::move(builder));
  EXPECT_EQ(ReadThreads(*dump, dump.diagnostics).at(0).id, 100u);
  EXPECT_EQ(ReadModules(*dump, model::Os::kLinux, dump.diagnostics).size(), 2u);
  EXPECT_TRUE(Memory::Read(*dump, dump.diagnostics).Find({testing::kSampleStack}).has_value());
}

TEST(Lists, CountBeyondTheStreamGivesTheElementsThatAreThere) {
  testing::ByteSink names;
  names.U32(1000000).U32(7).U64(0).U32(8).U64(0);
  MinidumpBuilder builder = testing::SampleCrash();
  builder.Stream(24, names.Take());
  Opened dump(std::move(builder));
  EXPECT_EQ(ReadThreads(*dump, dump.diagnostics).size(), 1u);
  EXPECT_EQ(dump.diagnostics.kept().at(1).code, base::Code::kTruncated);
}

TEST(Memory, FullMemoryRangesFollowOneAnother) {
  MinidumpBuilder builder;
  builder.Memory({0x2000, {std::byte{2}, std::byte{3}}}).Memory({0x1000, {std::byte{1}}}).FullMemory();
  Opened dump(std::move(builder));
  const Memory memory = Memory::Read(*dump, dump.diagnostics);
  EXPECT_EQ(memory.Find({0x2001})->bytes[1], std::byte{3});
  EXPECT_EQ(memory.Find({0x1000})->bytes[0], std::byte{1});
  EXPECT_FALSE(memory.Find({0x1001}).has_value());
  EXPECT_FALSE(memory.Find({0x2002}).has_value());
  EXPECT_FALSE(memory.Find({0}).has_value());
}

TEST(LinuxMaps, BadLinesAreNoted) {
  MinidumpBuilder builder;
  builder.LinuxMaps("1000-2000 r-xp 0 0 0 a\nnonsense\n3000-2000 rw-p 0 0 0\n2000-3000 rw-p 0 0 0");
  Opened dump(std::move(builder));
  const auto mappings = ReadLinuxMaps(*dump, dump.diagnostics);
  ASSERT_EQ(mappings.size(), 2u);
  EXPECT_TRUE(mappings[0].executable);
  EXPECT_TRUE(mappings[1].writable);
  EXPECT_FALSE(mappings[1].executable);
  EXPECT_EQ(dump.diagnostics.kept().size(), 2u);
}

TEST(Breakpad, InfoAndAssertion) {
  MinidumpBuilder builder;
  builder.BreakpadInfo(7, 9).Assertion({.expression = "x > 0", .file = "a.cc", .line = 12});
  Opened dump(std::move(builder));
  EXPECT_EQ(ReadBreakpadInfo(*dump).dump_thread_id, 7u);
  EXPECT_EQ(ReadBreakpadInfo(*dump).requesting_thread_id, 9u);
  EXPECT_EQ(ReadAssertion(*dump), "x > 0 (a.cc:12)");
}

TEST(SystemInfo, UnameInTheVersionTextIsTheVersion) {
  MinidumpBuilder builder;
  builder.System(
      {.major = 0, .minor = 0, .build = 0, .build_text = "Linux 3.13.0-53-generic #89 SMP x86_64"});
  Opened dump(std::move(builder));
  EXPECT_EQ(ReadSystemInfo(*dump, dump.diagnostics).os_version, "3.13.0-53-generic #89 SMP");
}

TEST(SystemInfo, ProcessIdComesFromProcStatusIfNeeded) {
  MinidumpBuilder builder;
  const std::string_view text = "Name:\tx\nPid:\t4712\n";
  const base::Bytes bytes = base::AsBytes(text);
  builder.Stream(0x47670004, {bytes.begin(), bytes.end()});
  Opened dump(std::move(builder));
  EXPECT_EQ(ReadMiscInfo(*dump).process_id, 4712u);
}

TEST_P(BothByteOrders, ArmCpusAreNamed) {
  const auto cpu_info = [](testing::SystemSpec system) {
    Opened dump(std::move(MinidumpBuilder(GetParam()).System(std::move(system))));
    return ReadSystemInfo(*dump, dump.diagnostics).cpu_info;
  };
  EXPECT_EQ(cpu_info({.architecture = 5, .level = 7, .arm_cpuid = 0x4130c090, .arm_capabilities = 0x3}),
            "ARMv7 ARM Cortex-A9 features: swp,half");
  EXPECT_EQ(cpu_info({.architecture = 12, .platform = 0x8203, .arm_cpuid = 0x414fd0b0}), "ARM Cortex-A76");
  EXPECT_EQ(cpu_info({.architecture = 12, .platform = 2, .arm_cpuid = 0x414fd0b0}), "")
      << "Windows puts feature bits there";
  EXPECT_EQ(cpu_info({.architecture = 1}), "");
}

TEST(SystemInfo, PlatformsOfAllWriters) {
  const std::pair<std::uint32_t, model::Os> platforms[] = {
      {0, model::Os::kWindows},      {1, model::Os::kWindows},      {2, model::Os::kWindows},
      {0x8101, model::Os::kMacOs},   {0x8102, model::Os::kIos},     {0x8201, model::Os::kLinux},
      {0x8202, model::Os::kSolaris}, {0x8203, model::Os::kAndroid}, {0x8204, model::Os::kPs3},
      {0x8205, model::Os::kNaCl},    {0x8206, model::Os::kFuchsia}, {0x8207, model::Os::kUnknown}};
  for (const auto& [platform, os] : platforms) {
    Opened dump(std::move(MinidumpBuilder().System({.platform = platform})));
    EXPECT_EQ(ReadSystemInfo(*dump, dump.diagnostics).os, os) << platform;
  }
}

// Each version of MINIDUMP_MISC_INFO ends with the fields that it added.
TEST_P(BothByteOrders, MiscInfoOfEveryVersion) {
  MinidumpBuilder file(GetParam());
  testing::ByteSink whole(GetParam());
  testing::MiscInfo5({.process_id = 7,
                      .create_time_s = 8,
                      .integrity_level = 0x3000,
                      .build = "10.0.1",
                      .debug_build = "crashpad",
                      .process_cookie = 9})(file, whole);
  for (const std::size_t size : {24u, 44u, 232u, 832u, 1364u}) {
    MinidumpBuilder builder(GetParam());
    builder.Stream(15, {whole.bytes().begin(), whole.bytes().begin() + static_cast<std::ptrdiff_t>(size)});
    const MiscInfo info = ReadMiscInfo(*Opened(std::move(builder)));
    EXPECT_EQ(info.process_id, 7u);
    EXPECT_EQ(info.process_create_time_s, 8u);
    EXPECT_EQ(info.integrity_level.value_or(0), size >= 232 ? 0x3000u : 0u);
    EXPECT_EQ(info.build, size >= 832 ? "10.0.1" : "");
    EXPECT_EQ(info.debug_build, size >= 832 ? "crashpad" : "");
    EXPECT_EQ(info.process_cookie.value_or(0), size >= 1364 ? 9u : 0u);
  }
}

TEST_P(BothByteOrders, MiscInfoWithoutFlagsSaysNothing) {
  MinidumpBuilder builder(GetParam());
  builder.StreamFrom(15,
                     testing::MiscInfo5({.flags = 0, .process_id = 7, .build = "x", .process_cookie = 9}));
  const MiscInfo info = ReadMiscInfo(*Opened(std::move(builder)));
  EXPECT_FALSE(info.process_id || info.process_create_time_s || info.integrity_level || info.process_cookie);
  EXPECT_EQ(info.build, "");
}

TEST_P(BothByteOrders, AssertionSaysItsKind) {
  const auto text = [](testing::AssertionSpec assertion) {
    return ReadAssertion(*Opened(std::move(MinidumpBuilder(GetParam()).Assertion(assertion))));
  };
  EXPECT_EQ(text({"x > 0", "Check", "a.cc", 12, 0}), "x > 0 in Check (a.cc:12)");
  EXPECT_EQ(text({"x > 0", "Check", "a.cc", 12, 1}), "invalid parameter: x > 0 in Check (a.cc:12)");
  EXPECT_EQ(text({.type = 1}), "invalid parameter");
  EXPECT_EQ(text({.type = 2}), "pure virtual function call");
  EXPECT_EQ(text({.type = 3}), "");
}

TEST_P(BothByteOrders, ThreadsHaveTheirTebAndNamesOutsideOfTheFileAreSkipped) {
  testing::ByteSink threads(GetParam());
  threads.U32(1).U32(7).U32(0).U32(0).U32(0).U64(0x7ff00000).U64(0).U64(0).U64(0);
  MinidumpBuilder builder(GetParam());
  builder.Stream(3, threads.Take());
  builder.StreamFrom(24, [](MinidumpBuilder& file, testing::ByteSink& names) {
    names.U32(2).U32(9).U64(std::uint64_t{1} << 40).U32(7).U64(file.PlaceUtf16("worker"));
  });
  Opened dump(std::move(builder));
  const auto read = ReadThreads(*dump, dump.diagnostics);
  ASSERT_EQ(read.size(), 1u);
  EXPECT_EQ(read[0].teb.value, 0x7ff00000u);
  EXPECT_EQ(read[0].name, "worker");
  EXPECT_EQ(dump.diagnostics.kept().size(), 1u);
}

TEST(Context, OfAnotherCpuOrTooShortIsNone) {
  Opened dump(testing::SampleCrash());
  std::vector<std::byte> context = testing::Amd64Context(testing::SampleRegisters());
  EXPECT_TRUE(ReadContext(*dump, context, model::Cpu::kAmd64).has_value());
  EXPECT_FALSE(ReadContext(*dump, base::Bytes(context).first(0xff), model::Cpu::kAmd64).has_value())
      << "rip cut";
  EXPECT_FALSE(ReadContext(*dump, context, model::Cpu::kSparc).has_value());
  context[0x32] = std::byte{0};  // ContextFlags without the CPU's bit.
  EXPECT_FALSE(ReadContext(*dump, context, model::Cpu::kAmd64).has_value());
}

}  // namespace
}  // namespace cairn::minidump
