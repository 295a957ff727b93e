#include "formats/minidump/cpu_text.h"

#include <gtest/gtest.h>

namespace cairn::minidump {
namespace {

TEST(CpuText, OfX86LeavesOutAVendorThatIsNotThere) {
  EXPECT_EQ(X86CpuText("GenuineIntel", 6, 0x1a05), "GenuineIntel family 6 model 26 stepping 5");
  EXPECT_EQ(X86CpuText(std::string_view("\0\0\0\0\0\0\0\0\0\0\0\0", 12), 0, 0),
            "family 0 model 0 stepping 0");
}

TEST(CpuText, OfArmNamesCoreAndFeatures) {
  EXPECT_EQ(ArmCpuText(7, 0x4130c090, 0xb0d7),
            "ARMv7 ARM Cortex-A9 features: swp,half,thumb,fastmult,vfpv2,edsp,neon,vfpv3,tls");
  EXPECT_EQ(ArmCpuText(7, 0x510006f0, 0), "ARMv7 Qualcomm Krait");
  EXPECT_EQ(ArmCpuText(0, 0, 0), "ARMv0");
  EXPECT_EQ(ArmCpuText(7, 0x41001230, 0), "ARMv7 ARM part(0x123)");
  EXPECT_EQ(ArmCpuText(7, 0x99001230, 0xffffffff).substr(0, 31), "ARMv7 vendor(0x99) part(0x123) ");
}

TEST(CpuText, OfArm64NamesTheCoreOnly) {
  EXPECT_EQ(Arm64CpuText(0x414fd0b0), "ARM Cortex-A76");
  EXPECT_EQ(Arm64CpuText(0), "");
}

}  // namespace
}  // namespace cairn::minidump
