#include "base/json_view.h"

#include <gtest/gtest.h>

namespace cairn::base {
namespace {

TEST(JsonView, TakesEveryKindOfValue) {
  for (const std::string_view text : {"{}", "[]", " [ 1 , -0.5e+3 , 0, 10E2 ] ", "\"\\u00e9\\n\\\\\\\"\"",
                                      "true", "null", "{\"a\":{\"b\":[false,{}]},\"c\":\"é\"}"}) {
    EXPECT_TRUE(JsonView::Read(text)) << text;
  }
}

TEST(JsonView, RefusesTheRest) {
  for (const std::string_view text :
       {"",   " ",  "{",  "[1,]",    "[1 2]",       "{\"a\"}", "{a:1}", "{\"a\":1,}", "01",       "1.", "-",
        "+1", "1e", "\"", "\"\\x\"", "\"\\u12g4\"", "\"\n\"",  "tru",   "[]]",        "\"\xff\"", "'a'"}) {
    EXPECT_FALSE(JsonView::Read(text)) << text;
  }
}

TEST(JsonView, DepthIsBounded) {
  EXPECT_TRUE(JsonView::Read(std::string(60, '[') + std::string(60, ']')));
  EXPECT_FALSE(JsonView::Read(std::string(100000, '[')));
}

std::string TextOf(std::string_view json) { return JsonView::Read(json)->Text().value_or("no text"); }

TEST(JsonView, TextsAreUnescaped) {
  EXPECT_EQ(TextOf(" \"\" "), "");
  EXPECT_EQ(TextOf(R"("a\\b\"c\/\b\f\n\r\t")"), "a\\b\"c/\b\f\n\r\t");
  EXPECT_EQ(TextOf(R"("\u0041\u00e9\u20AC\ud83d\ude00")"), "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
  EXPECT_EQ(TextOf(R"("\ud83d|\ude00|\ud83d\u0041")"),
            "\xef\xbf\xbd|\xef\xbf\xbd|\xef\xbf\xbd"
            "A");
  EXPECT_EQ(TextOf("1"), "no text");
}

TEST(JsonView, MembersAndItems) {
  const auto view =
      JsonView::Read(R"( { "a" : [ 1 , "two", [] ] , "b":{"a":"inner"}, "a":"second", "\u0063":"c" } )");
  ASSERT_TRUE(view);
  EXPECT_TRUE(view->IsObject());
  EXPECT_EQ(view->Members().size(), 4u);
  const auto items = view->Member("a")->Items();
  ASSERT_EQ(items.size(), 3u);
  EXPECT_EQ(items[1].Text(), "two");
  EXPECT_TRUE(items[2].Items().empty());
  EXPECT_EQ(view->Member("b")->Member("a")->Text(), "inner");
  EXPECT_EQ(view->Member("c")->Text(), "c");
  EXPECT_FALSE(view->Member("inner"));
}

TEST(JsonView, MinifiedKeepsTexts) {
  const auto view = JsonView::Read("[ 1.50,\t\"a \\\\\", { \"b \\\" \" :\n[ ] } ] ");
  EXPECT_EQ(view->Minified(), "[1.50,\"a \\\\\",{\"b \\\" \":[]}]");
  EXPECT_EQ(view->Items()[0].Minified(), "1.50");
}

TEST(JsonView, OtherKindsHaveNoParts) {
  const auto view = JsonView::Read("[{}]");
  EXPECT_FALSE(view->IsObject());
  EXPECT_TRUE(view->Members().empty());
  EXPECT_FALSE(view->Member("a"));
  EXPECT_TRUE(view->Items()[0].Items().empty());
  EXPECT_FALSE(view->Items()[0].Text());
}

}  // namespace
}  // namespace cairn::base
