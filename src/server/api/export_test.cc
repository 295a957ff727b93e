#include "server/api/export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <set>

#include "base/parse_json.h"
#include "os/file.h"
#include "server/api/api_for_test.h"
#include "server/search/parquet_rows_for_test.h"

namespace cairn::api {
namespace {

using ::testing::HasSubstr;

class ServerApiExport : public ApiTest {
 protected:
  ServerApiExport() {
    parts_.spool_folder = folder_.Path("");
    parts_.export_limits.page_rows = 3;
    std::vector<search::CrashRow> rows;
    for (std::uint64_t i = 0; i < 10; ++i) {
      search::CrashRow row = search::TestRow(100 + i);
      row.product = "Exported";
      row.version = std::to_string(i % 2) + ".0";
      row.date_ms = search::kTestNowMs - 1000 * static_cast<std::int64_t>(1 + i / 4);  // Several of a time.
      search::SetSignature(row, i == 0 ? "=f(\"x\", 1)" : "f", "f | g");
      // Another stack than that of the others, which would share its signature.
      if (i == 0) search::ChangeStack(row, [](auto& frames) { frames[0].module_offset = 0x7777; });
      if (i == 1) {
        row.annotations = {{search::FindField("crash_time")->id, std::int64_t{1'700'000'000'000}},
                           {search::FindField("startup_crash")->id, std::int64_t{1}},
                           {search::FindField("total_physical_memory")->id, std::int64_t{1} << 40},
                           {search::FindField("uptime_ts")->id, 0.25},
                           {search::FindField("vendor")->id, "\xc3\xa9"},
                           {search::FindField("utility_actors_name")->id,
                            search::JoinNames(std::vector<std::string>{"audio", "video, too"})}};
      }
      rows.push_back(std::move(row));
    }
    Store(rows);
  }
  // The body, whole, and the fields that follow on it as if they were headers.
  static std::string Content(http::Response& response) {
    EXPECT_EQ(response.status, 200) << response.body;
    if (response.source == nullptr) {
      const base::Result<std::string> text = os::ReadAll(response.file.get(), 1 << 20);
      return text ? *text : "unreadable";
    }
    std::string text;
    for (;;) {
      const base::Result<std::string> piece = response.source->Next();
      if (!piece) return text + "broken off";
      if (piece->empty()) break;
      text += *piece;
    }
    for (http::Header& trailer : response.source->Trailers()) response.headers.push_back(std::move(trailer));
    response.source.reset();
    return text;
  }
  static std::string Content(http::Response&& response) { return Content(response); }
  http::Response Ask(const std::string& query) { return Get("/api/Export/", "product=Exported&" + query); }
  static std::string HeaderOf(const http::Response& response, const std::string& name) {
    for (const http::Header& header : response.headers) {
      if (header.name == name) return header.value;
    }
    return "";
  }
  static std::vector<std::string> Lines(const std::string& text, const std::string& end) {
    std::vector<std::string> lines;
    for (std::size_t start = 0, stop = 0; (stop = text.find(end, start)) != std::string::npos;
         start = stop + end.size()) {
      lines.push_back(text.substr(start, stop - start));
    }
    return lines;
  }
};

TEST_F(ServerApiExport, AllHitsInTheOrderOfTheSearchOverManyPages) {
  const std::string query = "_columns=uuid&_columns=date&_sort=version&_sort=-uuid";
  simdjson::dom::parser parser;
  std::string expected = "uuid,date\r\n";
  const http::Response searched = Search("product=Exported&" + query);
  for (const auto hit : base::ParseJson(parser, searched.body)["hits"].get_array().value()) {
    expected += std::string(hit["uuid"].get_string().value()) + "," +
                std::string(hit["date"].get_string().value()) + "\r\n";
  }
  http::Response response = Ask(query + "&_format=csv&_results_number=1&_results_offset=2&_facets=product");
  EXPECT_EQ(Content(response), expected);
  EXPECT_EQ(Lines(expected, "\r\n").size(), 11u);
  EXPECT_EQ(response.content_type, "text/csv; charset=utf-8");
  EXPECT_EQ(HeaderOf(response, "Content-Disposition"), "attachment; filename=\"crashes.csv\"");
  EXPECT_EQ(HeaderOf(response, "Cairn-Cut"), "");
}

TEST_F(ServerApiExport, NoCellRunsAsAFormulaAndNothingIsAnEmptyCell) {
  const std::string text = Content(Ask("_columns=signature&_columns=startup_crash&signature=~x"));
  EXPECT_EQ(text, "signature,startup_crash\r\n\"'=f(\"\"x\"\", 1)\",\r\n");
}

TEST_F(ServerApiExport, NamesAreOneCellOfCsv) {
  const std::string text = Content(Ask("_columns=utility_actors_name&utility_actors_name=audio"));
  EXPECT_EQ(text, "utility_actors_name\r\n\"audio, video, too\"\r\n");
}

TEST_F(ServerApiExport, JsonIsOneObjectAndLinesAreOneEach) {
  simdjson::dom::parser parser;
  const std::string json = Content(Ask("_format=json&_columns=uuid&_columns=startup_crash"));
  const simdjson::dom::element all = base::ParseJson(parser, json).value();
  EXPECT_EQ(all["total"].get_uint64().value(), 10u);
  EXPECT_EQ(all["hits"].get_array().value().size(), 10u);
  EXPECT_TRUE(all["hits"].at(0)["startup_crash"].is_null());
  EXPECT_NE(all["cut"].error(), simdjson::SUCCESS);
  std::set<std::string> lines;
  for (const std::string& line : Lines(Content(Ask("_format=jsonl&_columns=uuid")), "\n")) {
    EXPECT_EQ(base::ParseJson(parser, line)["uuid"].error(), simdjson::SUCCESS) << line;
    lines.insert(line);
  }
  EXPECT_EQ(lines.size(), 10u);
  const std::string none = Content(Ask("_format=json&version=9"));
  EXPECT_EQ(base::ParseJson(parser, none)["hits"].get_array().value().size(), 0u);
}

// Every column of both: what DuckDB makes JSON of is what the other export says.
TEST_F(ServerApiExport, ParquetHoldsWhatJsonLinesHold) {
  std::string query = "_sort=version&_sort=-uuid";
  std::string fields;
  for (const search::Field& field : search::Fields()) {
    if (field.use != search::FieldUse::kEverything || field.is_protected) continue;
    query += "&_columns=" + field.name;
    const std::string name = "\"" + field.name + "\"";
    const bool is_date = field.type == search::FieldType::kDate;
    fields += ", '" + field.name + "', " +
              (is_date ? "strftime(" + name + " AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%gZ')" : name);
  }
  const http::Response response = Ask(query + "&_format=parquet");
  ASSERT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(response.content_type, "application/vnd.apache.parquet");
  EXPECT_EQ(HeaderOf(response, "Content-Disposition"), "attachment; filename=\"crashes.parquet\"");
  std::string text;
  for (const auto& row :
       search::ReadParquet(response.file.get(), {"json_object(" + fields.substr(2) + ")::VARCHAR"})) {
    text += std::get<std::string>(row[0]) + "\n";
  }
  const std::string expected = Content(Ask(query + "&_format=jsonl"));
  for (const char* const value : {"\"startup_crash\":true", ":1099511627776,", ":0.25,", ":\"\xc3\xa9\"",
                                  "\"utility_actors_name\":[\"audio\",\"video, too\"]"})
    EXPECT_THAT(expected, HasSubstr(value));
  EXPECT_EQ(Lines(text, "\n"), Lines(expected, "\n"));
  EXPECT_EQ(Lines(text, "\n").size(), 10u);
}

TEST_F(ServerApiExport, ParquetIsCutAsTheOthersAreAndNothingIsLeftOfIt) {
  parts_.export_limits.rows = 4;
  const http::Response part = Ask("_format=parquet&_columns=uuid&_columns=uuid");
  EXPECT_EQ(HeaderOf(part, "Cairn-Cut"), "4 of 10");
  EXPECT_EQ(search::ReadParquet(part.file.get(), {"uuid"}).size(), 4u);
  const http::Response rest = Ask("_format=parquet&_columns=uuid&_cursor=" + HeaderOf(part, "Cairn-Cursor"));
  EXPECT_EQ(search::ReadParquet(rest.file.get(), {"uuid"}).size(), 4u);
  parts_.export_limits = {.rows = 100, .bytes = 1, .page_rows = 3};
  EXPECT_EQ(HeaderOf(Ask("_format=parquet"), "Cairn-Cut"), "3 of 10") << "by its bytes";
  const auto names = os::ListDirectory(folder_.Path(""));
  EXPECT_THAT(*names, ::testing::UnorderedElementsAre("blobs", "index", "queue", "queue-shm", "queue-wal"));
  EXPECT_EQ(search::ReadParquet(Ask("_format=parquet&version=9").file.get(), {"uuid"}).size(), 0u);
}

TEST_F(ServerApiExport, WhatIsCutSaysSoAndWhereItGoesOn) {
  parts_.export_limits.rows = 4;
  std::set<std::string> seen;
  std::string cursor;
  for (const std::string cut : {"4 of 10", "4 of 10", ""}) {
    http::Response part = Ask("_format=csv&_columns=uuid" + cursor);
    EXPECT_EQ(HeaderOf(part, "Cairn-Cut"), cursor.empty() ? cut : "") << "what is known before it is read";
    EXPECT_EQ(HeaderOf(part, "Trailer"), "Cairn-Cut, Cairn-Cursor");
    std::vector<std::string> lines = Lines(Content(part), "\r\n");
    EXPECT_EQ(HeaderOf(part, "Cairn-Cut"), cut);
    lines.erase(lines.begin());
    for (const std::string& line : lines) EXPECT_TRUE(seen.insert(line).second) << line;
    cursor = "&_cursor=" + HeaderOf(part, "Cairn-Cursor");
  }
  EXPECT_EQ(seen.size(), 10u);
  simdjson::dom::parser parser;
  http::Response json = Ask("_format=json");
  const std::string text = Content(json);
  EXPECT_EQ(base::ParseJson(parser, text)["cut"]["rows"].get_uint64().value(), 4u);
  EXPECT_EQ(base::ParseJson(parser, text)["cut"]["cursor"].get_string().value(),
            HeaderOf(json, "Cairn-Cursor"));
  http::Response by_line = Ask("_format=jsonl");
  const std::vector<std::string> lines = Lines(Content(by_line), "\n");
  ASSERT_EQ(lines.size(), 5u);
  EXPECT_EQ(base::ParseJson(parser, lines[4])["cut"]["cursor"].get_string().value(),
            HeaderOf(by_line, "Cairn-Cursor"));
  parts_.export_limits = {.rows = 100, .bytes = 1, .page_rows = 3};
  http::Response by_bytes = Ask("_format=csv");
  (void)Content(by_bytes);
  EXPECT_EQ(HeaderOf(by_bytes, "Cairn-Cut"), "3 of 10");
}

// Each with a page of three rows, in every order that cursors and windows have to agree on.
TEST_F(ServerApiExport, PagesByDateReadOnlyWhatIsLeft) {
  for (const std::string sort :
       {"", "&_sort=-date", "&_sort=date", "&_sort=date&_sort=version", "&_sort=uuid"}) {
    const std::string text = Content(Ask("_format=csv&_columns=uuid" + sort));
    const std::vector<std::string> lines = Lines(text, "\r\n");
    EXPECT_EQ(std::set<std::string>(lines.begin(), lines.end()).size(), 11u) << sort;
    const http::Response searched = Search("product=Exported&_columns=uuid" + sort);
    std::size_t found = 0;
    for (const std::string& line : lines) {
      if (line == "uuid") continue;
      const std::size_t place = searched.body.find(line);
      EXPECT_GT(place, found) << sort;
      found = place;
    }
  }
}

TEST_F(ServerApiExport, WhatFailsInTheMiddleIsBrokenOff) {
  for (const std::string format : {"csv", "json", "jsonl"}) {
    http::Request request{.method = "GET", .query = "product=Exported&_columns=uuid&_format=" + format};
    const auto gone = std::make_shared<std::atomic<bool>>(false);
    request.client_gone = gone;
    const http::Response response = Export(parts_, request);
    ASSERT_NE(response.source, nullptr) << response.body;
    EXPECT_GT(response.source->Next()->size(), 100u) << "the first page is there at once";
    gone->store(true);  // As good as any reason that ends a search.
    if (format == "jsonl") {
      EXPECT_EQ(*response.source->Next(), "{\"error\":\"Nobody waited for the answer\"}\n");
    }
    EXPECT_FALSE(response.source->Next());
    EXPECT_FALSE(response.source->Next()) << "and stays so";
    EXPECT_TRUE(response.source->Trailers().empty());
  }
}

TEST_F(ServerApiExport, PingsAreForThoseWhoMaySeeThem) {
  const std::string query = "_format=jsonl&_columns=kind";
  EXPECT_EQ(Content(Get("/api/Export/", query)).find("ping"), std::string::npos);
  EXPECT_THAT(Content(Get("/api/Export", query, {"view_pings"})), HasSubstr("{\"kind\":\"ping\"}"));
  parts_.products_by_token = [] { return std::vector<std::string>{"Exported"}; };
  EXPECT_EQ(Content(Ask("_format=jsonl")), "");
  EXPECT_TRUE(search::ReadParquet(Ask("_format=parquet").file.get(), {"uuid"}).empty());
}

TEST_F(ServerApiExport, MistakesAreSaid) {
  EXPECT_EQ(Ask("_format=xlsx").status, 400);
  EXPECT_EQ(Ask("_columns=nonsense").status, 400);
  EXPECT_EQ(Ask("signature=@(").status, 400);
  EXPECT_EQ(Ask("_cursor=abc").status, 400);
}

TEST_F(ServerApiExport, ManyAreReadAtOnceAndKnownCallersFindRoomBesideStrangers) {
  parts_.export_turns = std::make_shared<ExportTurns>();
  const auto ask_as_stranger = [&] {
    http::Request request{.method = "GET", .query = "product=Exported"};
    return Export(parts_, request);
  };
  std::vector<http::Response> open;
  for (int i = 0; i < kMaxExportsOfStrangers; ++i) open.push_back(ask_as_stranger());
  for (const http::Response& each : open) EXPECT_EQ(each.status, 200);
  const http::Response busy = ask_as_stranger();
  EXPECT_EQ(busy.status, 429);
  EXPECT_EQ(HeaderOf(busy, "Retry-After"), "10");
  for (int i = kMaxExportsOfStrangers; i < kMaxExportsAtOnce; ++i) open.push_back(Ask(""));
  EXPECT_EQ(open.back().status, 200);
  EXPECT_EQ(Ask("").status, 429);
  open.clear();
  EXPECT_EQ(ask_as_stranger().status, 200) << "their places were given back";
  for (int i = 0; i < kMaxParquetExportsAtOnce; ++i) parts_.export_turns->parquet.acquire();
  EXPECT_EQ(Ask("_format=parquet").status, 429);
  EXPECT_EQ(Ask("_format=csv").status, 200);
  parts_.export_turns->parquet.release();
  EXPECT_EQ(Ask("_format=parquet").status, 200);
  EXPECT_EQ(Ask("_format=parquet").status, 200) << "its turn was given back";
}

}  // namespace
}  // namespace cairn::api
