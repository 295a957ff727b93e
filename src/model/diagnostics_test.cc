#include "model/diagnostics.h"

#include <gtest/gtest.h>

namespace cairn::model {
namespace {

TEST(Diagnostics, CountsWhatItDoesNotKeep) {
  Diagnostics diagnostics;
  for (std::size_t i = 0; i < Diagnostics::kMaxKept + 5; ++i) {
    diagnostics.Add(Stage::kMinidump, {base::Code::kTruncated, i, "stream"});
  }
  EXPECT_EQ(diagnostics.kept().size(), Diagnostics::kMaxKept);
  EXPECT_EQ(diagnostics.dropped(), 5u);
  EXPECT_EQ(diagnostics.kept().front().what, "stream");
}

}  // namespace
}  // namespace cairn::model
