#include "formats/minidump/module_entries.h"

#include <gtest/gtest.h>

#include "formats/minidump/dump_for_test.h"
#include "testing/minidump_builder.h"

namespace cairn::minidump {
namespace {

using testing::MinidumpBuilder;

struct Range {
  std::uint64_t start;
  std::uint64_t end;
  friend bool operator==(const Range&, const Range&) = default;
};

// What each module owns, in the dump's order.
std::vector<Range> OwnRanges(MinidumpBuilder builder, model::Os os) {
  DumpForTest dump(builder.Build());
  std::vector<Range> ranges;
  for (const ModuleEntry& entry : ReadModuleEntries(*dump, os, dump.diagnostics)) {
    ranges.push_back({entry.base + entry.own_start, entry.base + entry.size});
  }
  return ranges;
}

// As in a dump of Firefox on Android: libmedia.so is mapped from 0x92000, behind libui.so and
// libnetd_client.so, but the writer gives its load bias as its base.
//   libui.so           74000 ---- 8c000
//   libmedia.so          76000 ------------------------- 15b000
//   libnetd_client.so             8c000 -- 92000
TEST(ModuleEntries, OfElfBeginWhereTheOneBeforeEnds) {
  for (const model::Os os : {model::Os::kAndroid, model::Os::kLinux}) {
    MinidumpBuilder builder;
    builder.Module({.base = 0x74000, .size = 0x18000, .name = "libui.so"});
    builder.Module({.base = 0x8c000, .size = 0x6000, .name = "libnetd_client.so"});
    builder.Module({.base = 0x76000, .size = 0xe5000, .name = "libmedia.so"});
    EXPECT_EQ(OwnRanges(builder, os),
              (std::vector<Range>{{0x74000, 0x8c000}, {0x8c000, 0x92000}, {0x92000, 0x15b000}}));
  }
}

TEST(ModuleEntries, ElsewhereTheLowerOneIsCut) {
  for (const model::Os os : {model::Os::kWindows, model::Os::kMacOs, model::Os::kIos}) {
    MinidumpBuilder builder;
    builder.Module({.base = 0x3000, .size = 0x1000, .name = "upper"});
    builder.Module({.base = 0x1000, .size = 0x2800, .name = "lower"});
    EXPECT_EQ(OwnRanges(builder, os), (std::vector<Range>{{0x3000, 0x4000}, {0x1000, 0x3000}}));
  }
}

TEST(ModuleEntries, OfTwoAtOnePlaceThatWithARecordIsKept) {
  for (const model::Os os : {model::Os::kLinux, model::Os::kWindows}) {
    MinidumpBuilder builder;
    builder.Module({.base = 0x1000, .size = 0x1000, .name = "/dev/ashmem (deleted)"});
    builder.Module(
        {.base = 0x1000, .size = 0x1000, .name = "lib.so", .code_view = std::vector<std::byte>(20)});
    builder.Module(
        {.base = 0x1000, .size = 0x1000, .name = "again", .code_view = std::vector<std::byte>(20)});
    DumpForTest dump(builder.Build());
    const auto entries = ReadModuleEntries(*dump, os, dump.diagnostics);
    ASSERT_EQ(entries.size(), 1u);
    EXPECT_EQ(entries[0].index, 1u);
    EXPECT_EQ(dump.diagnostics.kept().size(), 2u);
  }
}

TEST(ModuleEntries, MayEndWithTheAddressSpace) {
  for (const model::Os os : {model::Os::kLinux, model::Os::kWindows}) {
    MinidumpBuilder builder;
    builder.Module({.base = ~std::uint64_t{0} - 0xfff, .size = 0x1000, .name = "last"});
    builder.Module({.base = ~std::uint64_t{0} - 0x1fff, .size = 0x1000, .name = "before"});
    DumpForTest dump(builder.Build());
    EXPECT_EQ(ReadModuleEntries(*dump, os, dump.diagnostics).size(), 2u);
  }
}

}  // namespace
}  // namespace cairn::minidump
