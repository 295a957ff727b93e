#include "formats/ping/ping_path.h"

#include <gtest/gtest.h>

#include "testing/ping_fixtures.h"

namespace cairn::ping {
namespace {

std::vector<std::string> Split(std::string_view path) {
  std::vector<std::string> segments;
  while (!path.empty()) {
    path.remove_prefix(1);
    segments.emplace_back(path.substr(0, path.find('/')));
    path.remove_prefix(segments.back().size());
  }
  return segments;
}

// What the path says in the words of the fixture: "ok ns=… type=…", or the decoder's sentence.
std::string Read(std::string_view path) {
  const auto read = ReadPingPath(Split(path));
  if (const auto* const bad = std::get_if<BadPath>(&read)) return bad->reason;
  const auto& good = std::get<PingPath>(read);
  std::string text = "ok ns=" + good.name_space + " type=" + good.type;
  if (good.version) text += " docver=" + std::to_string(*good.version);
  if (good.name_space == "telemetry") {
    text += " app=" + good.app_name + " ver=" + good.app_version + " chan=" + good.app_channel +
            " build=" + good.app_build_id;
  }
  return text;
}

constexpr std::string_view kId = "ce39b608-f595-4c69-b6a6-f7a436604648";

TEST(PingPathTest, BothFamiliesAreRead) {
  const std::string id(kId);
  EXPECT_EQ(Read("/submit/telemetry/" + id + "/crash/App/1.0/beta/7"),
            "ok ns=telemetry type=crash app=App ver=1.0 chan=beta build=7");
  EXPECT_EQ(Read("/submit/my-app/crash/1/" + id), "ok ns=my-app type=crash docver=1");
  EXPECT_EQ(Read("/submit/my-app/crash/one/" + id), "ok ns=my-app type=crash");
  EXPECT_EQ(Read("/submit/telemetry/" + id + "/crash/App/1.0//7//"),
            "ok ns=telemetry type=crash app=App ver=1.0 chan= build=7");
}

TEST(PingPathTest, TheNumberOfElementsCounts) {
  const std::string id(kId);
  EXPECT_EQ(Read("/submit/my-app/" + id + "/crash/App/1.0/beta/7"),
            "Found 3 more path elements in the URI than expected for this endpoint");
  EXPECT_EQ(Read("/submit/telemetry"),
            "Found -3 more path elements in the URI than expected for this endpoint");
  EXPECT_EQ(Read("/submit"), "Found -4 more path elements in the URI than expected for this endpoint");
  EXPECT_EQ(Read("/"), "Unknown URI prefix");
}

TEST(PingPathTest, DocumentIdsAreBroughtIntoOneForm) {
  EXPECT_EQ(ReadDocumentId("CE39B608-f595-4c69-b6a6-f7a436604648"), kId);
  EXPECT_EQ(ReadDocumentId("1-1-1-1-1"), "00000001-0001-0001-0001-000000000001");
  for (const char* bad : {"", "1-1-1-1", "1-1-1-1-", "1-1-1-1-1-1", "123456789-1-1-1-1", "g-1-1-1-1",
                          "{ce39b608-f595-4c69-b6a6-f7a436604648}", "../../../../etc"}) {
    EXPECT_EQ(ReadDocumentId(bad), "") << bad;
  }
}

TEST(PingPathTest, NamespacesAreLowerCaseNames) {
  EXPECT_TRUE(IsNamespace("org-mozilla-focus2"));
  for (const char* bad : {"", "-a", "A", "a/b", "a_b", "1a"}) EXPECT_FALSE(IsNamespace(bad)) << bad;
}

TEST(PingPathTest, EveryRowOfTheDecodersExamplesHolds) {
  const auto fixtures = testing::PingFixtures();
  if (!fixtures) GTEST_SKIP() << "CAIRN_FIXTURES is not set: the decoder's examples are not there";
  const auto rows = testing::FixtureRows(*fixtures + "/decoder/uri.tsv");
  ASSERT_GT(rows.size(), 8u);
  for (const std::vector<std::string>& row : rows) {
    ASSERT_EQ(row.size(), 3u);
    const std::string found = Read(row[1]);
    const std::string& expected = row[2];
    if (expected.starts_with("ok ") && expected.find("ok-prefix") == std::string::npos) {
      ASSERT_TRUE(found.starts_with("ok ")) << row[1] << ": " << found;
      for (std::size_t at = 3; at < expected.size() && expected[at] != '(';) {
        const std::string word = expected.substr(at, expected.find(' ', at) - at);
        if (word == "docver=<from") break;  // "from body>": it is not in the path.
        EXPECT_NE((found + " ").find(word + " "), std::string::npos) << row[1] << ": " << word;
        at += word.size() + 1;
      }
    } else if (expected.find("Unknown URI prefix") != std::string::npos) {
      EXPECT_EQ(found, "Unknown URI prefix") << row[1];
    } else {
      // "... UnexpectedPathElements -3", or the sentence with the number in it.
      const std::size_t sentence = expected.find("Found ");
      const std::string number =
          sentence == std::string::npos
              ? expected.substr(expected.rfind(' ') + 1)
              : expected.substr(sentence + 6, expected.find(' ', sentence + 6) - sentence - 6);
      EXPECT_TRUE(found.starts_with("Found " + number + " more path elements")) << row[1] << ": " << found;
    }
  }
}

}  // namespace
}  // namespace cairn::ping
