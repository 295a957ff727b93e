#include "formats/minidump/system_memory.h"

#include <gtest/gtest.h>

#include "formats/minidump/dump_for_test.h"
#include "testing/stream_builders.h"

namespace cairn::minidump {
namespace {

class SystemMemory : public ::testing::TestWithParam<std::endian> {};
INSTANTIATE_TEST_SUITE_P(BothByteOrders, SystemMemory,
                         ::testing::Values(std::endian::little, std::endian::big));

TEST_P(SystemMemory, IsCountedInBytes) {
  for (const std::uint16_t flags : {std::uint16_t{2}, std::uint16_t{0}}) {  // Counts of 64 bits, and of 32.
    testing::MinidumpBuilder builder(GetParam());
    builder.StreamFrom(21, testing::SystemMemory({.flags = flags,
                                                  .physical_pages = 1000,
                                                  .available_pages = 10,
                                                  .committed_pages = 1500,
                                                  .commit_limit_pages = 2000}));
    const DumpForTest dump(builder.Build());
    const auto memory = ReadSystemMemory(*dump);
    ASSERT_TRUE(memory.has_value());
    EXPECT_EQ(memory->physical_total, 4096000u);
    EXPECT_EQ(memory->physical_available, 40960u);
    EXPECT_EQ(memory->commit_limit, 8192000u);
    EXPECT_EQ(memory->commit_available, 2048000u);
  }
}

TEST_P(SystemMemory, NonsenseIsNothing) {
  testing::MinidumpBuilder builder(GetParam());
  builder.StreamFrom(21, testing::SystemMemory({.available_pages = ~std::uint64_t{0}, .committed_pages = 9}));
  const DumpForTest dump(builder.Build());
  const auto memory = ReadSystemMemory(*dump);
  ASSERT_TRUE(memory.has_value());
  EXPECT_EQ(memory->physical_available, std::nullopt) << "does not fit 64 bits";
  EXPECT_EQ(memory->commit_available, std::nullopt) << "more is committed than may be";
}

TEST_P(SystemMemory, ShortStreamGivesWhatIsThere) {
  testing::MinidumpBuilder builder(GetParam());
  builder.Stream(21, testing::ByteSink(GetParam()).U16(1).U16(2).U32(0).U32(4096).U32(1000).Take());
  const DumpForTest dump(builder.Build());
  const auto memory = ReadSystemMemory(*dump);
  ASSERT_TRUE(memory.has_value());
  EXPECT_EQ(memory->physical_total, 4096000u);
  EXPECT_EQ(memory->commit_limit, std::nullopt);
}

}  // namespace
}  // namespace cairn::minidump
