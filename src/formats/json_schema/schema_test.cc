#include "formats/json_schema/schema.h"

#include <gtest/gtest.h>

#include <string>

#include "base/parse_json.h"

namespace cairn::json_schema {
namespace {

// "" if the document is as the schema wants it, else "pointer: reason".
std::string Check(std::string_view schema_text, std::string_view document_text) {
  const auto compiled = Schema::Compile(schema_text);
  if (const auto* const problem = std::get_if<Problem>(&compiled))
    return "schema " + problem->pointer + ": " + problem->reason;
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  if (base::ParseJson(parser, document_text).get(document) != simdjson::SUCCESS) return "no JSON";
  const std::optional<Problem> problem = std::get<Schema>(compiled).Check(document);
  return problem ? problem->pointer + ": " + problem->reason : "";
}

TEST(SchemaTest, AProblemNamesItsPlace) {
  constexpr std::string_view kSchema =
      R"({"properties":{"a/b":{"items":{"type":"object","required":["ip"],"properties":{"ip":{"type":"string"}}}}}})";
  EXPECT_EQ(Check(kSchema, R"({"a/b":[{"ip":"0"},{"ip":1}]})"), "/a~1b/1/ip: must be a string");
  EXPECT_EQ(Check(kSchema, R"({"a/b":[{}]})"), "/a~1b/0: lacks \"ip\"");
  EXPECT_EQ(Check(kSchema, R"({"a/b":[{"ip":"0"}]})"), "");
  EXPECT_EQ(Check(kSchema, "[]"), "");
}

TEST(SchemaTest, OfARepeatedKeyTheLastCounts) {
  constexpr std::string_view kSchema = R"({"additionalProperties":{"type":"string"},"maxProperties":1})";
  EXPECT_EQ(Check(kSchema, R"({"a":1,"a":"x"})"), "");
  EXPECT_EQ(Check(kSchema, R"({"a":"x","a":1})"), "/a: must be a string");
  std::string many = "{";
  for (int i = 0; i < 100; ++i) many += R"("a":1,)";
  EXPECT_EQ(Check(kSchema, many + R"("a":"x"})"), "");
  EXPECT_EQ(Check(kSchema, many + R"("a":2})"), "/a: must be a string");
}

TEST(SchemaTest, WhetherAWholeRealIsAnIntegerDependsOnTheDraft) {
  constexpr std::string_view kDraft4 =
      R"({"$schema":"http://json-schema.org/draft-04/schema#","type":"integer"})";
  constexpr std::string_view kDraft6 =
      R"({"$schema":"http://json-schema.org/draft-06/schema#","type":"integer"})";
  EXPECT_EQ(Check(kDraft4, "4.0"), ": must be an integer");
  EXPECT_EQ(Check(kDraft6, "4.0"), "");
  EXPECT_EQ(Check(kDraft6, "4.5"), ": must be an integer");
  EXPECT_EQ(Check(R"({"type":"number","minimum":4,"maximum":4})", "4.0"), "");
  EXPECT_EQ(Check(R"({"type":"number"})", "4"), "");
}

TEST(SchemaTest, BoundsAreExclusiveInEitherWay) {
  EXPECT_EQ(Check(R"({"exclusiveMinimum":true,"minimum":3})", "3"), ": is too small");
  EXPECT_EQ(Check(R"({"exclusiveMinimum":3})", "3"), ": is too small");
  EXPECT_EQ(Check(R"({"exclusiveMaximum":3,"maximum":9})", "3"), ": is too large");
  EXPECT_EQ(Check(R"({"maximum":9,"exclusiveMaximum":3})", "2"), "");
  EXPECT_EQ(Check(R"({"exclusiveMaximum":30,"maximum":9})", "10"), ": is too large");
  EXPECT_EQ(Check(R"({"maximum":9223372036854775806})", "9223372036854775807"), ": is too large");
  EXPECT_EQ(Check(R"({"multipleOf":2})", "3"), ": is no multiple of what it must be");
  EXPECT_EQ(Check(R"({"minimum":1})", R"("0")"), "");
}

TEST(SchemaTest, LengthsCountCodePoints) {
  EXPECT_EQ(Check(R"({"maxLength":2})", R"("äö")"), "");
  EXPECT_EQ(Check(R"({"maxLength":2})", R"("äöü")"), ": is longer than 2 characters");
  EXPECT_EQ(Check(R"({"minLength":2})", R"("ä")"), ": is shorter than 2 characters");
}

TEST(SchemaTest, NamesOfMembersHaveTheirOwnSchema) {
  constexpr std::string_view kSchema =
      R"({"propertyNames":{"type":"string","pattern":"^[a-z_][a-z0-9_\\.]+$","maxLength":5}})";
  EXPECT_EQ(Check(kSchema, R"({"a.b":1})"), "");
  EXPECT_EQ(Check(kSchema, R"({"A.b":1})"), "/A.b: has not the form that it must have");
  EXPECT_EQ(Check(kSchema, R"({"abcdef":1})"), "/abcdef: is longer than 5 characters");
  EXPECT_EQ(Check(R"({"propertyNames":{"enum":["x"]}})", R"({"y":1})"),
            "/y: is none of the values that are allowed");
  EXPECT_EQ(Check(R"({"propertyNames":{"type":"number"}})", R"({"y":1})"), "/y: must be a number");
}

TEST(SchemaTest, MembersAreKnownByNameOrByPattern) {
  constexpr std::string_view kSchema =
      R"({"properties":{"a":{}},"patternProperties":{"^x-":{"type":"boolean"}},"additionalProperties":false})";
  EXPECT_EQ(Check(kSchema, R"({"a":1,"x-1":true})"), "");
  EXPECT_EQ(Check(kSchema, R"({"x-1":1})"), "/x-1: must be true or false");
  EXPECT_EQ(Check(kSchema, R"({"b":1})"), "/b: is not allowed here");
  // What is only required is not known.
  EXPECT_EQ(Check(R"({"required":["b"],"additionalProperties":false})", R"({"b":1})"),
            "/b: is not allowed here");
}

TEST(SchemaTest, ArraysHaveItemsTuplesAndLimits) {
  EXPECT_EQ(Check(R"({"items":[{"type":"string"}],"additionalItems":{"type":"null"}})", R"(["a",null])"), "");
  EXPECT_EQ(Check(R"({"additionalItems":false,"items":[{"type":"string"}]})", R"(["a",1])"),
            "/1: is not allowed here");
  EXPECT_EQ(Check(R"({"additionalItems":false,"items":{"type":"string"}})", R"(["a","b"])"), "");
  EXPECT_EQ(Check(R"({"additionalItems":false,"items":[]})", "[1]"), "/0: is not allowed here");
  EXPECT_EQ(Check(R"({"minItems":2})", "[1]"), ": has fewer than 2 items");
  EXPECT_EQ(Check(R"({"maxItems":0})", "[1]"), ": has more than 0 items");
  EXPECT_EQ(Check(R"({"uniqueItems":true})", R"([{"a":1,"b":2},{"b":2,"a":1.0}])"), ": has one item twice");
  EXPECT_EQ(Check(R"({"contains":{"const":3}})", "[1,3]"), "");
  EXPECT_EQ(Check(R"({"contains":{"const":3}})", "[1]"), ": lacks an item that it must have");
}

TEST(SchemaTest, SchemasAreCombined) {
  EXPECT_EQ(Check(R"({"anyOf":[{"type":"string"},{"type":"null"}]})", "1"), ": fits no form that is allowed");
  EXPECT_EQ(Check(R"({"oneOf":[{"type":"integer"},{"minimum":2}]})", "1"), "");
  EXPECT_EQ(Check(R"({"oneOf":[{"type":"integer"},{"minimum":2}]})", "3"),
            ": does not fit exactly one form that is allowed");
  EXPECT_EQ(Check(R"({"allOf":[{"type":"integer"},{"minimum":2}]})", "1"), ": is too small");
  EXPECT_EQ(Check(R"({"not":{"type":"integer"}})", "1"), ": has a form that is not allowed");
  constexpr std::string_view kChoice =
      R"({"if":{"required":["a"]},"then":{"required":["b"]},"else":{"required":["c"]}})";
  EXPECT_EQ(Check(kChoice, R"({"a":1})"), ": lacks \"b\"");
  EXPECT_EQ(Check(kChoice, "{}"), ": lacks \"c\"");
  EXPECT_EQ(Check(R"({"dependencies":{"a":["b"],"c":{"maxProperties":1}}})", R"({"a":1})"), ": lacks \"b\"");
  EXPECT_EQ(Check(R"({"dependencies":{"a":["b"],"c":{"maxProperties":1}}})", R"({"c":1,"d":1})"),
            ": has too many members");
}

TEST(SchemaTest, ReferencesMayRecur) {
  constexpr std::string_view kTree =
      R"({"type":"object","properties":{"child":{"$ref":"#"},"v":{"$ref":"#/definitions/a~1b"}},
          "definitions":{"a/b":{"type":"integer"}},"additionalProperties":false})";
  EXPECT_EQ(Check(kTree, R"({"child":{"child":{"v":1}}})"), "");
  EXPECT_EQ(Check(kTree, R"({"child":{"child":{"v":"1"}}})"), "/child/child/v: must be an integer");
  EXPECT_EQ(Check(R"({"$ref":"#/definitions/a","definitions":{"a":{"$ref":"#/definitions/a"}}})", "1"),
            ": is nested too deeply to be checked");
}

}  // namespace
}  // namespace cairn::json_schema
