#include "formats/minidump/unloaded_modules.h"

#include <gtest/gtest.h>

#include "formats/minidump/dump_for_test.h"
#include "testing/stream_builders.h"

namespace cairn::minidump {
namespace {

class UnloadedModules : public ::testing::TestWithParam<std::endian> {};
INSTANTIATE_TEST_SUITE_P(BothByteOrders, UnloadedModules,
                         ::testing::Values(std::endian::little, std::endian::big));

TEST_P(UnloadedModules, KeepTheirIdsAndMayOverlap) {
  testing::MinidumpBuilder builder(GetParam());
  builder.StreamFrom(14, testing::UnloadedModules({{0x7ff000000000, 0x5000, 0x569dfa17, "C:\\KBDIT.DLL"},
                                                   {0x7ff000000000, 0x6000, 0x1, "other.dll"}}));
  DumpForTest dump(builder.Build());
  const auto modules = ReadUnloadedModules(*dump, dump.diagnostics);
  ASSERT_EQ(modules.size(), 2u);
  EXPECT_EQ(modules[0].base.value, 0x7ff000000000u);
  EXPECT_EQ(modules[0].size, 0x5000u);
  EXPECT_EQ(modules[0].code_file, "C:\\KBDIT.DLL");
  EXPECT_EQ(modules[0].code_id, "569dfa175000");
  EXPECT_EQ(modules[1].code_id, "000000016000");
}

TEST_P(UnloadedModules, BadEntriesDoNotLoseTheList) {
  testing::MinidumpBuilder builder(GetParam());
  builder.StreamFrom(14, [](testing::MinidumpBuilder& file, testing::ByteSink& stream) {
    stream.U32(12).U32(28).U32(3);                                        // Entries of a later version.
    stream.U64(0x1000).U32(0x1000).U32(0).U32(7).U32(0xfffffff0).U32(0);  // A name outside of the file.
    stream.U64(~std::uint64_t{0}).U32(2).U32(0).U32(7).U32(0).U32(0);     // Wraps.
    stream.U64(0x5000).U32(0x1000).U32(0).U32(7).U32(file.PlaceUtf16("a")).U32(0);
  });
  DumpForTest dump(builder.Build());
  const auto modules = ReadUnloadedModules(*dump, dump.diagnostics);
  ASSERT_EQ(modules.size(), 2u);
  EXPECT_EQ(modules[0].code_file, "");
  EXPECT_EQ(modules[1].code_file, "a");
  EXPECT_EQ(dump.diagnostics.kept().size(), 2u);
}

}  // namespace
}  // namespace cairn::minidump
