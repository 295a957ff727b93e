#include "server/search/raw_stack.h"

#include <gtest/gtest.h>

namespace cairn::search {
namespace {

using Frames = std::vector<StackFrame>;

const StackFrame kFrame = {
    .module = "crashy", .debug_id = "AB0", .module_offset = 16, .names = {{"crash_here", "a.cc", 3}}};

TEST(ServerSearchRawStack, TheIdIsOfTheAddressesAndNotOfTheirNames) {
  StackFrame renamed = kFrame;
  renamed.names = {{"inlined", "a.h", 1}, {"crash_here", "a.cc", 3}};
  const RawStack before(Frames{kFrame});
  const RawStack after(Frames{renamed});
  EXPECT_EQ(before.id(), after.id());
  EXPECT_NE(before.names_hash(), after.names_hash());
  StackFrame elsewhere = kFrame;
  elsewhere.module_offset = 17;
  EXPECT_NE(RawStack(Frames{elsewhere}).id(), before.id());
  EXPECT_NE(RawStack(Frames{kFrame, kFrame}).id(), before.id());
  renamed = kFrame;
  renamed.names[0].line = 4;
  EXPECT_NE(RawStack(Frames{renamed}).names_hash(), before.names_hash());
}

TEST(ServerSearchRawStack, WithoutADebugIdTheNamesAreTheAddress) {
  const RawStack first(Frames{{.names = {{"com.example.Main.run", "Main.java", 5}}}});
  const RawStack second(Frames{{.names = {{"com.example.Other.run", "Other.java", 5}}}});
  EXPECT_NE(first.id(), second.id());
}

// Ids lie in files: they must never change.
TEST(ServerSearchRawStack, IdsAreTheSameForAllTime) {
  EXPECT_EQ(RawStack(Frames{}).id(), -2289122271320946329);
  EXPECT_EQ(RawStack(Frames{kFrame}).id(), 5684364910888495648);
}

TEST(ServerSearchRawStack, TextThatIsNotUtf8IsMended) {
  const RawStack stack(Frames{{.module = "a\xff", .names = {{"\xc3", "", 0}}}});
  EXPECT_EQ(stack.frames()[0].module, "a\xef\xbf\xbd");
  EXPECT_EQ(stack.frames()[0].names[0].function, "\xef\xbf\xbd");
}

}  // namespace
}  // namespace cairn::search
