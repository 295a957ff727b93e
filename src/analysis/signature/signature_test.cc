#include "analysis/signature/signature.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/signature/stack_signer.h"

namespace cairn::signature {
namespace {

using ::testing::ElementsAre;

const SignatureLists& Lists() {
  static const SignatureLists lists =
      *SignatureLists::Create({.sentinels = {"sentinel"},
                               .irrelevant = {"noise", "deep_noise"},
                               .prefix = {"lead", ".*\\.so", ".*\\.dll", "sentinel"}});
  return lists;
}

// One thread with frames of these functions.
SignatureInput Stack(std::initializer_list<std::string_view> functions) {
  SignatureInput input;
  input.threads.emplace_back();
  for (const std::string_view function : functions) {
    input.threads[0].frames.push_back({.function = std::string(function)});
  }
  return input;
}

std::string Sign(std::initializer_list<std::string_view> functions) {
  return MakeSignature(Stack(functions), Lists()).text;
}

TEST(SignatureTest, FirstFrameThatIsNoPrefixEndsIt) {
  EXPECT_EQ(Sign({"lead_in", "fault", "caller"}), "lead_in | fault");
  EXPECT_EQ(Sign({"noise", "fault", "caller"}), "fault");
  EXPECT_EQ(Sign({"lead_in", "noise", "lead_on"}), "lead_in | lead_on");
}

TEST(SignatureTest, ProtoSignatureHasAllFrames) {
  EXPECT_EQ(MakeSignature(Stack({"noise", "void fault(int)", "", "main"}), Lists()).proto,
            "noise | fault |  | main");
}

TEST(SignatureTest, BeginsAtTheSentinel) {
  EXPECT_EQ(Sign({"fault", "sentinel", "caller"}), "sentinel | caller");
  EXPECT_EQ(Sign({"fault", "sentinel", "lead", "sentinel", "caller"}), "sentinel | lead | sentinel | caller");
}

TEST(SignatureTest, RepeatedModuleStandsOnce) {
  SignatureInput input;
  input.threads.push_back(
      {.frames = {{.module = "a.so"}, {.module = "a.so"}, {.module = "b.so"}, {.function = "f"}}});
  EXPECT_EQ(MakeSignature(input, Lists()).text, "a.so | b.so | f");
}

TEST(SignatureTest, RepeatedFunctionStaysTwice) { EXPECT_EQ(Sign({"lead", "lead", "f"}), "lead | lead | f"); }

TEST(SignatureTest, ThreadWithNothingButNoiseIsItsFirstFrame) {
  const model::Signature signature = MakeSignature(Stack({"noise", "deep_noise"}), Lists());
  EXPECT_EQ(signature.text, "noise");
  EXPECT_THAT(signature.notes,
              ElementsAre("SignatureGenerationRule: CSignatureTool: no frame data for crashing thread (0)"));
}

TEST(SignatureTest, NoFramesSaySo) {
  EXPECT_EQ(MakeSignature({}, Lists()).text, "EMPTY: no frame data available");
  SignatureInput input = Stack({"f"});
  input.crashing_thread = 7;
  EXPECT_EQ(MakeSignature(input, Lists()).text, "EMPTY: no frame data available");
  input.crashing_thread = -2;
  EXPECT_EQ(MakeSignature(input, Lists()).text, "EMPTY: no frame data available");
  input.crashing_thread = -1;
  EXPECT_EQ(MakeSignature(input, Lists()).text, "f") << "counted from the end, as in the reference";
}

TEST(SignatureTest, TakesTheCrashingThread) {
  SignatureInput input = Stack({"idle"});
  input.threads.push_back({.frames = {{.function = "fault"}}});
  input.crashing_thread = 1;
  EXPECT_EQ(MakeSignature(input, Lists()).text, "fault");
}

TEST(SignatureTest, InlinesComeBeforeTheirFrame) {
  SignatureInput input = Stack({"outer"});
  input.threads[0].frames[0].inlines = {{.function = "lead_innermost"}, {.function = "noise"}};
  const model::Signature signature = MakeSignature(input, Lists());
  EXPECT_EQ(signature.text, "lead_innermost | outer");
  EXPECT_EQ(signature.proto, "lead_innermost | noise | outer");
}

TEST(SignatureTest, FortyFramesAreReadInlinesCounted) {
  SignatureInput input;
  input.threads.emplace_back();
  input.threads[0].frames.resize(30, {.function = "noise", .inlines = {{.function = "noise"}}});
  input.threads[0].frames[19].function = "fortieth";
  input.threads[0].frames[20].function = "beyond";
  const model::Signature signature = MakeSignature(input, Lists());
  EXPECT_EQ(signature.text, "fortieth");
  EXPECT_TRUE(signature.proto.ends_with("| fortieth"));
}

TEST(SignatureTest, WindowsModulesHaveNoCase) {
  SignatureInput input;
  input.threads.push_back(
      {.frames = {{.module = "USER32.DLL"}, {.module = "user32.dll"}, {.function = "F"}}});
  input.os = "Windows NT";
  EXPECT_EQ(MakeSignature(input, Lists()).text, "user32.dll | F");
  input.os = "Linux";
  EXPECT_EQ(MakeSignature(input, Lists()).text, "USER32.DLL");
}

TEST(SignatureTest, LongSignatureIsCut) {
  const model::Signature signature = MakeSignature(Stack({std::string(300, 'x')}), Lists());
  EXPECT_EQ(signature.text, std::string(252, 'x') + "...");
  EXPECT_THAT(signature.notes, ElementsAre("SigTruncate: SigTrunc: signature truncated due to length"));
  EXPECT_EQ(MakeSignature(Stack({std::string(255, 'x')}), Lists()).text, std::string(255, 'x'));
}

TEST(SignatureTest, SecondPlaceholderInARowIsLeftOutWhateverItsCase) {
  const SignatureLists lists = *SignatureLists::Create({.prefix = {".*"}});
  SignatureInput input =
      Stack({"A.DLL", "A.DLL", "x.So", "x.So", "XUL", "XUL", "(unloaded a.dll)", "(unloaded a.dll)"});
  for (SignatureFrame& frame : input.threads[0].frames) frame.module.swap(frame.function);
  EXPECT_EQ(MakeSignature(input, lists).text, "A.DLL | x.So | XUL | (unloaded a.dll) | (unloaded a.dll)");
}

TEST(SignatureTest, InlineWithoutANameHasTheAddressOfItsFrame) {
  SignatureInput input;
  input.threads.push_back({.frames = {{.offset = "0x0f", .inlines = {{}}}}});
  EXPECT_EQ(MakeSignature(input, Lists()).proto, "@0xf | @0xf");
}

TEST(SignatureTest, WorkIsBoundedAndTheCutIsNoted) {
  SignatureInput input;
  input.threads.emplace_back();
  input.threads[0].frames.resize(60, {.function = "lead" + std::string(10'000, 'x')});
  const model::Signature signature = MakeSignature(input, Lists());
  EXPECT_LE(signature.proto.size(), kMaxStackTextBytes + 3 * kMaxSignatureFrames);
  EXPECT_THAT(signature.notes,
              ::testing::Contains("SignatureGenerationRule: frames have more than 128 KiB of text, "
                                  "and were cut"));
}

// A signer that has met many other stacks gives the same answers as a new one, explained or not.
TEST(SignatureTest, WhatCameBeforeDoesNotMatter) {
  Signer signer(Lists());
  for (const char* const first : {"lead_a", "noise", "x.so", "sentinel", "fault", ""}) {
    for (const char* const second : {"lead", "noise_b", "x.so", "fault"}) {
      const SignatureInput input = Stack({first, second, "caller"});
      const model::Signature expected = MakeSignature(input, Lists());
      EXPECT_EQ(signer.Sign(input).text, expected.text);
      EXPECT_EQ(signer.Explain(input).signature.text, expected.text);
      EXPECT_EQ(signer.Explain(input).signature.notes, expected.notes);
    }
  }
}

TEST(SignatureTest, UnprintableBytesAreDropped) {
  const model::Signature signature = MakeSignature(Stack({"f\xc3\xa4\x01g"}), Lists());
  EXPECT_EQ(signature.text, "fg");
  EXPECT_THAT(signature.notes, ElementsAre("SigPrintableCharsOnly: unprintable characters removed"));
}

TEST(SignatureTest, ExplanationSaysWhatBecameOfEachFrame) {
  const ExplainedSignature explained =
      ExplainSignature(Stack({"above", "sentinel", "noise", "", "fault", "main"}), Lists());
  std::vector<std::string_view> roles;
  for (const ExplainedFrame& frame : explained.frames) roles.push_back(FrameRoleName(frame.role));
  EXPECT_THAT(roles, ElementsAre("above_sentinel", "prefix", "irrelevant", "empty", "last", "not_reached"));
  EXPECT_EQ(explained.signature.text, "sentinel | fault");
}

}  // namespace
}  // namespace cairn::signature
