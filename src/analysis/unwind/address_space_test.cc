#include "analysis/unwind/address_space.h"

#include <gtest/gtest.h>

namespace cairn::unwind {
namespace {

TEST(AddressSpace, FindsModulesInAnyOrder) {
  const std::vector<model::Module> modules = {{.base = {0x5000}, .size = 0x1000},
                                              {.base = {0x1000}, .size = 0x1000}};
  const AddressSpace space(modules, {});
  EXPECT_EQ(space.FindModule({0x5fff}), 0u);
  EXPECT_EQ(space.FindModule({0x1000}), 1u);
  EXPECT_EQ(space.FindModule({0x2000}), std::nullopt);
  EXPECT_EQ(space.FindModule({0}), std::nullopt);
  EXPECT_EQ(space.OffsetIn(0, {0x5010}), model::ModuleOffset{0x10});
}

TEST(AddressSpace, ModuleBeginsAtItsOwnStart) {
  const AddressSpace space(
      {{.base = {0x1000}, .size = 0x1000, .own_start = 0x800}, {.base = {0x1000}, .size = 0x800}}, {});
  EXPECT_EQ(space.FindModule({0x17ff}), 1u);
  EXPECT_EQ(space.FindModule({0x1800}), 0u);
}

TEST(AddressSpace, ModuleMayEndWithTheAddressSpace) {
  const std::vector<model::Module> modules = {{.base = {~std::uint64_t{0} - 0xff}, .size = 0x100}};
  EXPECT_EQ(AddressSpace(modules, {}).FindModule({~std::uint64_t{0}}), 0u);
}

TEST(AddressSpace, CodeIsInModulesAndExecutableMappingsIfThoseAreKnown) {
  const std::vector<model::Module> modules = {{.base = {0x1000}, .size = 0x1000}};
  EXPECT_TRUE(AddressSpace(modules, {}).MayHoldCode({0x9000})) << "nothing is known of 0x9000";
  const std::vector<model::MemoryMapping> mappings = {
      {.start = {0x9000}, .end = {0xa000}, .executable = true},
      {.start = {0xa000}, .end = {0xb000}, .writable = true},
  };
  const AddressSpace space(modules, mappings);
  EXPECT_TRUE(space.MayHoldCode({0x1000}));
  EXPECT_TRUE(space.MayHoldCode({0x9fff}));
  EXPECT_FALSE(space.MayHoldCode({0xa000}));
}

TEST(AddressSpace, DataOfAModuleIsNoCode) {
  const std::vector<model::Module> modules = {{.base = {0x1000}, .size = 0x3000}};
  const std::vector<model::MemoryMapping> mappings = {
      {.start = {0x1000}, .end = {0x2000}, .executable = true},
      {.start = {0x2000}, .end = {0x3000}, .writable = true},
  };
  const AddressSpace space(modules, mappings);
  EXPECT_TRUE(space.MayHoldCode({0x1fff}));
  EXPECT_FALSE(space.MayHoldCode({0x2000}));
  EXPECT_TRUE(space.MayHoldCode({0x3000})) << "nothing is known of the module's rest";
}

TEST(AddressSpace, HighestCodeIsInAModuleOrAnExecutableMapping) {
  const std::vector<model::Module> modules = {{.base = {0x1000}, .size = 0x1000}};
  EXPECT_EQ(AddressSpace({}, {}).highest_code_address(), 0u);
  EXPECT_EQ(AddressSpace(modules, {}).highest_code_address(), 0x1fffu);
  const std::vector<model::MemoryMapping> mappings = {
      {.start = {0x9000}, .end = {0xa000}, .executable = true},
      {.start = {0xa000}, .end = {0xb000}, .writable = true},
  };
  EXPECT_EQ(AddressSpace(modules, mappings).highest_code_address(), 0x9fffu);
}

}  // namespace
}  // namespace cairn::unwind
