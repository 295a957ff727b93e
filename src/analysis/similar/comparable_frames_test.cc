#include "analysis/similar/comparable_frames.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cairn::similar {
namespace {

using ::testing::ElementsAre;

TEST(ComparableFramesTest, NamesAreNormalisedAndNoiseLeftOut) {
  signature::SignatureInput input;
  input.threads.push_back(
      {.frames = {{.module = "libc.so.6", .function = "abort"},
                  {.module = "app", .function = "void f<int>(char)", .inlines = {{.function = "g()"}}},
                  {.module = "libc.so.6", .module_offset = 0x10},
                  {.module = "libplug.so", .debug_id = "A1", .module_offset = 0x1234},
                  {.module = "app", .function = "r"},
                  {.module = "app", .function = "r"},
                  {.module = "app", .function = "r"},
                  {.module = "app", .function = "main"}}});
  EXPECT_THAT(ComparableFrames(input, signature::SignatureLists::Default()),
              ElementsAre("g", "f<T>", "libplug.so!A1+0x1200", "r", "r", "main"));
  EXPECT_THAT(ComparableFrames({}, signature::SignatureLists::Default()), ElementsAre());
}

}  // namespace
}  // namespace cairn::similar
