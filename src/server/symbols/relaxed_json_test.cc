#include "server/symbols/relaxed_json.h"

#include <gtest/gtest.h>

namespace cairn::symbols {
namespace {

using Values = std::map<std::string, std::string>;

TEST(RelaxedJsonTest, EveryUploadersBodyIsRead) {
  const Values linux_values = {
      {"symbolid.debugfile", "f"}, {"symbolid.debugid", "ID"}, {"symboluploadtype", "BREAKPAD"}};
  // As Breakpad's Linux client writes it.
  EXPECT_EQ(*ReadRelaxedObject(
                R"({ symbol_id: {debug_file: "f", debug_id: "ID" }, symbol_upload_type: "BREAKPAD" })"),
            linux_values);
  // As the protocol's document does.
  EXPECT_EQ(
      *ReadRelaxedObject(R"({"symbolId":{"debugFile":"f","debugId":"ID"},"symbolUploadType":"BREAKPAD"})"),
      linux_values);
  Values windows_values = linux_values;
  windows_values["metadata.productname"] = "p";
  windows_values["useasyncprocessing"] = "true";
  EXPECT_EQ(
      *ReadRelaxedObject(R"({ symbol_id: { debug_file: "f", debug_id: "ID" }, metadata: {product_name: "p"},
      symbol_upload_type: "BREAKPAD", use_async_processing: true, })"),
      windows_values);
  EXPECT_EQ(*ReadRelaxedObject("{}"), Values());
  EXPECT_EQ(ReadRelaxedObject(R"({a:"\"\\\/\n"})")->at("a"), "\"\\/\n");
  EXPECT_EQ(ReadRelaxedObject(R"({a:1,a:2})")->at("a"), "1");
}

TEST(RelaxedJsonTest, WhatIsNoObjectIsRefusedWhereItStops) {
  for (const char* text : {"", "[]", "{", "{a}", "{a:}", "{a:1 b:2}", "{a:[1]}", "{a:\"x}", "{a:1}}", "{:1}",
                           "{\"a\\u0041\":1}", "{,}"}) {
    EXPECT_FALSE(ReadRelaxedObject(text)) << text;
  }
  EXPECT_EQ(ReadRelaxedObject("{a:1 b:2}").error().offset, 5U);
  std::string deep;
  for (int i = 0; i <= kMaxRelaxedDepth; ++i) deep += "{a:";
  EXPECT_EQ(ReadRelaxedObject(deep).error().code, base::Code::kLimitExceeded);
  std::string many = "{";
  for (std::size_t i = 0; i <= kMaxRelaxedMembers; ++i) many += "a:1,";
  EXPECT_EQ(ReadRelaxedObject(many + "}").error().code, base::Code::kLimitExceeded);
}

}  // namespace
}  // namespace cairn::symbols
