#include "analysis/similar/duplicate_report.h"

#include <gtest/gtest.h>

#include "analysis/similar/labelled_stacks_for_test.h"
#include "testing/noisy_stacks.h"

namespace cairn::similar {
namespace {

TEST(DuplicateReportTest, WithoutNoiseAllFindAlmostEverything) {
  const std::vector<LabelledStack> stacks =
      LabelledStacks(testing::MakeNoisyStacks({.bugs = 40, .stacks = 400, .noise = {0, 0, 0, 0, 0, 0}}));
  const DuplicateReport report = ReportDuplicates(stacks, signature::SignatureLists::Default());
  EXPECT_GT(report.by_signature.first_right, 0.9);
  EXPECT_GT(report.by_fast.first_right, 0.97);
  EXPECT_GT(report.by_fast.grouping.F1(), 0.9);
}

// What the report is for: through noise, FaST finds more than signatures do, and the two more together.
TEST(DuplicateReportTest, ThroughNoiseBothFindMoreThanSignaturesAlone) {
  const std::vector<LabelledStack> stacks =
      LabelledStacks(testing::MakeNoisyStacks({.bugs = 60, .stacks = 500, .seed = 3}));
  const DuplicateReport report = ReportDuplicates(stacks, signature::SignatureLists::Default());
  EXPECT_GT(report.by_fast.area_under_curve, report.by_signature.area_under_curve);
  EXPECT_GE(report.by_both.first_right, report.by_signature.first_right);
  EXPECT_GT(report.by_both.grouping.F1(), report.by_signature.grouping.F1());
}

TEST(DuplicateReportTest, NoStacksGiveNoFigures) {
  const DuplicateReport report = ReportDuplicates({}, signature::SignatureLists::Default());
  EXPECT_EQ(report.by_fast.first_right, 0);
  EXPECT_EQ(report.by_fast.grouping.F1(), 0);
}

}  // namespace
}  // namespace cairn::similar
