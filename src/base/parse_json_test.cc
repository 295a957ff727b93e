#include "base/parse_json.h"

#include <gtest/gtest.h>

namespace cairn::base {
namespace {

TEST(ParseJson, NothingIsNoDocument) {
  simdjson::dom::parser parser;
  EXPECT_EQ(ParseJson(parser, {}).error(), simdjson::EMPTY);
  EXPECT_EQ(ParseJson(parser, std::string_view("[1]").substr(3)).error(), simdjson::EMPTY);
}

TEST(ParseJson, ReadsJustTheView) {
  simdjson::dom::parser parser;
  std::int64_t number = 0;
  EXPECT_EQ(ParseJson(parser, std::string_view("123").substr(0, 2)).get(number), simdjson::SUCCESS);
  EXPECT_EQ(number, 12);
  EXPECT_NE(ParseJson(parser, "{").error(), simdjson::SUCCESS);
}

}  // namespace
}  // namespace cairn::base
