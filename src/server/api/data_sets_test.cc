#include "server/api/data_sets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/parse_json.h"
#include "os/file.h"
#include "server/api/api_for_test.h"
#include "server/search/parquet_rows_for_test.h"

namespace cairn::api {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ServerApiDataSets : public ApiTest {
 protected:
  ServerApiDataSets() {
    parts_.spool_folder = folder_.Path("");
    search::CrashRow before = search::TestRow(50);
    before.date_ms -= search::kTestDayMs;
    before.annotations = {{search::FindField("uptime_ts")->id, 2.5}, {search::FindField("vendor")->id, "Us"}};
    search::CrashRow next = search::TestRow(51);
    next.date_ms += search::kTestDayMs / 2 + 1000;  // The first moment of the next day.
    Store({before, next});
  }

  http::Response Ask(const std::string& set, const std::string& query,
                     std::vector<std::string> permissions = {}) {
    return Get("/api/DataSets/" + set + "/", query, std::move(permissions));
  }
  static std::string Content(const http::Response& response) {
    EXPECT_EQ(response.status, 200) << response.body;
    std::string content;
    for (base::Result<std::string> piece = response.source->Next(); piece && !piece->empty();
         piece = response.source->Next())
      content += *piece;
    return content;
  }
};

TEST_F(ServerApiDataSets, ADayOfReportsIsARowEach) {
  const http::Response day = Ask("socorro_crash", "date=2026-11-22&_format=parquet");
  ASSERT_EQ(day.status, 200) << day.body;
  using Row = std::vector<search::Value>;
  EXPECT_THAT(search::ReadParquet(day.file.get(), {"crash_date", "product", "proto_signature"}),
              ::testing::UnorderedElementsAre(Row{"2026-11-22", "Crashy", "crash_here | main"},
                                              Row{"2026-11-22", "Editor", "crash_here | main"}));
  EXPECT_EQ(day.headers.at(0).value, "attachment; filename=\"socorro_crash-2026-11-22.parquet\"");
  const std::string line = Content(Ask("socorro_crash", "date=2026-11-21"));
  EXPECT_THAT(line, HasSubstr(R"({"crash_date":"2026-11-21","uuid":")" + search::TestUuid(50)));
  EXPECT_THAT(line, HasSubstr(R"("uptime_ts":2.5)"));
  EXPECT_THAT(line, HasSubstr(R"("vendor":"Us")"));
  EXPECT_EQ(std::ranges::count(line, '\n'), 1);
  EXPECT_EQ(Content(Ask("socorro_crash", "date=2025-11-21")), "");
  EXPECT_THAT(Content(Ask("socorro_crash", "date=2026-11-22&product=Editor&_format=csv")),
              Not(HasSubstr("Crashy")));
}

TEST_F(ServerApiDataSets, PingsAreForThoseWhoMaySeeThem) {
  EXPECT_EQ(Ask("crash_summary", "date=2026-11-22").status, 403);
  const std::string line = Content(Ask("crash_summary", "date=2026-11-22", {"view_pings"}));
  EXPECT_EQ(std::ranges::count(line, '\n'), 1);
  EXPECT_THAT(line, HasSubstr(R"({"submission_date":"2026-11-22","submission_timestamp":"2026-11-22T11:)"));
  EXPECT_THAT(line, HasSubstr(R"("document_id":")" + search::TestUuid(2)));
  EXPECT_THAT(line, HasSubstr(R"("application":"Crashy","build_version":"1.0")"));
  // Whoever may see pings gets no pings among reports, whatever is asked for.
  EXPECT_THAT(Content(Ask("socorro_crash", "date=2026-11-22&kind=ping&kind=report", {"view_pings"})),
              Not(HasSubstr(search::TestUuid(2))));
}

TEST_F(ServerApiDataSets, ProductsThatAreNotPublicAreLeftOut) {
  parts_.products_by_token = [] { return std::vector<std::string>{"Crashy"}; };
  const std::string query = "date=2026-11-22&_format=jsonl";
  EXPECT_THAT(Content(Ask("socorro_crash", query)), Not(HasSubstr("Crashy")));
  EXPECT_THAT(Content(Ask("socorro_crash", query)), HasSubstr("Editor"));
  EXPECT_THAT(Content(Ask("socorro_crash", query, {"view_closed_products"})), HasSubstr("Crashy"));
}

TEST_F(ServerApiDataSets, WhatIsWrongIsSaid) {
  EXPECT_EQ(Ask("nonsense", "date=2026-11-22").status, 404);
  for (const char* const query :
       {"", "date=", "date=2026-11-32", "date=2026-11", "date=-1d", "date=2026-11-22T10:00",
        "date=2026-11-22&_format=xml", "date=2026-11-22&nonsense=1"})
    EXPECT_EQ(Ask("socorro_crash", query).status, 400) << query;
}

// The rows of the page's table.
std::string TableOf(const DataSet& set) {
  std::string text = "| column | type | is |\n|---|---|---|\n";
  for (const FileColumn& column : ColumnsOf(set)) {
    text += "| `" + column.name + "` | " + std::string(TypeNameOf(column)) + " | " +
            search::FieldOf(column.field).description + " |\n";
  }
  return text;
}

// Its table is what ListDataSets says for the registry that comes with Cairn.
TEST_F(ServerApiDataSets, ThePageAboutThemHasTheirColumns) {
  const auto page = os::ReadFile(std::string(CAIRN_SOURCE_DIR) + "/docs/DATA_SETS.md", 1 << 20);
  ASSERT_TRUE(page);
  for (const DataSet& set : DataSets()) {
    const std::string name(set.name);
    const std::string wanted = std::string(CAIRN_BINARY_DIR) + "/" + name + ".md";
    if (page->find("## " + name + "\n") == std::string::npos ||
        page->find(TableOf(set)) == std::string::npos) {
      EXPECT_TRUE(os::WriteFileDurably(wanted, base::AsBytes(TableOf(set))));
      ADD_FAILURE() << "docs/DATA_SETS.md: the table of " << name << " is " << wanted;
    }
  }
}

TEST_F(ServerApiDataSets, TheListSaysTheirColumnsEachNameOnce) {
  simdjson::dom::parser parser;
  const http::Response list = Get("/api/DataSets", "");
  for (const auto set : base::ParseJson(parser, list.body)["data_sets"].get_array().value()) {
    std::vector<std::string> names;
    for (const auto column : set["columns"].get_array().value())
      names.emplace_back(column["name"].get_string().value());
    std::ranges::sort(names);
    EXPECT_TRUE(std::ranges::adjacent_find(names) == names.end());
    EXPECT_THAT(names, Not(::testing::Contains("client")));
  }
}

}  // namespace
}  // namespace cairn::api
