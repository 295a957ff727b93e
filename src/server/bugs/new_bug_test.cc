#include "server/bugs/new_bug.h"

#include <gtest/gtest.h>

#include "server/http/message.h"

namespace cairn::bugs {
namespace {

std::string Frames(int count, const std::string& function) {
  std::string frames;
  for (int i = 0; i < count; ++i) {
    frames += (frames.empty() ? "" : ",") + std::string(R"({"module":"libx.so","function":")") + function +
              std::to_string(i) + R"(","file":"a.cc","line":)" + std::to_string(i + 1) + "}";
  }
  return frames;
}

CrashFacts Read(const std::string& frames) {
  const auto facts = ReadFacts(R"({"signature":"a::b<T>","product":"Crashy","version":"1.0","os_name":"Linux",
      "reason":"SIGSEGV / SEGV_MAPERR","moz_crash_reason":"out of cheese","user_comments":"planted",
      "json_dump":{"crashing_thread":{"frames":[)" +
                               frames + "]}}}");
  EXPECT_TRUE(facts);
  return *facts;
}

TEST(NewBugTest, FactsAreReadFromADocument) {
  const CrashFacts facts = Read(R"json({"module":"libx.so","function":"f(int)","file":"a.cc","line":12},
      {"module":"libx.so","module_offset":"0x12"},{"offset":"0xdead"},{"function":"with\nnewline"})json");
  EXPECT_EQ(facts.signature, "a::b<T>");
  EXPECT_EQ(facts.platform, "Linux");
  EXPECT_EQ(facts.frames, (std::vector<std::string>{"0  libx.so  f(int)  a.cc:12", "1  libx.so  0x12",
                                                    "2  0xdead", "3  with newline"}));
  EXPECT_TRUE(ReadFacts("{}"));
  EXPECT_FALSE(ReadFacts("[]"));
  EXPECT_FALSE(ReadFacts(""));
}

TEST(NewBugTest, TenFramesOfEightyCharacters) {
  const CrashFacts facts = Read(Frames(12, "über" + std::string(200, 'f')));
  ASSERT_EQ(facts.frames.size(), kMaxFramesOfBug);
  EXPECT_EQ(facts.frames[0], "0  libx.so  über" + std::string(63, 'f') + "…");
  // Exactly as long as may be: not cut. "0  libx.so  " has 12 characters, "0  a.cc:1" has 9.
  EXPECT_EQ(Read(Frames(1, std::string(59, 'f'))).frames[0],
            "0  libx.so  " + std::string(59, 'f') + "0  a.cc:1");
}

TEST(NewBugTest, ATemplateIsFilledInAndEncoded) {
  const CrashFacts facts = Read(Frames(1, "f"));
  EXPECT_EQ(
      FillTemplate("https://x/?t={title}&p={product}&v={version}&o={platform}&s={signature}&u={url}&{other}{",
                   facts, "https://c/report/index/1"),
      "https://x/?t=Crash%20in%20%5B%40%20a%3A%3Ab%3CT%3E%5D&p=Crashy&v=1.0&o=Linux&s=a%3A%3Ab%3CT%3E"
      "&u=https%3A%2F%2Fc%2Freport%2Findex%2F1&{other}{");
  const std::string description = FillTemplate("{description}", facts, "https://c/1");
  EXPECT_EQ(*http::PercentDecode(description, http::Plus::kPlus),
            "Crash: https://c/1\nReason: SIGSEGV / SEGV_MAPERR\nMOZ_CRASH reason: out of cheese\n\n"
            "The first 1 frames of the thread that crashed:\n\n0  libx.so  f0  a.cc:1\n");
  EXPECT_EQ(description.find("planted"), std::string::npos);
}

TEST(NewBugTest, WhatIsFilledInIsNoTemplate) {
  CrashFacts facts;
  facts.signature = "{product}&evil=1";
  facts.product = "Crashy";
  EXPECT_EQ(FillTemplate("?s={signature}", facts, ""), "?s=%7Bproduct%7D%26evil%3D1");
}

TEST(NewBugTest, ALongDescriptionIsCutAtACharacter) {
  CrashFacts facts;
  facts.reason = std::string(kMaxDescriptionBytes - 9, 'r') + "ü";  // "Reason: " goes before it.
  const std::string text = *http::PercentDecode(FillTemplate("{description}", facts, ""), http::Plus::kPlus);
  EXPECT_EQ(text, "Reason: " + std::string(kMaxDescriptionBytes - 9, 'r'));
}

}  // namespace
}  // namespace cairn::bugs
