#include "formats/minidump/thread_info.h"

#include <gtest/gtest.h>

#include "formats/minidump/dump_for_test.h"
#include "testing/stream_builders.h"

namespace cairn::minidump {
namespace {

class ThreadInfos : public ::testing::TestWithParam<std::endian> {};
INSTANTIATE_TEST_SUITE_P(BothByteOrders, ThreadInfos,
                         ::testing::Values(std::endian::little, std::endian::big));

TEST_P(ThreadInfos, AreRead) {
  testing::MinidumpBuilder builder(GetParam());
  builder.StreamFrom(17, testing::ThreadInfos({{7, 0x401000}, {8, 0x402000}}));
  DumpForTest dump(builder.Build());
  const auto infos = ReadThreadInfo(*dump, dump.diagnostics);
  ASSERT_EQ(infos.size(), 2u);
  EXPECT_EQ(infos[0].id, 7u);
  EXPECT_EQ(infos[0].exit_status, 259u);
  EXPECT_EQ(infos[0].create_time, 132223104000000000u);
  EXPECT_EQ(infos[0].user_time, 20000u);
  EXPECT_EQ(infos[1].start_address.value, 0x402000u);
  EXPECT_EQ(infos[1].affinity, 0xffu);
}

TEST_P(ThreadInfos, EntriesThatAreTooShortAreNoted) {
  testing::MinidumpBuilder builder(GetParam());
  builder.Stream(17, testing::ByteSink(GetParam()).U32(12).U32(8).U32(1).U64(1).Take());
  DumpForTest dump(builder.Build());
  EXPECT_TRUE(ReadThreadInfo(*dump, dump.diagnostics).empty());
  EXPECT_EQ(dump.diagnostics.kept().at(0).code, base::Code::kBadValue);
}

}  // namespace
}  // namespace cairn::minidump
