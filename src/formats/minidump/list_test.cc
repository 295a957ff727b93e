#include "formats/minidump/list.h"

#include <gtest/gtest.h>

#include "formats/minidump/dump_for_test.h"
#include "testing/minidump_builder.h"

namespace cairn::minidump {
namespace {

constexpr SizedListShape kShape{.element_bytes_min = 8, .count_max = 3, .what = "things"};

// A header of three words, the rest zero.
SizedList OpenOf(std::vector<std::uint32_t> header, std::size_t rest, const SizedListShape& shape,
                 model::Diagnostics& diagnostics) {
  static const DumpForTest dump(testing::MinidumpBuilder(std::endian::little).Build());
  static std::vector<std::byte> stream;
  testing::ByteSink sink;
  for (const std::uint32_t word : header) sink.U32(word);
  stream = sink.Zeros(rest).Take();
  return OpenSizedList(*dump, stream, shape, diagnostics);
}

TEST(SizedList, EntriesMayBeLongerThanTheFieldsThatAreRead) {
  model::Diagnostics diagnostics;
  const SizedList list = OpenOf({16, 12, 2}, 4 + 24, kShape, diagnostics);
  ASSERT_EQ(list.count, 2u);
  EXPECT_EQ(list.Entry(1).remaining(), 12u);
  EXPECT_EQ(list.EntryOffset(1), 28u);
  EXPECT_TRUE(diagnostics.kept().empty());
}

TEST(SizedList, CountIsThatOfTheStreamAndOfTheLimit) {
  model::Diagnostics diagnostics;
  EXPECT_EQ(OpenOf({12, 8, 0xffffffff}, 17, kShape, diagnostics).count, 2u);
  EXPECT_EQ(OpenOf({12, 8, 5}, 40, kShape, diagnostics).count, 3u);
  ASSERT_EQ(diagnostics.kept().size(), 2u);
  EXPECT_EQ(diagnostics.kept()[0].code, base::Code::kTruncated);
  EXPECT_EQ(diagnostics.kept()[1].code, base::Code::kLimitExceeded);
}

TEST(SizedList, BrokenHeaderIsAnEmptyList) {
  model::Diagnostics diagnostics;
  EXPECT_EQ(OpenOf({12, 8}, 0, kShape, diagnostics).count, 0u) << "cut";
  EXPECT_EQ(OpenOf({100, 8, 1}, 8, kShape, diagnostics).count, 0u) << "header behind the stream";
  EXPECT_EQ(OpenOf({8, 8, 1}, 8, kShape, diagnostics).count, 0u) << "header shorter than its fields";
  EXPECT_EQ(OpenOf({12, 7, 1}, 8, kShape, diagnostics).count, 0u) << "entries too short";
  EXPECT_EQ(OpenOf({12, 0, 1}, 8, kShape, diagnostics).count, 0u) << "entries of no size";
  EXPECT_EQ(diagnostics.kept().size(), 5u);
}

}  // namespace
}  // namespace cairn::minidump
