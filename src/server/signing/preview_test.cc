#include "server/signing/preview.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cairn::signing {
namespace {

// That a preview tells the truth is signing_test's.
std::string Draw(const std::vector<SignatureChange>& changes) {
  std::string text;
  for (const SignatureChange& change : changes) {
    text += change.signature + " " + std::to_string(change.crashes) + ":";
    for (const Flow& flow : change.flows)
      text += " " + flow.from + ">" + flow.to + " " + std::to_string(flow.crashes);
    text += "\n";
  }
  return text;
}

TEST(ServerSigningPreview, FlowsAreSummedUp) {
  const Preview preview = SumUp({{"a", "a", 3, 30, ""},
                                 {"a", "b", 1, 40, ""},
                                 {"b", "b", 1, 5, ""},
                                 {"c", "d", 2, 8, ""},
                                 {"e", "d", 1, 9, ""},
                                 {"", "f", 1, 2, ""}});
  EXPECT_EQ(Draw(preview.splits), "a 70: a>b 40 a>a 30\n");
  EXPECT_EQ(Draw(preview.merges), "b 45: a>b 40 b>b 5\nd 17: e>d 9 c>d 8\n");
  EXPECT_EQ(Draw(preview.appears), "d 17: e>d 9 c>d 8\nf 2: >f 2\n");
  EXPECT_EQ(Draw(preview.vanishes), "e 9: e>d 9\nc 8: c>d 8\n");
  EXPECT_EQ(preview.inputs, 9U);
  EXPECT_EQ(preview.crashes, 94U);
  EXPECT_EQ(preview.changed_inputs, 5U);
  EXPECT_EQ(preview.changed_crashes, 59U);
  EXPECT_EQ(preview.signatures_before, 4U);
  EXPECT_EQ(preview.signatures_after, 4U);
}

}  // namespace
}  // namespace cairn::signing
