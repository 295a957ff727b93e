#include "server/http/trouble.h"

#include <gtest/gtest.h>

namespace cairn::http {
namespace {

using base::Code;

TEST(ServerHttpTrouble, AQuestionWhoseTimeIsUpIsTheCallersMatter) {
  const Response late = SearchTrouble({Code::kTimeout, 30, "search"}, "ask for fewer days");
  EXPECT_EQ(late.status, 400);
  EXPECT_EQ(late.body, R"({"error":"The search took more than 30 s: ask for fewer days"})");
  EXPECT_EQ(SearchTrouble({Code::kTimeout, 30, "search"}, "").body,
            R"({"error":"The search took more than 30 s"})");
  EXPECT_EQ(SearchTrouble({Code::kUnreachable, 0, "whoever asked"}, "").status, kClientIsGone);
}

TEST(ServerHttpTrouble, AStoreThatCannotAnswerIsTheServersTrouble) {
  EXPECT_EQ(StoreTrouble({Code::kIo, 0, "index"}).status, 500);
  EXPECT_EQ(SearchTrouble({Code::kIo, 0, "index"}, "").body, StoreTrouble({Code::kIo, 0, "index"}).body);
}

}  // namespace
}  // namespace cairn::http
