#include "formats/minidump/handles.h"

#include <gtest/gtest.h>

#include "formats/minidump/dump_for_test.h"
#include "formats/minidump/limits.h"
#include "testing/stream_builders.h"

namespace cairn::minidump {
namespace {

class Handles : public ::testing::TestWithParam<std::endian> {};
INSTANTIATE_TEST_SUITE_P(BothByteOrders, Handles, ::testing::Values(std::endian::little, std::endian::big));

TEST_P(Handles, OfBothVersionsAreRead) {
  for (const std::uint32_t descriptor_bytes : {32u, 40u}) {
    testing::MinidumpBuilder builder(GetParam());
    builder.StreamFrom(12, testing::Handles({{4, "File", "/dev/null"}, {8, "", ""}}, descriptor_bytes));
    DumpForTest dump(builder.Build());
    const auto handles = ReadHandles(*dump, dump.diagnostics);
    ASSERT_EQ(handles.size(), 2u);
    EXPECT_EQ(handles[0].handle, 4u);
    EXPECT_EQ(handles[0].type_name, "File");
    EXPECT_EQ(handles[0].object_name, "/dev/null");
    EXPECT_EQ(handles[1].handle, 8u);
    EXPECT_EQ(handles[1].type_name, "");
    EXPECT_TRUE(dump.diagnostics.kept().empty());
  }
}

TEST_P(Handles, UnreadableNameKeepsTheHandleAndTheRest) {
  testing::MinidumpBuilder builder(GetParam());
  builder.StreamFrom(12, [](testing::MinidumpBuilder& file, testing::ByteSink& stream) {
    stream.U32(16).U32(32).U32(2).U32(0);
    stream.U64(4).U32(0xfffffff0).U32(file.PlaceUtf16("name")).Zeros(16);
    stream.U64(8).U32(file.PlaceUtf16("Event")).U32(0).Zeros(16);
  });
  DumpForTest dump(builder.Build());
  const auto handles = ReadHandles(*dump, dump.diagnostics);
  ASSERT_EQ(handles.size(), 2u);
  EXPECT_EQ(handles[0].object_name, "name");
  EXPECT_EQ(handles[1].type_name, "Event");
  EXPECT_EQ(dump.diagnostics.kept().size(), 1u);
}

// One long name in the file may be the name of 65,536 handles.
TEST(HandlesOfOneName, AreBoundedTogether) {
  testing::MinidumpBuilder builder;
  builder.StreamFrom(12, [](testing::MinidumpBuilder& file, testing::ByteSink& stream) {
    const std::uint32_t name = file.PlaceUtf16(std::string(30000, 'h'));
    stream.U32(16).U32(32).U32(5000).U32(0);
    for (std::uint64_t i = 0; i < 5000; ++i) stream.U64(i).U32(name).U32(0).Zeros(16);
  });
  DumpForTest dump(builder.Build());
  EXPECT_EQ(ReadHandles(*dump, dump.diagnostics).size(), (kMaxHandleTextBytes - 1) / 30000);
  EXPECT_EQ(dump.diagnostics.kept().at(0).code, base::Code::kLimitExceeded);
}

TEST(HandlesOfAHostileCount, AreThoseThatAreThere) {
  testing::MinidumpBuilder builder;
  builder.StreamFrom(12, [](testing::MinidumpBuilder&, testing::ByteSink& stream) {
    stream.U32(16).U32(32).U32(0xffffffff).U32(0).U64(4).Zeros(24).Zeros(31);
  });
  DumpForTest dump(builder.Build());
  EXPECT_EQ(ReadHandles(*dump, dump.diagnostics).size(), 1u);
  EXPECT_EQ(dump.diagnostics.kept().at(0).code, base::Code::kTruncated);
}

}  // namespace
}  // namespace cairn::minidump
