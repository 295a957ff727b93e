#include "formats/minidump/mac_info.h"

#include <gtest/gtest.h>

#include "formats/minidump/dump_for_test.h"
#include "formats/minidump/limits.h"
#include "testing/stream_builders.h"

namespace cairn::minidump {
namespace {

class MacCrashInfo : public ::testing::TestWithParam<std::endian> {};
INSTANTIATE_TEST_SUITE_P(BothByteOrders, MacCrashInfo,
                         ::testing::Values(std::endian::little, std::endian::big));

TEST_P(MacCrashInfo, OfVersion5HasAll) {
  testing::MinidumpBuilder builder(GetParam());
  builder.StreamFrom(0x4d7a0001,
                     testing::MacCrashInfo({{.version = 5,
                                             .thread = 7,
                                             .dialog_mode = 1,
                                             .abort_cause = 9,
                                             .texts = {"/usr/lib/dyld", "message", "", "trace", "second"}},
                                            {.version = 5, .texts = {"/other"}}}));
  builder.StreamFrom(0x4d7a0002, testing::MacBootArgs("-v keepsyms=1"));
  DumpForTest dump(builder.Build());
  const auto records = ReadMacCrashInfo(*dump, dump.diagnostics);
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].thread, 7u);
  EXPECT_EQ(records[0].dialog_mode, 1u);
  EXPECT_EQ(records[0].abort_cause, 9u);
  EXPECT_EQ(records[0].module, "/usr/lib/dyld");
  EXPECT_EQ(records[0].message, "message");
  EXPECT_EQ(records[0].signature_string, "");
  EXPECT_EQ(records[0].backtrace, "trace");
  EXPECT_EQ(records[0].message2, "second");
  EXPECT_EQ(records[1].module, "/other");
  EXPECT_EQ(ReadMacBootArgs(*dump), "-v keepsyms=1");
  EXPECT_TRUE(dump.diagnostics.kept().empty());
}

TEST_P(MacCrashInfo, OfOlderVersionsLacksWhatTheyDidNotHave) {
  testing::MinidumpBuilder four(GetParam());
  four.StreamFrom(0x4d7a0001, testing::MacCrashInfo({{.version = 4, .thread = 7, .texts = {"/a", "m"}}}));
  DumpForTest dump(four.Build());
  auto records = ReadMacCrashInfo(*dump, dump.diagnostics);
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].thread, 7u);
  EXPECT_FALSE(records[0].abort_cause.has_value());
  EXPECT_EQ(records[0].message, "m");

  testing::MinidumpBuilder one(GetParam());
  one.StreamFrom(0x4d7a0001, testing::MacCrashInfo({{.version = 1}}));
  DumpForTest old(one.Build());
  records = ReadMacCrashInfo(*old, old.diagnostics);
  ASSERT_EQ(records.size(), 1u);
  EXPECT_FALSE(records[0].thread.has_value());
  EXPECT_EQ(records[0].module, "");
}

TEST_P(MacCrashInfo, BadRecordDoesNotLoseTheOthers) {
  testing::MinidumpBuilder builder(GetParam());
  builder.StreamFrom(0x4d7a0001, [](testing::MinidumpBuilder& file, testing::ByteSink& stream) {
    testing::ByteSink record(file.order());
    record.U64(0).U64(5).U64(1).U64(2).U64(3).Text("no end");
    const auto blob = file.Place(record.bytes());
    stream.U32(0).U32(3).U32(40).U32(8).U32(blob.rva).U32(100).U32(0xfffffff0).U32(blob.size).U32(blob.rva);
  });
  DumpForTest dump(builder.Build());
  const auto records = ReadMacCrashInfo(*dump, dump.diagnostics);
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].module, "no end");
  EXPECT_EQ(dump.diagnostics.kept().size(), 2u);
}

TEST(MacCrashInfoOfAHostileCount, IsThatOfTwentyRecords) {
  testing::MinidumpBuilder builder;
  builder.StreamFrom(0x4d7a0001, testing::MacCrashInfo(std::vector<testing::MacRecordSpec>(30)));
  DumpForTest dump(builder.Build());
  EXPECT_EQ(ReadMacCrashInfo(*dump, dump.diagnostics).size(), kMaxMacCrashRecords);
  EXPECT_EQ(dump.diagnostics.kept().at(0).code, base::Code::kLimitExceeded);
}

}  // namespace
}  // namespace cairn::minidump
