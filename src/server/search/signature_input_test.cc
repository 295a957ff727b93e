#include "server/search/signature_input.h"

#include <gtest/gtest.h>

namespace cairn::search {
namespace {

SignatureInput::Parts SomeParts() {
  return {.stack = MakeStack({{.module = "crashy", .debug_id = "AB0", .module_offset = 16}}),
          .platform = "Linux",
          .reason = "SIGSEGV / SEGV_MAPERR",
          .annotations = {{"abort_message", "out of cheese"}},
          .signature = {"crash_here", "crash_here | main", ""}};
}

std::int64_t IdAfter(void (*change)(SignatureInput::Parts&)) {
  SignatureInput::Parts parts = SomeParts();
  change(parts);
  return SignatureInput(parts).id();
}

TEST(ServerSearchSignatureInput, TheIdIsOfWhatTheRulesRead) {
  const std::int64_t id = SignatureInput(SomeParts()).id();
  EXPECT_EQ(IdAfter([](SignatureInput::Parts& parts) { parts.signature = {"other", "", "group"}; }), id);
  EXPECT_NE(IdAfter([](SignatureInput::Parts& parts) { parts.platform = "Android"; }), id);
  EXPECT_NE(IdAfter([](SignatureInput::Parts& parts) { parts.reason = ""; }), id);
  EXPECT_NE(IdAfter([](SignatureInput::Parts& parts) { parts.annotations = {}; }), id);
  EXPECT_NE(IdAfter([](SignatureInput::Parts& parts) { parts.stack = nullptr; }), id);
  EXPECT_NE(IdAfter([](SignatureInput::Parts& parts) { parts.more_stacks = {MakeStack({})}; }), id);
}

// Ids lie in files: they must never change.
TEST(ServerSearchSignatureInput, IdsAreTheSameForAllTime) {
  EXPECT_EQ(SignatureInput(SomeParts()).id(), 3111816397737073795);
}

TEST(ServerSearchSignatureInput, EachPartOfASignatureCounts) {
  const Signature signature = {"a", "b", ""};
  EXPECT_NE(HashOf(signature), HashOf({"a", "", ""}));
  EXPECT_NE(HashOf(signature), HashOf({"b", "b", ""}));
  EXPECT_NE(HashOf(signature), HashOf({"a", "b", "c"}));
}

TEST(ServerSearchSignatureInput, TextThatIsNotUtf8IsMended) {
  SignatureInput::Parts parts = SomeParts();
  parts.reason = "\xff";
  parts.annotations = {{"abort_message", "\xff"}};
  const SignatureInput input(parts);
  EXPECT_EQ(input.parts().reason, "\xef\xbf\xbd");
  EXPECT_EQ(input.annotations_json(), "{\"abort_message\":\"\xef\xbf\xbd\"}");
}

}  // namespace
}  // namespace cairn::search
