#include "formats/json_schema/compile.h"

#include <gtest/gtest.h>

namespace cairn::json_schema {
namespace {

std::string ProblemOf(std::string_view text) {
  const auto compiled = CompileNodes(text);
  const auto* const problem = std::get_if<Problem>(&compiled);
  return problem == nullptr ? "" : problem->pointer + ": " + problem->reason;
}

TEST(CompileTest, WhatIsNoSchemaIsNamedWithItsPlace) {
  EXPECT_EQ(ProblemOf("{}"), "");
  EXPECT_EQ(ProblemOf("true"), "");
  EXPECT_EQ(ProblemOf("{"), ": is no JSON");
  EXPECT_EQ(ProblemOf("3"), ": must be a schema: an object, true or false");
  EXPECT_EQ(ProblemOf(R"({"properties":{"a":{"type":"text"}}})"),
            "/properties/a/type: must name types of JSON");
  EXPECT_EQ(ProblemOf(R"({"items":{"pattern":"("}})"),
            "/items/pattern: is no regular expression that can be run in linear time");
  EXPECT_EQ(ProblemOf(R"({"allOf":[{},4]})"), "/allOf/1: must be a schema: an object, true or false");
  EXPECT_EQ(ProblemOf(R"({"maxLength":-1})"), "/maxLength: must be a whole number that is not negative");
  EXPECT_EQ(ProblemOf(R"({"$ref":"http://example.org/x"})"),
            "/$ref: must point into this schema, as #/definitions/name does");
  EXPECT_EQ(ProblemOf(R"({"$ref":"#/definitions/x"})"), "/$ref: points at nothing");
  EXPECT_EQ(ProblemOf(R"({"$schema":"https://json-schema.org/draft/2020-12/schema"})"),
            "/$schema: must be draft-04, draft-06 or draft-07");
}

TEST(CompileTest, ASchemaThatIsNestedTooDeeplyIsRefused) {
  std::string text;
  for (int i = 0; i < kMaxSchemaDepth + 2; ++i) text += R"({"not":)";
  text += "{}" + std::string(kMaxSchemaDepth + 2, '}');
  EXPECT_TRUE(ProblemOf(text).ends_with(": is nested too deeply"));
}

TEST(CompileTest, PlacesThatAReferenceNamesAreCompiledOnce) {
  const auto compiled = CompileNodes(
      R"({"properties":{"a":{"$ref":"#/definitions/x"},"b":{"$ref":"#/definitions/x"}},"definitions":{"x":{"type":"null"}}})");
  // true, false, the root, a, b, x.
  EXPECT_EQ(std::get<NodeTable>(compiled).nodes.size(), 6u);
}

}  // namespace
}  // namespace cairn::json_schema
