#include "apps/reprocess_command.h"

#include <gtest/gtest.h>

namespace cairn::apps {
namespace {

TEST(ReprocessCommandTest, WhatIsAskedForBecomesForms) {
  Reprocess asked{.query = "product=a&x=~b", .signature = "f(int) | g", .set_aside = true};
  asked.ids.assign(101, "id");
  asked.ids[100] = "bp-1";
  const std::vector<std::string> forms = ReprocessingForms(asked);
  ASSERT_EQ(forms.size(), 5u);
  EXPECT_TRUE(forms[0].starts_with("crash_ids=id&crash_ids=id&"));
  EXPECT_EQ(forms[1], "crash_ids=bp-1");
  EXPECT_EQ(forms[2], "query=product%3Da%26x%3D%7Eb");
  EXPECT_EQ(forms[3], "signature=f%28int%29%20%7C%20g");
  EXPECT_EQ(forms[4], "set_aside=1");
  EXPECT_TRUE(ReprocessingForms({}).empty());
}

}  // namespace
}  // namespace cairn::apps
