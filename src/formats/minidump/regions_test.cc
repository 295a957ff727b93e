#include "formats/minidump/regions.h"

#include <gtest/gtest.h>

#include "formats/minidump/dump_for_test.h"
#include "testing/stream_builders.h"

namespace cairn::minidump {
namespace {

class Regions : public ::testing::TestWithParam<std::endian> {};
INSTANTIATE_TEST_SUITE_P(BothByteOrders, Regions, ::testing::Values(std::endian::little, std::endian::big));

TEST_P(Regions, CommittedOnesOfWindowsAreSortedAndHaveTheirRights) {
  testing::MinidumpBuilder builder(GetParam());
  builder.StreamFrom(16, testing::MemoryInfo({{0x3000, 0x1000, 0x1000, 0x104},  // A guard page.
                                              {0x1000, 0x1000, 0x1000, 0x20},   // Code.
                                              {0x2000, 0x1000, 0x1000, 0x08},   // Copied when written.
                                              {0x4000, 0x1000, 0x2000, 0},      // Reserved only.
                                              {0x5000, 0x1000, 0x1000, 0x10}}));
  DumpForTest dump(builder.Build());
  const auto regions = ReadRegions(*dump, dump.diagnostics);
  ASSERT_EQ(regions.size(), 4u);
  EXPECT_EQ(regions[0].start.value, 0x1000u);
  EXPECT_EQ(regions[0].end.value, 0x2000u);
  EXPECT_TRUE(regions[0].readable && !regions[0].writable && regions[0].executable);
  EXPECT_TRUE(regions[1].readable && regions[1].writable && !regions[1].executable);
  EXPECT_FALSE(regions[2].readable || regions[2].writable || regions[2].executable) << "guard page";
  EXPECT_TRUE(!regions[3].readable && regions[3].executable);
  EXPECT_TRUE(dump.diagnostics.kept().empty());
}

TEST_P(Regions, OnesThatAreEmptyOrWrapAreNoted) {
  testing::MinidumpBuilder builder(GetParam());
  builder.StreamFrom(16, testing::MemoryInfo({{0x3000, 0}, {0x1000, ~std::uint64_t{0}}, {0x1000, 0x1000}}));
  DumpForTest dump(builder.Build());
  EXPECT_EQ(ReadRegions(*dump, dump.diagnostics).size(), 1u);
  EXPECT_EQ(dump.diagnostics.kept().size(), 2u);
}

TEST(RegionsOfLinux, GoFirst) {
  testing::MinidumpBuilder builder;
  builder.LinuxMaps("3000-4000 rw-p 0 0 0\n1000-2000 r-xp 0 0 0\n");
  builder.StreamFrom(16, testing::MemoryInfo({{0x9000, 0x1000}}));
  DumpForTest dump(builder.Build());
  const auto regions = ReadRegions(*dump, dump.diagnostics);
  ASSERT_EQ(regions.size(), 2u);
  EXPECT_TRUE(regions[0].executable) << "sorted by start";
}

}  // namespace
}  // namespace cairn::minidump
