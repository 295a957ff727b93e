#include "formats/minidump/linux_text.h"

#include <gtest/gtest.h>

#include "formats/minidump/dump_for_test.h"
#include "testing/minidump_builder.h"

namespace cairn::minidump {
namespace {

DumpForTest DumpOf(std::uint32_t type, std::string_view text) {
  testing::MinidumpBuilder builder;
  const base::Bytes bytes = base::AsBytes(text);
  builder.Stream(type, std::vector<std::byte>(bytes.begin(), bytes.end()));
  return DumpForTest(builder.Build());
}

TEST(LinuxRelease, OfLsbRelease) {
  const DumpForTest dump =
      DumpOf(0x47670005,
             "# made by hand\nDISTRIB_CODENAME=trusty\nDISTRIB_DESCRIPTION=\"Ubuntu 14.04 LTS\"\n"
             "DISTRIB_ID=Ubuntu\r\nDISTRIB_RELEASE='14.04'\nGOOGLE_ID=Goobuntu\n");
  const auto release = ReadLinuxRelease(*dump);
  ASSERT_TRUE(release.has_value());
  EXPECT_EQ(release->id, "Ubuntu");
  EXPECT_EQ(release->release, "14.04");
  EXPECT_EQ(release->codename, "trusty");
  EXPECT_EQ(release->description, "Ubuntu 14.04 LTS");
}

TEST(LinuxRelease, OfOsRelease) {
  const DumpForTest dump =
      DumpOf(0x47670005, "ID=fedora\nVERSION_ID=33\nVERSION_CODENAME=\"\"\nPRETTY_NAME=\"Fedora 33\"");
  const auto release = ReadLinuxRelease(*dump);
  ASSERT_TRUE(release.has_value());
  EXPECT_EQ(release->id, "fedora");
  EXPECT_EQ(release->release, "33");
  EXPECT_EQ(release->codename, "");
  EXPECT_EQ(release->description, "Fedora 33");
  EXPECT_FALSE(ReadLinuxRelease(*DumpOf(1, "x")).has_value());
}

TEST(ProcessLimits, TakeColumnsAndMayLackAUnit) {
  DumpForTest dump = DumpOf(0x4d7a0003,
                            "Limit                     Soft Limit           Hard Limit           Units     \n"
                            "Max stack size            8388608              unlimited            bytes     \n"
                            "Max nice priority         0                    -1                             \n"
                            "Max data size             18446744073709551615 18446744073709551615 bytes     \n"
                            "nonsense\n");
  const auto limits = ReadProcessLimits(*dump, dump.diagnostics);
  ASSERT_EQ(limits.size(), 3u);
  EXPECT_EQ(limits[0].name, "Max stack size");
  EXPECT_EQ(limits[0].soft, "8388608");
  EXPECT_EQ(limits[0].hard, "unlimited");
  EXPECT_EQ(limits[0].unit, "bytes");
  EXPECT_EQ(limits[1].name, "Max nice priority");
  EXPECT_EQ(limits[1].hard, "err");
  EXPECT_EQ(limits[1].unit, "n/a");
  EXPECT_EQ(limits[2].soft, "18446744073709551615") << "20 digits fill their column";
  EXPECT_EQ(dump.diagnostics.kept().size(), 1u);
}

TEST(Microcode, OfTheFirstCpu) {
  EXPECT_EQ(ReadMicrocode(*DumpOf(0x47670003, "model\t: 1\nmicrocode\t: 0x2B\nmicrocode\t: 0x3\n")), "0x2b");
  EXPECT_EQ(ReadMicrocode(*DumpOf(0x47670003, "microcode\t: 43\n")), "") << "no hex";
  EXPECT_EQ(ReadMicrocode(*DumpOf(0x47670003, "microcode")), "");
  EXPECT_EQ(ReadMicrocode(*DumpOf(1, "x")), "");
}

TEST(ProcStatus, PidIsNotThatOfTheParentOrTracer) {
  EXPECT_EQ(ReadProcStatusPid(*DumpOf(0x47670004, "PPid:\t1\nTracerPid:\t2\nPid:\t4712\n")), 4712u);
  EXPECT_EQ(ReadProcStatusPid(*DumpOf(0x47670004, "Pid:\t99999999999\n")), std::nullopt);
  EXPECT_EQ(ReadProcStatusPid(*DumpOf(0x47670004, "Pid:\t-1\n")), std::nullopt);
}

}  // namespace
}  // namespace cairn::minidump
