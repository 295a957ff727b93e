#include "formats/minidump/function_table.h"

#include <gtest/gtest.h>

#include "formats/minidump/dump_for_test.h"
#include "testing/stream_builders.h"

namespace cairn::minidump {
namespace {

class FunctionTables : public ::testing::TestWithParam<std::endian> {};
INSTANTIATE_TEST_SUITE_P(BothByteOrders, FunctionTables,
                         ::testing::Values(std::endian::little, std::endian::big));

TEST_P(FunctionTables, FollowOneAnotherWithPadding) {
  testing::MinidumpBuilder builder(GetParam());
  builder.StreamFrom(13, testing::FunctionTables({{0x5000, 0x6000, {0x10, 0x20, 0x30}, 4},
                                                  {0x7000, 0x8000, {1, 2, 3, 4, 5, 6}, 0}}));
  DumpForTest dump(builder.Build());
  const auto tables = ReadFunctionTables(*dump, dump.diagnostics);
  ASSERT_EQ(tables.size(), 2u);
  EXPECT_EQ(tables[0].start.value, 0x5000u);
  EXPECT_EQ(tables[0].end.value, 0x6000u);
  EXPECT_EQ(tables[0].entry_count, 1u);
  EXPECT_EQ(tables[0].descriptor.size(), 8u);
  EXPECT_EQ(tables[1].base.value, 0x7000u);
  EXPECT_EQ(tables[1].entries.size(), 24u);
  EXPECT_EQ((*dump).Reader(tables[1].entries).Read<std::uint32_t>(), 1u);
  EXPECT_TRUE(dump.diagnostics.kept().empty());
}

TEST_P(FunctionTables, TableThatIsCutEndsTheList) {
  testing::MinidumpBuilder builder(GetParam());
  builder.StreamFrom(13, [](testing::MinidumpBuilder& file, testing::ByteSink& stream) {
    testing::FunctionTables({{0x5000, 0x6000, {1, 2, 3}, 0}, {0x7000, 0x8000, {1, 2, 3}, 0}})(file, stream);
    std::vector<std::byte> bytes = stream.Take();
    bytes.resize(bytes.size() - 1);
    stream = testing::ByteSink(file.order());
    stream.Bytes(bytes);
  });
  DumpForTest dump(builder.Build());
  EXPECT_EQ(ReadFunctionTables(*dump, dump.diagnostics).size(), 1u);
  EXPECT_EQ(dump.diagnostics.kept().at(0).code, base::Code::kTruncated);
}

TEST_P(FunctionTables, HostileCountsEndWithTheBytes) {
  testing::MinidumpBuilder builder(GetParam());
  builder.Stream(13, testing::ByteSink(GetParam())
                         .U32(24)
                         .U32(0xffffffff)
                         .U32(0xffffffff)
                         .U32(0xffffffff)
                         .U32(0xffffffff)
                         .U32(0xffffffff)
                         .Zeros(64)
                         .Take());
  DumpForTest dump(builder.Build());
  EXPECT_TRUE(ReadFunctionTables(*dump, dump.diagnostics).empty());
  EXPECT_EQ(dump.diagnostics.kept().size(), 1u);
}

}  // namespace
}  // namespace cairn::minidump
