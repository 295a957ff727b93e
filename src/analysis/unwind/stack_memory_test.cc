#include "analysis/unwind/stack_memory.h"

#include <gtest/gtest.h>

#include "testing/stack_builder.h"

namespace cairn::unwind {
namespace {

using testing::StackBuilder;

TEST(StackMemory, ReadsTheStackThenWhateverElseThereIs) {
  const testing::MemorySpec stack = StackBuilder(0x5000).Word(1).Word(2).Build();
  const testing::MemorySpec low = StackBuilder(0x1000).Word(3).Build();
  const testing::MemorySpec high = StackBuilder(0x9000).Word(4).Build();
  const model::MemoryView others[] = {{{low.address}, low.bytes}, {{high.address}, high.bytes}};
  const StackMemory memory({{stack.address}, stack.bytes}, 8, std::endian::little, others);
  EXPECT_EQ(memory.ReadPointer(0x5008), 2u);
  EXPECT_EQ(memory.ReadPointer(0x1000), 3u);
  EXPECT_EQ(memory.ReadPointer(0x9000), 4u);
  for (const std::uint64_t outside : {0xfffull, 0x1001ull, 0x500cull, 0x9008ull, 0x7000ull, ~0ull, 0ull}) {
    EXPECT_EQ(memory.ReadPointer(outside), std::nullopt) << std::hex << outside;
  }
  EXPECT_TRUE(memory.AreInOneRange(0x5000, 0x500f));
  EXPECT_FALSE(memory.AreInOneRange(0x5000, 0x9000));
  EXPECT_FALSE(memory.AreInOneRange(0x7000, 0x7000)) << "in none";
}

TEST(StackMemory, RangesInsideALargerOneDoNotHideIt) {
  const testing::MemorySpec large = StackBuilder(0x1000).Words(16, 7).Build();
  const testing::MemorySpec small = StackBuilder(0x1010).Word(8).Build();
  const model::MemoryView others[] = {{{large.address}, large.bytes}, {{small.address}, small.bytes}};
  const StackMemory memory({}, 8, std::endian::little, others);
  EXPECT_EQ(memory.ReadPointer(0x1040), 7u);
}

TEST(StackMemory, AddressesOf32BitsWrap) {
  const testing::MemorySpec stack = StackBuilder(0x5000, std::endian::big, 4).Word(0x01020304).Build();
  const StackMemory memory({{stack.address}, stack.bytes}, 4, std::endian::big);
  EXPECT_EQ(memory.ReadPointer(0xffffffff00005000), 0x01020304u);
  EXPECT_EQ(memory.Wrap(0x100000001), 1u);
}

TEST(StackMemory, GivesTheBytesBeforeAnAddress) {
  const testing::MemorySpec code = StackBuilder(0x5000).Word(0x0807060504030201).Build();
  const StackMemory memory({{code.address}, code.bytes});
  EXPECT_EQ(memory.BytesBefore(0x5008, 2).size(), 2u);
  EXPECT_EQ(memory.BytesBefore(0x5008, 2).back(), std::byte{8});
  EXPECT_EQ(memory.BytesBefore(0x5001, 8).size(), 1u) << "no more are there";
  EXPECT_TRUE(memory.BytesBefore(0x5000, 8).empty());
  EXPECT_TRUE(memory.BytesBefore(0x500a, 8).empty()) << "the byte right before is not there";
  EXPECT_TRUE(memory.BytesBefore(0, 8).empty());
}

}  // namespace
}  // namespace cairn::unwind
