#include "server/signing/input_signer.h"

#include <gtest/gtest.h>

#include "server/search/raw_stack.h"
#include "server/signing/signing_for_test.h"
#include "server/worker/name_ping.h"
#include "server/worker/outcome.h"
#include "testing/sample_ping.h"

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

TEST(ServerSigningInputSigner, WhatCouldNotBeProcessedIsCalledSo) {
  EXPECT_EQ(SignatureOf({.annotations = {{"processing_failed", "1"}}}),
            (search::Signature{"EMPTY: crash failed to process", "EMPTY: crash failed to process", ""}));
  EXPECT_EQ(SignatureOf({}).signature, "EMPTY: no frame data available");
}

TEST(ServerSigningInputSigner, WhatCameBeforeDoesNotMatter) {
  const std::vector<search::CrashRow> rows = RandomCrashes(300, 9);
  InputSigner one(SigningRules::Default());
  for (const search::CrashRow& row : rows) {
    InputSigner fresh(SigningRules::Default());
    const search::Signature signature = one.Sign(*row.input);
    EXPECT_EQ(signature, fresh.Sign(*row.input));
  }
}

// What the worker makes of a ping, and what is made of what the index keeps of it.
void ExpectOneSignature(const std::string& json) {
  const auto report = worker::NamePing(json, [](const model::Module&) { return nullptr; });
  ASSERT_TRUE(report);
  const auto outcome = worker::ReadNamedStack(worker::WriteNamedStack(*report));
  ASSERT_TRUE(outcome);
  const auto stack_of = [](const std::vector<worker::OutcomeFrame>& frames) {
    std::vector<search::StackFrame> stack;
    for (const worker::OutcomeFrame& frame : frames) {
      search::StackFrame& made =
          stack.emplace_back(search::StackFrame{frame.module, frame.debug_id, frame.module_offset, {}});
      for (const worker::FrameName& name : frame.names)
        made.names.push_back({name.function, name.file, name.line});
    }
    return search::MakeStack(std::move(stack));
  };
  search::SignatureInput::Parts parts{.stack = stack_of(outcome->stack),
                                      .more_stacks = {},
                                      .platform = worker::FactsOf(*report).os_name,
                                      .reason = outcome->reason,
                                      .annotations = {},
                                      .signature = {}};
  if (!outcome->first_stack.empty()) parts.more_stacks.push_back(stack_of(outcome->first_stack));
  const search::Signature made = SignatureOf(parts);
  EXPECT_EQ(made.signature, outcome->signature);
  EXPECT_EQ(made.proto_signature, outcome->proto_signature);
  EXPECT_NE(made.proto_signature, "");
}

TEST(ServerSigningInputSigner, TheSignatureIsThatOfTheWorker) {
  const std::string ping = testing::SamplePing(7);
  ExpectOneSignature(ping);
  // Frames without a module: code that was made at run time, and a call of nothing.
  std::string in_heap = ping;
  const std::string module_index = R"(,"module_index":0)";
  for (std::size_t at = in_heap.find(module_index); at != std::string::npos;
       at = in_heap.find(module_index)) {
    in_heap.erase(at, module_index.size());
  }
  ExpectOneSignature(in_heap);
  std::string of_nothing = in_heap;
  of_nothing.replace(of_nothing.find(R"("ip":"0x)"), 8, R"("ip":"0x0","was":"0x)");
  ExpectOneSignature(of_nothing);
  // Nobody says which thread crashed.
  std::string unknown = ping;
  unknown.replace(unknown.find(R"("crashing_thread":0)"), 19, R"("crashing_thread":9)");
  ExpectOneSignature(unknown);
}

}  // namespace
}  // namespace cairn::signing
