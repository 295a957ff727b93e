#include "formats/json_schema/same_value.h"

#include <gtest/gtest.h>

#include "base/parse_json.h"

namespace cairn::json_schema {
namespace {

bool Same(std::string_view a, std::string_view b) {
  simdjson::dom::parser left;
  simdjson::dom::parser right;
  return SameValue(base::ParseJson(left, a).value(), base::ParseJson(right, b).value());
}

TEST(SameValueTest, NumbersAreComparedByValue) {
  EXPECT_TRUE(Same("1", "1.0"));
  EXPECT_TRUE(Same("18446744073709551615", "18446744073709551615"));
  EXPECT_FALSE(Same("9223372036854775807", "9223372036854775806"));
  EXPECT_FALSE(Same("1", "\"1\""));
  EXPECT_FALSE(Same("1", "true"));
}

TEST(SameValueTest, ObjectsAreComparedByTheirLastMembers) {
  EXPECT_TRUE(Same(R"({"a":1,"b":[null]})", R"({"b":[null],"a":2,"a":1})"));
  EXPECT_FALSE(Same(R"({"a":1})", R"({"a":1,"b":1})"));
  EXPECT_FALSE(Same("[1,2]", "[1]"));
  EXPECT_FALSE(Same("[1]", "[1,2]"));
  EXPECT_TRUE(Same("null", "null"));
  EXPECT_FALSE(Same("true", "false"));
  EXPECT_FALSE(Same(R"("a")", R"("b")"));
}

}  // namespace
}  // namespace cairn::json_schema
