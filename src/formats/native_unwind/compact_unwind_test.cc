#include "formats/native_unwind/compact_unwind.h"

#include <gtest/gtest.h>

#include "testing/compact_unwind_builder.h"

namespace cairn::native {
namespace {

using testing::CompactFunction;

const std::vector<CompactFunction> kFunctions = {{0x1000, 0xa}, {0x1010, 0xb}, {0x1040, 0}, {0x1050, 0xc}};
constexpr std::uint32_t kEnd = 0x1060;

void ExpectFunctions(const std::vector<std::byte>& section) {
  const CompactUnwind unwind(section);
  EXPECT_FALSE(unwind.Find({0xfff}));
  for (std::size_t i = 0; i < kFunctions.size(); ++i) {
    const std::uint64_t end = i + 1 < kFunctions.size() ? kFunctions[i + 1].offset : kEnd;
    for (const std::uint64_t offset : {std::uint64_t{kFunctions[i].offset}, end - 1}) {
      const auto entry = unwind.Find({offset});
      ASSERT_TRUE(entry) << std::hex << offset;
      EXPECT_EQ(entry->start.value, kFunctions[i].offset);
      EXPECT_EQ(entry->size, end - kFunctions[i].offset);
      EXPECT_EQ(entry->encoding, kFunctions[i].encoding);
    }
  }
  EXPECT_FALSE(unwind.Find({kEnd}));
  const std::vector<CompactEntry> entries = unwind.Entries();
  ASSERT_EQ(entries.size(), kFunctions.size());
  for (std::size_t i = 0; i < entries.size(); ++i) EXPECT_EQ(entries[i].start.value, kFunctions[i].offset);
}

TEST(CompactUnwind, RegularPageGivesEveryFunction) {
  ExpectFunctions(testing::RegularUnwindInfo(kFunctions, kEnd));
}

TEST(CompactUnwind, CompressedPageGivesEveryFunction) {
  ExpectFunctions(testing::CompressedUnwindInfo(kFunctions, kEnd));
}

TEST(CompactUnwind, EveryTruncationIsReadSafely) {
  for (const auto& section :
       {testing::RegularUnwindInfo(kFunctions, kEnd), testing::CompressedUnwindInfo(kFunctions, kEnd)}) {
    for (std::size_t size = 0; size < section.size(); ++size) {
      const std::vector<std::byte> cut(section.begin(), section.begin() + static_cast<std::ptrdiff_t>(size));
      const CompactUnwind unwind(cut);
      for (std::uint64_t offset = 0xff0; offset < 0x1070; offset += 8) (void)unwind.Find({offset});
      (void)unwind.Entries();
    }
  }
}

TEST(CompactUnwind, HugeCountsAndStrangePagesGiveNothing) {
  for (const std::size_t field :
       {std::size_t{0}, std::size_t{20}, std::size_t{24}, std::size_t{32}, std::size_t{52}}) {
    std::vector<std::byte> section = testing::RegularUnwindInfo(kFunctions, kEnd);
    std::fill_n(section.begin() + static_cast<std::ptrdiff_t>(field), 4, std::byte{0xff});
    EXPECT_FALSE(CompactUnwind(section).Find({0x1010})) << field;
  }
}

}  // namespace
}  // namespace cairn::native
