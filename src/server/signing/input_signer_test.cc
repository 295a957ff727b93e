#include "server/signing/input_signer.h"

#include <gtest/gtest.h>

#include "server/search/raw_stack.h"
#include "server/signing/signing_for_test.h"

namespace cairn::signing {
namespace {

search::Signature SignatureOf(const search::SignatureInput::Parts& parts, const SettingsText& text = {}) {
  const auto rules =
      std::get<std::shared_ptr<const SigningRules>>(SigningRules::Create({.text = text, .decisions = {}}));
  return InputSigner(rules).Sign(*search::MakeInput(parts));
}

search::StackFrame Named(const std::string& function) {
  return {.module = "app", .debug_id = "AB0", .module_offset = 1, .names = {{function, "a.cc", 3}}};
}

TEST(ServerSigningInputSigner, AllThatTheIndexHasOfAStackIsSigned) {
  search::StackFrame inlined = Named("Outer(int)");
  inlined.names.insert(inlined.names.begin(), {"Inner<A>()", "a.h", 7});
  const search::Signature made = SignatureOf(
      {.stack = search::MakeStack({{.module_offset = 0x1234},
                                   {.module = "libfoo.so", .debug_id = "CD0", .module_offset = 0x1301},
                                   inlined})});
  EXPECT_EQ(made.proto_signature, "@0x1234 | libfoo.so | Inner<T> | Outer");
  EXPECT_EQ(made.group, "Inner<T> | Outer");
  EXPECT_EQ(SignatureOf({.stack = search::MakeStack(
                             {{.module = "libfoo.so", .debug_id = "CD0", .module_offset = 0x1301}})})
                .group,
            "libfoo.so!CD0+0x1300");
}

TEST(ServerSigningInputSigner, AnnotationsAndReasonAreRead) {
  search::SignatureInput::Parts parts{.stack = search::MakeStack({Named("Crash")}),
                                      .annotations = {{"AbortMessage", "it is over"}}};
  EXPECT_EQ(SignatureOf(parts).signature, "Abort | it is over | Crash");
  parts.annotations = {{"OOMAllocationSize", "7"}};
  EXPECT_EQ(SignatureOf(parts).signature, "OOM | small");
  parts.annotations = {{"ProductName", "Crashy"}};
  parts.reason = "EXCEPTION_STACK_OVERFLOW";
  EXPECT_EQ(SignatureOf(parts).signature, "stackoverflow | Crash");
  const SettingsText rules{.lists = {},
                           .rules =
                               "products = [\"Crashy\"]\n[[rule]]\nname = \"n\"\neffect = \"rename\"\n"
                               "function = \"Crash\"\nto = \"Bang\"\n"};
  EXPECT_EQ(SignatureOf(parts, rules).signature, "stackoverflow | Bang");
  parts.annotations = {{"ProductName", "Editor"}};
  EXPECT_EQ(SignatureOf(parts, rules).signature, "stackoverflow | Crash");
}

TEST(ServerSigningInputSigner, AWatchdogsCrashIsThatOfTheFirstThread) {
  search::SignatureInput::Parts parts{
      .stack = search::MakeStack({Named("mozilla::(anonymous namespace)::RunWatchdog(void*)")}),
      .more_stacks = {search::MakeStack({Named("WaitsForever")})}};
  EXPECT_EQ(SignatureOf(parts).signature, "shutdownhang | WaitsForever");
  // Without a crashing thread, the first one is what is known.
  parts.stack = nullptr;
  EXPECT_EQ(SignatureOf(parts).signature, "WaitsForever");
}

TEST(ServerSigningInputSigner, WhatCameBeforeDoesNotMatter) {
  const std::vector<search::CrashRow> rows = RandomCrashes(300, 9);
  InputSigner one(SigningRules::Default());
  for (const search::CrashRow& row : rows) {
    InputSigner fresh(SigningRules::Default());
    EXPECT_EQ(one.Sign(*row.input), fresh.Sign(*row.input));
  }
}

}  // namespace
}  // namespace cairn::signing
