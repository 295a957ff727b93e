#include "testing/minidump_mutator.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>

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
  MutateMinidump(first, first.size(), 5);
  MutateMinidump(second, second.size(), 5);
  EXPECT_EQ(first, second);
}

TEST(MutateMinidump, KeepsToItsBoundAndMostSeedsChangeSomething) {
  const std::vector<std::uint8_t> whole = SmallDump();
  const std::size_t max_bytes = whole.size() + 200;
  int changed = 0;
  int grown = 0;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    std::vector<std::uint8_t> dump = whole;
    MutateMinidump(dump, max_bytes, seed);
    ASSERT_LE(dump.size(), max_bytes);
    changed += dump != whole;
    grown += dump.size() > whole.size();
  }
  EXPECT_GT(changed, 1800);
  EXPECT_GT(grown, 100);
}

// The number of 4 bytes at a place, in the file's order.
std::uint32_t Number(const std::vector<std::uint8_t>& dump, std::size_t at) {
  return static_cast<std::uint32_t>(dump.at(at) | dump.at(at + 1) << 8 | dump.at(at + 2) << 16 |
                                    dump.at(at + 3) << 24);
}

// What the directory says of a type: where the stream starts, or nothing.
std::size_t StreamStart(const std::vector<std::uint8_t>& dump, std::uint32_t type) {
  const std::size_t directory = Number(dump, 12);
  for (std::size_t i = 0; i < Number(dump, 8) && directory + 12 * (i + 1) <= dump.size(); ++i) {
    if (Number(dump, directory + 12 * i) == type) return Number(dump, directory + 12 * i + 8);
  }
  return 0;
}

TEST(MutateMinidump, AListGrowsByAWholeRecord) {
  const std::vector<std::uint8_t> whole = SmallDump();
  int grown = 0;
  int same = 0;  // The same thread twice. Other steps of the same seed may change either.
  for (std::uint64_t seed = 0; seed < 4000; ++seed) {
    std::vector<std::uint8_t> dump = whole;
    MutateMinidump(dump, whole.size() + 1000, seed);
    if (dump.size() != whole.size() + 4 + 2 * 48) continue;  // The thread list again, and a thread more.
    const std::size_t threads = StreamStart(dump, 3);
    if (threads != whole.size() || Number(dump, threads) != 2) continue;
    ++grown;
    same += Number(dump, threads + 4) == Number(dump, threads + 4 + 48);
  }
  EXPECT_GT(grown, 10);
  EXPECT_GT(same, grown / 2);
}

TEST(MutateMinidump, TakesBytesThatAreNoDump) {
  for (std::size_t size = 0; size < 64; ++size) {
    std::vector<std::uint8_t> bytes(size, 0xff);
    for (std::uint64_t seed = 0; seed < 50; ++seed) MutateMinidump(bytes, 100, seed);
  }
}

TEST(MutateDumpInFront, WhatStandsBehindMovesAlong) {
  const std::vector<std::uint8_t> dump = SmallDump();
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    std::vector<std::uint8_t> input = dump;
    input.insert(input.end(), {'e', 'n', 'd'});
    input.resize(input.size() + 500);
    const std::size_t size =
        MutateDumpInFront(input.data(), dump.size() + 3, dump.size(), input.size(), seed);
    ASSERT_LE(size + 3, input.size());
    EXPECT_EQ(std::string(input.begin() + static_cast<std::ptrdiff_t>(size),
                          input.begin() + static_cast<std::ptrdiff_t>(size + 3)),
              "end");
  }
}

}  // namespace
}  // namespace cairn::testing
