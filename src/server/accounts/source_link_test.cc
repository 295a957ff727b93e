#include "server/accounts/source_link.h"

#include <gtest/gtest.h>

namespace cairn::accounts {
namespace {

TEST(SourceLinkTest, ATemplateIsAWholeUrlWithAPath) {
  const auto mistake = [](std::string prefix, std::string url) {
    return MistakeIn({std::move(prefix), std::move(url)});
  };
  EXPECT_EQ(mistake("git:git.example.org/", "https://git.example.org/{name}/src/{revision}/{path}#L{line}"),
            "");
  EXPECT_EQ(mistake("/builds/app/", "http://code/app/{path}?l={line}"), "");
  EXPECT_NE(mistake("", "https://git.example.org/{path}"), "");
  EXPECT_NE(mistake("git:", "javascript:alert({path})"), "");
  EXPECT_NE(mistake("git:", "https://{repository}/{path}"), "") << "the host is ours to choose";
  EXPECT_NE(mistake("git:", "https://git.example.org{path}"), "");
  EXPECT_NE(mistake("git:", "https://git.example.org/{line}"), "");
  EXPECT_NE(mistake("git:", "https://git.example.org/{path}{branch}"), "");
  EXPECT_NE(mistake("git:", "https://git.example.org/{path}}"), "");
  EXPECT_NE(mistake("git:", "https://git.example.org/{path}\n"), "");
}

}  // namespace
}  // namespace cairn::accounts
