#include "analysis/signature/annotation_json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>

namespace cairn::signature {
namespace {

// What Python says of a mistake; of a value its text.
std::string Read(std::string_view json) {
  const auto read = ReadAnnotationJson(json);
  const auto* const value = std::get_if<JsonValue>(&read);
  return value != nullptr ? PythonText(*value) : std::get<JsonMistake>(read).text;
}

TEST(AnnotationJsonTest, ValuesReadAsPythonWritesThem) {
  EXPECT_EQ(
      Read(
          R"([null, true, 1, -0, 1.5, 1e22, 1e-7, 3e2, 12345678901234567.0, 0.0001, -2.50, NaN, -Infinity])"),
      "[None, True, 1, 0, 1.5, 1e+22, 1e-07, 300.0, 1.2345678901234568e+16, 0.0001, -2.5, nan, -inf]");
  EXPECT_EQ(Read(R"(["a'b", "a\"'b", {"x": "y", "z": [], "x": {}}, "\u00e9\ud83d\ude00\n\u0001\\"])"),
            "[\"a'b\", 'a\"\\'b', {'x': {}, 'z': []}, '\xc3\xa9\xf0\x9f\x98\x80\\n\\x01\\\\']");
  EXPECT_EQ(Read(R"("plain")"), "plain");
  EXPECT_EQ(Read("1e400"), "inf");
  EXPECT_EQ(Read(" 7\n"), "7");
}

TEST(AnnotationJsonTest, MistakesReadAsPythonSaysThem) {
  EXPECT_EQ(Read("{{"), "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)");
  EXPECT_EQ(Read("  "), "Expecting value: line 1 column 3 (char 2)");
  EXPECT_EQ(Read("{\"a\":1\n,\n  }"),
            "Expecting property name enclosed in double quotes: line 3 column 3 (char 11)");
  EXPECT_EQ(Read("[1,]"), "Expecting value: line 1 column 4 (char 3)");
  EXPECT_EQ(Read("[1 2]"), "Expecting ',' delimiter: line 1 column 4 (char 3)");
  EXPECT_EQ(Read("{\"a\" 1}"), "Expecting ':' delimiter: line 1 column 6 (char 5)");
  EXPECT_EQ(Read("{} x"), "Extra data: line 1 column 4 (char 3)");
  EXPECT_EQ(Read("01"), "Extra data: line 1 column 2 (char 1)");
  EXPECT_EQ(Read("1."), "Extra data: line 1 column 2 (char 1)");
  EXPECT_EQ(Read("{\"a\":-}"), "Expecting value: line 1 column 6 (char 5)");
  EXPECT_EQ(Read("{\"a\":\"x"), "Unterminated string starting at: line 1 column 6 (char 5)");
  EXPECT_EQ(Read("\"a\\qb\""), "Invalid \\escape: line 1 column 3 (char 2)");
  EXPECT_EQ(Read("\"\\u12\""), "Invalid \\uXXXX escape: line 1 column 3 (char 2)");
  EXPECT_EQ(Read("\"abc\n\""), "Invalid control character at: line 1 column 5 (char 4)");
  EXPECT_EQ(Read("\xef\xbb\xbf{}"),
            "Unexpected UTF-8 BOM (decode using utf-8-sig): line 1 column 1 (char 0)");
  EXPECT_EQ(Read("\"\xc3\xa4\" x"), "Extra data: line 1 column 5 (char 4)") << "characters, not bytes";
}

TEST(AnnotationJsonTest, DepthAndLengthAreLimited) {
  EXPECT_EQ(Read(std::string(16'000, '[')),
            "maximum recursion depth exceeded while decoding a JSON array from a unicode string");
  EXPECT_EQ(Read(std::string(40'000, ' ')), "more than 16 KiB are not read");
}

TEST(AnnotationJsonTest, FractionsHaveTheFewestDigits) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20'000; ++i) {
    double value = 0;
    const std::uint64_t bits = i % 4 == 0 ? random() >> 14 : random();  // Of the first many are very small.
    std::memcpy(&value, &bits, sizeof(value));
    if (!std::isfinite(value)) continue;
    // As long as it must be, tried one after another.
    char shortest[32];
    for (int digits = 0; digits < 17; ++digits) {
      std::snprintf(shortest, sizeof(shortest), "%.*e", digits, value);
      if (std::strtod(shortest, nullptr) == value) break;
    }
    char longest[32];
    std::snprintf(longest, sizeof(longest), "%.17e", value);
    const std::string text = PythonText(std::get<JsonValue>(ReadAnnotationJson(longest)));
    ASSERT_EQ(text, PythonText(std::get<JsonValue>(ReadAnnotationJson(shortest))));
    ASSERT_EQ(std::strtod(text.c_str(), nullptr), value) << longest;
    const std::string digits = std::string(shortest).substr(0, std::string(shortest).find('e'));
    if (text.find('e') != std::string::npos) {
      ASSERT_EQ(text.substr(0, text.find('e')), digits) << longest;
    }
  }
}

}  // namespace
}  // namespace cairn::signature
