#include "base/json_writer.h"

#include <limits>

#include <gtest/gtest.h>

namespace cairn::base {
namespace {

TEST(JsonWriter, PutsCommasBetweenValuesOnly) {
  JsonWriter json;
  json.BeginObject();
  json.NumberField("a", 1);
  json.Key("b");
  json.BeginArray();
  json.String("x");
  json.Null();
  json.Bool(true);
  json.EndArray();
  json.Key("c");
  json.BeginObject();
  json.EndObject();
  json.EndObject();
  EXPECT_EQ(json.text(), R"({"a":1,"b":["x",null,true],"c":{}})");
}

TEST(JsonWriter, IndentsWhenAsked) {
  JsonWriter json(2);
  json.BeginObject();
  json.NumberField("a", 1);
  json.EndObject();
  EXPECT_EQ(json.text(), "{\n  \"a\": 1\n}");
}

TEST(JsonWriter, EscapesAtEveryPlaceOfAText) {
  const std::string plain = "plain text of 24 bytes ~";
  EXPECT_EQ(QuoteJson(plain), '"' + plain + '"');
  for (std::size_t i = 0; i < plain.size(); ++i) {
    for (const auto& [text, escaped] :
         {std::pair("\"", "\\\""), {"\\", "\\\\"}, {"\x1f", "\\u001f"}, {"\xff", "\xef\xbf\xbd"}}) {
      std::string odd = plain;
      std::string expected = plain;
      EXPECT_EQ(QuoteJson(odd.replace(i, 1, text)), '"' + expected.replace(i, 1, escaped) + '"') << i;
    }
  }
}

TEST(JsonWriter, EscapesControlsAndReplacesBadUtf8) {
  EXPECT_EQ(QuoteJson("a\"\\\n\x01z"), R"("a\"\\\n\u0001z")");
  EXPECT_EQ(QuoteJson("\xc3\xa9"), "\"\xc3\xa9\"") << "valid UTF-8 stays";
  EXPECT_EQ(QuoteJson("\xc3"), "\"\xef\xbf\xbd\"") << "cut sequence";
  EXPECT_EQ(QuoteJson("\xed\xa0\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"") << "surrogate";
}

TEST(JsonWriter, NumbersThatJsonLacksAreNull) {
  JsonWriter json;
  json.Double(std::numeric_limits<double>::infinity());
  EXPECT_EQ(json.text(), "null");
}

}  // namespace
}  // namespace cairn::base
