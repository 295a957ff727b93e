#include "formats/minidump/comment.h"

#include <gtest/gtest.h>

#include "formats/minidump/dump_for_test.h"
#include "testing/minidump_builder.h"

namespace cairn::minidump {
namespace {

TEST(Comment, WideGoesFirst) {
  testing::MinidumpBuilder builder;
  builder.Stream(10, testing::ByteSink().Text("narrow\xff").U8(0).Text("tail").Take());
  EXPECT_EQ(ReadComment(*DumpForTest(builder.Build())), "narrow\uFFFD");
  testing::MinidumpBuilder both(std::endian::big);
  both.Stream(10, testing::ByteSink().Text("narrow").Take());
  both.Stream(11, testing::ByteSink(std::endian::big).U16('w').U16(0xe9).U16(0).U16('x').Take());
  EXPECT_EQ(ReadComment(*DumpForTest(both.Build())), "wé");
  EXPECT_EQ(ReadComment(*DumpForTest(testing::MinidumpBuilder().Stream(99, {std::byte{1}}).Build())), "");
}

}  // namespace
}  // namespace cairn::minidump
