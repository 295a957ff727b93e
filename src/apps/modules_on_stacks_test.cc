#include "apps/modules_on_stacks.h"

#include <gtest/gtest.h>

#include "analysis/pipeline/analyze.h"
#include "testing/sample_crash.h"

namespace cairn::apps {
namespace {

TEST(ModulesOnStacksTest, FindsWhatTheWordsPointInto) {
  const std::vector<std::byte> dump = testing::SampleCrash().Build();
  auto analysis = pipeline::Analysis::Create(dump, {});
  ASSERT_TRUE(analysis.has_value());
  EXPECT_EQ(ModulesOnStacks(dump, analysis->report(), false).size(), 2u);
  EXPECT_TRUE(ModulesOnStacks(base::AsBytes("no dump"), analysis->report(), false).empty());
}

}  // namespace
}  // namespace cairn::apps
