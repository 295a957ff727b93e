#include "analysis/instruction/other_cpus.h"

#include <capstone/capstone.h>
#include <gtest/gtest.h>

namespace cairn::instruction {
namespace {

TEST(OtherCpus, AreLeftOut) {
  LeaveOutOtherCpus();
  csh engine = 0;
  for (const cs_arch arch :
       {CS_ARCH_ARM, CS_ARCH_M68K, CS_ARCH_MIPS, CS_ARCH_PPC, CS_ARCH_SPARC, CS_ARCH_SYSZ}) {
    EXPECT_EQ(cs_open(arch, CS_MODE_LITTLE_ENDIAN, &engine), CS_ERR_ARCH) << arch;
  }
  ASSERT_EQ(cs_open(CS_ARCH_ARM64, CS_MODE_LITTLE_ENDIAN, &engine), CS_ERR_OK);
  cs_close(&engine);
}

}  // namespace
}  // namespace cairn::instruction
