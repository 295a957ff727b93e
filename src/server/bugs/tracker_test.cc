#include "server/bugs/tracker.h"

#include <gtest/gtest.h>

namespace cairn::bugs {
namespace {

using Texts = std::vector<std::string>;

const Tracker kBugzilla{"bmo", TrackerKind::kBugzilla, "https://bugs.example.org"};
const Tracker kGithub{"gh", TrackerKind::kGithub, "https://github.com/owner/repo"};
const Tracker kEnterprise{"ghe", TrackerKind::kGithub, "https://git.example.org/owner/repo"};
const Tracker kGitlab{"gl", TrackerKind::kGitlab, "https://gitlab.example.org/group/sub/project"};
const Tracker kJira{"jira", TrackerKind::kJira, "https://jira.example.org/base"};

TEST(TrackerTest, KindsHaveTheirNames) {
  for (const char* const name : {"bugzilla", "github", "gitlab", "jira"})
    EXPECT_EQ(NameOf(*ParseTrackerKind(name)), name);
  EXPECT_FALSE(ParseTrackerKind("Bugzilla"));
}

TEST(TrackerTest, IdsAreNumbersOrKeys) {
  for (const char* const id : {"1", "1234567890"}) EXPECT_TRUE(IsBugId(TrackerKind::kBugzilla, id)) << id;
  for (const char* const id : {"", "0", "01", "12345678901", "1a", "-1", "1&x=2", "../1"})
    EXPECT_FALSE(IsBugId(TrackerKind::kGithub, id)) << id;
  for (const char* const id : {"A-1", "CRASH_2-12"}) EXPECT_TRUE(IsBugId(TrackerKind::kJira, id)) << id;
  for (const char* const id : {"", "-1", "A-", "A-0", "a-1", "1-1", "A/-1", "A-1/x", "12"})
    EXPECT_FALSE(IsBugId(TrackerKind::kJira, id)) << id;
}

TEST(TrackerTest, EachHasItsUrls) {
  EXPECT_EQ(UrlOfBug(kBugzilla, "7"), "https://bugs.example.org/show_bug.cgi?id=7");
  EXPECT_EQ(UrlOfBug(kGithub, "7"), "https://github.com/owner/repo/issues/7");
  EXPECT_EQ(UrlOfBug(kGitlab, "7"), "https://gitlab.example.org/group/sub/project/-/issues/7");
  EXPECT_EQ(UrlOfBug(kJira, "A-7"), "https://jira.example.org/base/browse/A-7");
  EXPECT_EQ(StateUrl(kBugzilla, Texts{"7", "8"}),
            "https://bugs.example.org/rest/bug?include_fields=id,status,resolution,summary&id=7,8");
  EXPECT_EQ(StateUrl(kGithub, Texts{"7"}), "https://api.github.com/repos/owner/repo/issues/7");
  EXPECT_EQ(StateUrl(kEnterprise, Texts{"7"}), "https://git.example.org/api/v3/repos/owner/repo/issues/7");
  EXPECT_EQ(StateUrl(kGitlab, Texts{"7"}),
            "https://gitlab.example.org/api/v4/projects/group%2Fsub%2Fproject/issues/7");
  EXPECT_EQ(StateUrl(kJira, Texts{"A-7"}),
            "https://jira.example.org/base/rest/api/2/issue/A-7?fields=status,resolution,summary");
}

TEST(TrackerTest, AnAddressNamesItsBug) {
  const auto is = [](const Tracker& tracker, const char* url, const char* bug) {
    EXPECT_EQ(BugOfUrl(tracker, url), std::optional<std::string>(bug)) << url;
  };
  for (const Tracker& tracker : {kBugzilla, kGithub, kGitlab})
    is(tracker, UrlOfBug(tracker, "7").c_str(), "7");
  is(kJira, UrlOfBug(kJira, "A-7").c_str(), "A-7");
  is(kBugzilla, "http://Bugs.Example.org/show_bug.cgi?id=7#c3", "7");
  is(kBugzilla, "https://bugs.example.org/7", "7");
  is(kGithub, "https://github.com/owner/repo/pull/7/files", "7");
  is(kGithub, "https://github.com/owner/repo/issues/7?a=1", "7");
  is(kGitlab, "https://gitlab.example.org/group/sub/project/-/work_items/7", "7");
  for (const char* const url :
       {"https://github.com/owner/repo", "https://github.com/owner/repository/issues/7",
        "https://github.com/owner/repo/issues/", "https://github.com/owner/repo/issues/x",
        "https://github.com.evil.example/owner/repo/issues/7", "https://github.com/other/repo/issues/7", "7",
        ""})
    EXPECT_EQ(BugOfUrl(kGithub, url), std::nullopt) << url;
  EXPECT_EQ(BugOfUrl(kBugzilla, "https://bugs.example.org.evil/7"), std::nullopt);
}

TEST(TrackerTest, AnswersAreReadByTheirForms) {
  const auto one = [](TrackerKind kind, const char* bug, const char* json) -> std::optional<store::BugState> {
    const auto states = ReadStates(kind, Texts{bug}, json);
    return states && states->size() == 1 && states->front().first == bug
               ? std::optional(states->front().second)
               : std::nullopt;
  };
  EXPECT_EQ(
      one(TrackerKind::kGithub, "7", R"({"state":"closed","state_reason":"completed","title":"a bug"})"),
      (store::BugState{"closed", "completed", "a bug"}));
  EXPECT_EQ(one(TrackerKind::kGithub, "7", R"({"state":"open","state_reason":null,"title":"a bug"})"),
            (store::BugState{"open", "", "a bug"}));
  EXPECT_EQ(one(TrackerKind::kGitlab, "7", R"({"state":"opened","title":"a bug"})"),
            (store::BugState{"opened", "", "a bug"}));
  EXPECT_EQ(one(TrackerKind::kJira, "A-7",
                R"({"fields":{"status":{"name":"Done"},"resolution":{"name":"Fixed"},"summary":"a bug"}})"),
            (store::BugState{"Done", "Fixed", "a bug"}));
  EXPECT_EQ(one(TrackerKind::kJira, "A-7", R"({"fields":{"status":{"name":"Open"},"resolution":null}})"),
            (store::BugState{"Open", "", ""}));
  for (const char* const bad : {"", "[]", "{}", R"({"state":5})", R"({"message":"rate limit"})"})
    EXPECT_EQ(one(TrackerKind::kGithub, "7", bad), std::nullopt) << bad;
}

TEST(TrackerTest, OneAnswerOfBugzillaTellsOfMany) {
  const auto states = ReadStates(
      TrackerKind::kBugzilla, Texts{"1", "2", "3"},
      R"({"bugs":[{"id":3,"status":"NEW","resolution":"","summary":"c"},{"id":99,"status":"NEW"},{"id":"x"},
          {"id":1,"status":"RESOLVED","resolution":"FIXED","summary":"a"}],"faults":[]})");
  ASSERT_TRUE(states);
  EXPECT_EQ(*states, (States{{"3", {"NEW", "", "c"}}, {"1", {"RESOLVED", "FIXED", "a"}}}));
  EXPECT_FALSE(ReadStates(TrackerKind::kBugzilla, Texts{"1"}, R"({"error":true})"));
}

}  // namespace
}  // namespace cairn::bugs
