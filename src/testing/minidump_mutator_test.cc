#include "testing/minidump_mutator.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "testing/minidump_builder.h"

namespace cairn::testing {
namespace {

std::vector<std::uint8_t> SmallDump() {
  MinidumpBuilder builder;
  builder.System({}).Module({.base = 0x1000, .name = "/bin/app"});
  builder.Thread({.id = 1, .stack = {.address = 0x7000, .bytes = std::vector<std::byte>(256)}});
  std::vector<std::uint8_t> bytes;
  for (const std::byte byte : builder.Build()) bytes.push_back(static_cast<std::uint8_t>(byte));
  return bytes;
}

TEST(MutateMinidump, TheSameSeedDoesTheSame) {
  std::vector<std::uint8_t> first = SmallDump();
  std::vector<std::uint8_t> second = SmallDump();
  MutateMinidump(first, 5);
  MutateMinidump(second, 5);
  EXPECT_EQ(first, second);
}

TEST(MutateMinidump, ChangesStayInsideAndMostSeedsChangeSomething) {
  const std::vector<std::uint8_t> whole = SmallDump();
  int changed = 0;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    std::vector<std::uint8_t> dump = whole;
    MutateMinidump(dump, seed);
    ASSERT_LE(dump.size(), whole.size());
    changed += dump != whole;
  }
  EXPECT_GT(changed, 1800);
}

TEST(MutateMinidump, TakesBytesThatAreNoDump) {
  for (std::size_t size = 0; size < 64; ++size) {
    std::vector<std::uint8_t> bytes(size, 0xff);
    for (std::uint64_t seed = 0; seed < 50; ++seed) MutateMinidump(bytes, seed);
  }
}

}  // namespace
}  // namespace cairn::testing
