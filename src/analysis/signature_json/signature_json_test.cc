#include "analysis/signature_json/signature_json.h"

#include <gtest/gtest.h>

#include "analysis/signature/signature.h"

namespace cairn::signature_json {
namespace {

TEST(SignatureJsonTest, ExplanationNamesTheLineOfEachFrameAndTheOutcomeOfEachRule) {
  const auto lists = *signature::SignatureLists::Create(
      {.sentinels = {"sentinel"}, .irrelevant = {"# words", "noise"}, .prefix = {"sentinel"}});
  signature::SignatureInput input;
  input.threads.push_back({.frames = {{.function = "sentinel"}, {.function = "noise"}, {.function = "f"}}});
  base::JsonWriter json;
  json.BeginObject();
  WriteExplanation(signature::ExplainSignature(input, lists), json);
  json.EndObject();
  const std::string text = json.Take();
  const std::string frames =
      R"({"frames":[{"frame":"sentinel","role":"prefix","begins_at":{"list":"sentinel","line":1,"text":"sentinel"},)"
      R"("by":{"list":"prefix","line":1,"text":"sentinel"}},)"
      R"({"frame":"noise","role":"irrelevant","by":{"list":"irrelevant","line":2,"text":"noise"}},)"
      R"({"frame":"f","role":"last"}],"rules":[{"rule":"SignatureGenerationRule","outcome":"applied",)"
      R"("signature":"sentinel | f"},{"rule":"StackwalkerErrorSignatureRule","outcome":"not_applied"},)";
  EXPECT_EQ(text.substr(0, frames.size()), frames);
  EXPECT_TRUE(text.ends_with(R"({"rule":"SigTruncate","outcome":"not_applied"}]})")) << text;
}

TEST(SignatureJsonTest, CairnsOwnLinesHaveTheirReason) {
  signature::SignatureInput input;
  input.threads.push_back({.frames = {{.function = "abort"}}});
  base::JsonWriter json;
  json.BeginObject();
  WriteExplanation(signature::ExplainSignature(input, signature::SignatureLists::Default()), json);
  json.EndObject();
  EXPECT_NE(json.text().find(R"("category":"glibc","reason":")"), std::string::npos) << json.text();
}

}  // namespace
}  // namespace cairn::signature_json
