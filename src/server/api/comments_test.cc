#include "server/api/comments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json_writer.h"
#include "base/parse_json.h"
#include "server/api/api_for_test.h"
#include "server/intake/crash_id.h"
#include "server/store/soci_directory.h"

namespace cairn::api {
namespace {

using ::testing::ElementsAre;

class CommentsTest : public ApiTest {
 protected:
  // A report of so many seconds before now; of an empty comment it has none.
  std::string Report(int seconds_ago, const std::string& product, const std::string& comment) {
    search::CrashRow row = search::TestRow(static_cast<std::uint64_t>(500 + seconds_ago));
    row.date_ms = search::kTestNowMs - 1000 * seconds_ago;
    row.uuid = intake::MakeCrashId(row.date_ms);
    row.product = product;
    Store({row});
    base::JsonWriter json;
    json.BeginObject();
    json.TextField("ProductName", product);
    json.TextField("Comments", comment);
    json.EndObject();
    EXPECT_TRUE(blobs_.Put(store::RawCrashKey(*intake::DayOfCrashId(row.uuid), row.uuid),
                           base::AsBytes(json.Take())));
    return row.uuid;
  }

  std::vector<std::string> CommentsOf(const std::string& query) {
    const http::Response response = Get("/api/Comments/", query, {"view_pii"});
    EXPECT_EQ(response.status, 200) << response.body;
    std::vector<std::string> comments;
    simdjson::dom::parser parser;
    for (const auto hit : base::ParseJson(parser, response.body)["hits"].get_array().value())
      comments.emplace_back(hit["user_comments"].get_string().value());
    return comments;
  }
};

TEST_F(CommentsTest, ThoseOfASearchAreReadTheNewestFirst) {
  Report(30, "Paint", "it was the <brush>");
  Report(10, "Paint", "the pen");
  Report(20, "Paint", "");
  Report(5, "Else", "not asked for");
  EXPECT_THAT(CommentsOf("product=Paint"), ElementsAre("the pen", "it was the <brush>"));
  EXPECT_THAT(CommentsOf("product=Nothing"), ElementsAre());
}

TEST_F(CommentsTest, LongOnesAreCut) {
  Report(10, "Paint", std::string(kMaxCommentBytes + 5, 'x'));
  EXPECT_EQ(CommentsOf("product=Paint").at(0).size(), kMaxCommentBytes);
}

TEST_F(CommentsTest, TheyNeedThePermission) {
  EXPECT_EQ(Get("/api/Comments/", "product=Paint").status, 403);
  EXPECT_EQ(Get("/api/Comments/", "product=Paint", {"view_pings", "view_rawdump"}).status, 403);
  EXPECT_EQ(Get("/api/Comments/", "no_such_field=1", {"view_pii"}).status, 400);
}

TEST_F(CommentsTest, WhoReadWhichIsWrittenDown) {
  const std::unique_ptr<store::SociDirectory> directory =
      *store::SociDirectory::OpenSqlite(folder_.Path("directory"));
  store::AuditLog audit(*directory);
  parts_.audit = &audit;
  const std::string with = Report(10, "Paint", "the pen");
  Report(20, "Paint", "");
  EXPECT_EQ(GetAs({.name = "ann", .permissions = {"view_pii"}}, "/api/Comments/", "product=Paint").status,
            200);
  ASSERT_TRUE(audit.Flush());
  const auto entries = directory->ListAudit(0, 10);
  ASSERT_EQ(entries->size(), 1U);
  EXPECT_EQ(entries->front().who, "ann");
  EXPECT_EQ(entries->front().object, with);
}

}  // namespace
}  // namespace cairn::api
