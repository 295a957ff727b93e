#include "formats/minidump/stream_table.h"

#include <gtest/gtest.h>

#include <set>

#include "formats/minidump/dump_for_test.h"
#include "formats/minidump/dump_text.h"
#include "formats/minidump/exception.h"
#include "formats/minidump/function_table.h"
#include "formats/minidump/memory.h"
#include "formats/minidump/regions.h"
#include "formats/minidump/thread_info.h"
#include "formats/minidump/threads.h"
#include "testing/stream_builders.h"

namespace cairn::minidump {
namespace {

TEST(StreamTable, HasEachTypeOnce) {
  std::set<wire::StreamType> types;
  for (const StreamRow& row : StreamTable()) {
    EXPECT_TRUE(types.insert(row.type).second) << row.name;
    EXPECT_EQ(FindStreamRow(static_cast<std::uint32_t>(row.type)), &row);
    EXPECT_EQ(row.print != nullptr, row.form == StreamForm::kOwn) << row.name;
    const bool is_list = row.form == StreamForm::kList || row.form == StreamForm::kSizedList ||
                         row.form == StreamForm::kSizedList64;
    EXPECT_EQ(row.entry_bytes != 0, is_list) << row.name;
  }
  EXPECT_EQ(types.size(), 38u);
  EXPECT_EQ(StreamTable().front().type, wire::StreamType::kSystemInfo) << "others need the system";
  EXPECT_EQ(FindStreamRow(0x4767ffff), nullptr);
}

TEST(StreamTable, VendorsAreTheHighHalf) {
  EXPECT_EQ(StreamVendor(0xffff), "Microsoft");
  EXPECT_EQ(StreamVendor(0x4767ffff), "Breakpad");
  EXPECT_EQ(StreamVendor(0x43500002), "Crashpad");
  EXPECT_EQ(StreamVendor(0x4d7a0009), "Mozilla");
  EXPECT_EQ(StreamVendor(0x4b6b0002), "Chromium");
  EXPECT_EQ(StreamVendor(0x10000), "unknown vendor");
}

class Streams : public ::testing::TestWithParam<std::endian> {};
INSTANTIATE_TEST_SUITE_P(BothByteOrders, Streams, ::testing::Values(std::endian::little, std::endian::big));

TEST_P(Streams, AllGoIntoTheReport) {
  const DumpForTest dump(testing::EveryStream(GetParam()).Build());
  model::CrashReport report;
  ReadStreams(*dump, report);
  EXPECT_EQ(report.system.os, model::Os::kLinux);
  EXPECT_EQ(report.system.cpu_microcode, "0xf0");
  EXPECT_EQ(report.process_id, 4711u);
  EXPECT_EQ(report.process_create_time_s, 1699999990u);
  EXPECT_EQ(report.crash.assertion, "invalid parameter: x > 0 in Check (a.cc:12)");
  EXPECT_EQ(report.modules.size(), 2u);
  EXPECT_EQ(report.unloaded_modules.at(0).code_file, "old.dll");
  EXPECT_EQ(report.handles.size(), 2u);
  EXPECT_EQ(report.linux_release->description, "Ubuntu 22.04");
  EXPECT_EQ(report.process_limits.at(0).name, "Max open files");
  EXPECT_EQ(report.mac_crash_info.at(0).message, "m");
  EXPECT_EQ(report.mac_boot_args, "-v");
  EXPECT_EQ(report.soft_errors, "[{\"InitErrors\":[]}]");
  EXPECT_EQ(report.system_memory->physical_total, 4096000u);
  EXPECT_EQ(report.module_annotations.at(0).module, 1u);
  EXPECT_EQ(report.module_annotations.at(0).list.size(), 2u);
  EXPECT_EQ(report.annotations.at("channel"), "beta");
  EXPECT_EQ(report.annotations.at("object"), "text");
  EXPECT_TRUE(report.diagnostics.kept().empty());
}

// Everything that reads, over a copy of its own, so that a sanitizer sees a read past the end.
void ReadAll(std::vector<std::byte> bytes) {
  bytes.shrink_to_fit();
  DumpText(bytes);
  model::CrashReport report;
  const base::Result<Minidump> dump = Minidump::Open(bytes, report.diagnostics);
  if (!dump) return;
  ReadStreams(*dump, report);
  ReadThreads(*dump, report.diagnostics);
  ReadRegions(*dump, report.diagnostics);
  ReadThreadInfo(*dump, report.diagnostics);
  ReadFunctionTables(*dump, report.diagnostics);
  ReadException(*dump, report.diagnostics);
  Memory::Read(*dump, report.diagnostics);
}

// The offset of the size in the directory entry of a stream that begins at `rva`.
std::size_t SizeOffset(base::Bytes file, std::size_t rva, std::endian order) {
  constexpr std::size_t kHeaderBytes = 32;
  constexpr std::size_t kEntryBytes = 12;
  for (std::size_t at = kHeaderBytes;; at += kEntryBytes) {
    base::ByteReader reader(file, order);
    reader.Seek(at + 8);
    if (reader.Read<std::uint32_t>() == rva) return at + 4;
  }
}

TEST_P(Streams, MayBeCutAtEveryByte) {
  testing::MinidumpBuilder builder = testing::EveryStream(GetParam());
  const std::vector<std::byte> file = builder.Build();
  for (const auto& [type, range] : builder.stream_ranges()) {
    const std::size_t size = range.second - range.first;
    const std::size_t size_offset = SizeOffset(file, range.first, GetParam());
    const std::size_t step = size > 400 ? 17 : 1;  // Of long ones, some: they repeat themselves.
    for (std::size_t cut = 0; cut < size; cut += step) {
      testing::ByteSink patched(GetParam());
      patched.Bytes(file);
      patched.PatchU32(size_offset, static_cast<std::uint32_t>(cut));
      ReadAll(patched.Take());
    }
  }
}

TEST_P(Streams, FileMayBeCutAtEveryByte) {
  const std::vector<std::byte> file = testing::EveryStream(GetParam()).Build();
  for (std::size_t size = 0; size < file.size(); size += size < 700 ? 1 : 13) {
    ReadAll({file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size)});
  }
}

}  // namespace
}  // namespace cairn::minidump
