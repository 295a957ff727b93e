#include "model/memory_view.h"

#include <gtest/gtest.h>

#include <vector>

namespace cairn::model {
namespace {

TEST(FindMemory, GivesTheViewThatHoldsTheAddress) {
  const std::vector<std::byte> bytes(0x100);
  const std::vector<MemoryView> views = {{{0x1000}, bytes}, {{0x1100}, bytes}, {{0x2000}, bytes}};
  EXPECT_FALSE(FindMemory(views, {0xfff}));
  EXPECT_EQ(FindMemory(views, {0x10ff})->start.value, 0x1000u);
  EXPECT_EQ(FindMemory(views, {0x1100})->start.value, 0x1100u);
  EXPECT_FALSE(FindMemory(views, {0x1200}));
  EXPECT_EQ(FindMemory(views, {0x20f0})->From({0x20f0}).size(), 0x10u);
  EXPECT_FALSE(FindMemory({}, {0}));
}

TEST(FindMemory, PiecesInsideALargeViewDoNotHideItsTail) {
  const std::vector<std::byte> large(0x1000);
  const std::vector<std::byte> small(0x10);
  std::vector<MemoryView> views = {{{0x1000}, large}};
  for (std::uint64_t start = 0x1100; start < 0x1800; start += 0x100) views.push_back({{start}, small});
  EXPECT_EQ(FindMemory(views, {0x1f00})->start.value, 0x1000u);
}

// The address space's last byte belongs to a view that ends with it.
TEST(FindMemory, ViewMayEndWithTheAddressSpace) {
  const std::vector<std::byte> bytes(0x10);
  const std::vector<MemoryView> views = {{{~std::uint64_t{0xf}}, bytes}};
  EXPECT_TRUE(FindMemory(views, {~std::uint64_t{0}}));
}

}  // namespace
}  // namespace cairn::model
