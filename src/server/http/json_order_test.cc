#include "server/http/json_order.h"

#include <gtest/gtest.h>

namespace cairn::http {
namespace {

std::string MistakeOf(const JsonOrder& order) {
  const std::optional<Response> refusal = order.refusal();
  return refusal ? refusal->body : "";
}

TEST(JsonOrderTest, MembersAreReadByTheirTypes) {
  JsonOrder order(R"({"text":"a","number":-3,"flag":true,"texts":["x","y"],"none":null,
                      "pairs":[{"label":"l","url":"u","more":1}],"empty":[]})");
  EXPECT_EQ(order.Text("text"), "a");
  EXPECT_EQ(order.NeededText("text"), "a");
  EXPECT_EQ(order.Number("number"), -3);
  EXPECT_EQ(order.NeededId("number"), "-3");
  EXPECT_EQ(order.NeededId("text"), "a");
  EXPECT_EQ(order.Flag("flag"), true);
  EXPECT_EQ(order.Texts("texts"), (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(order.Texts("empty"), std::vector<std::string>{});
  EXPECT_EQ(order.Pairs("pairs", "label", "url"), (std::vector<JsonOrder::Pair>{{"l", "u"}}));
  EXPECT_EQ(order.Text("none"), std::nullopt);
  EXPECT_EQ(order.Number("absent"), std::nullopt);
  EXPECT_EQ(MistakeOf(order), "");
}

TEST(JsonOrderTest, TheFirstMistakeIsSaid) {
  JsonOrder order(R"({"a":1,"b":"x","c":[1],"d":[{"label":"l"}]})");
  EXPECT_EQ(order.Text("a"), std::nullopt);
  EXPECT_EQ(order.Number("b"), std::nullopt);
  EXPECT_EQ(MistakeOf(order), R"({"error":"a: give a text"})");
  for (const char* const name : {"a", "b", "c", "absent"}) {
    JsonOrder one(R"({"a":1,"b":"","c":[1]})");
    EXPECT_EQ(one.NeededText(name), "");
    EXPECT_NE(MistakeOf(one), "") << name;
  }
  JsonOrder other(R"({"c":[1]})");
  EXPECT_EQ(other.Texts("c"), std::nullopt);
  EXPECT_EQ(MistakeOf(other), R"({"error":"c: give a list of texts"})");
  JsonOrder third(R"({"d":[{"label":"l"}],"e":[3]})");
  EXPECT_EQ(third.Pairs("d", "label", "url"), std::nullopt);
  EXPECT_EQ(third.Pairs("e", "label", "url"), std::nullopt);
  EXPECT_EQ(MistakeOf(third), R"({"error":"d: give a list of objects with the texts label and url"})");
}

TEST(JsonOrderTest, WhatIsNoObjectIsRefused) {
  for (const char* const body : {"", "[]", "\"a\"", "{", "{} {}"}) {
    JsonOrder order(body);
    EXPECT_EQ(order.Text("a"), std::nullopt);
    EXPECT_EQ(MistakeOf(order), R"({"error":"The body is no JSON object"})") << body;
  }
}

TEST(JsonOrderTest, ListsAreReadByTheirNames) {
  JsonOrder order(R"({"grants":{"Fenix":["a","b"],"Focus":[]},"empty":{}})");
  EXPECT_EQ(order.TextsByName("grants"), (JsonOrder::Lists{{"Fenix", {"a", "b"}}, {"Focus", {}}}));
  EXPECT_EQ(order.TextsByName("empty"), JsonOrder::Lists{});
  EXPECT_EQ(order.TextsByName("absent"), std::nullopt);
  EXPECT_EQ(MistakeOf(order), "");
  for (const char* const body : {R"({"g":["a"]})", R"({"g":{"a":"b"}})", R"({"g":{"a":[1]}})"}) {
    JsonOrder wrong(body);
    EXPECT_EQ(wrong.TextsByName("g"), std::nullopt) << body;
    EXPECT_NE(MistakeOf(wrong), "") << body;
  }
}

}  // namespace
}  // namespace cairn::http
