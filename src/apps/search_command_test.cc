// `cairn search`, `facet`, `export` and `report get` as their users call them, on a real server with reports.
#include "apps/search_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include "apps/running_server_for_test.h"

namespace cairn::apps {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class SearchCommandTest : public TestOfServer {
 protected:
  void SetUp() override {
    TestOfServer::SetUp();
    if (IsSkipped()) return;
    server_.emplace(data_);
    for (const char* const version : {"1.0", "1.0", "2.0"}) {
      ids_.push_back(IdOf(server_->Submit(Text("ProductName", "Crashy") + Text("Version", version) +
                                          Text("ReleaseChannel", "a,\"b") + "--b--\r\n")));
    }
    for (int waited = 0; waited < kPatienceMs && Run({"search", "--format", "jsonl"}) == 0; waited += 20) {
      if (std::ranges::count(output_, '\n') == 3) return;
      usleep(20'000);
    }
    FAIL() << output_;
  }
  void TearDown() override {
    server_.reset();
    TestOfServer::TearDown();
  }

  // The exit code. What it prints, errors too, is in output_.
  int Run(std::vector<std::string> words, bool with_url = true) {
    words.insert(words.begin(), Program("cairn"));
    if (with_url) words.insert(words.end(), {"--url", server_->url()});
    return RunToEnd(words, &output_);
  }
  std::string Printed(const std::vector<std::string>& words, int code = 0) {
    EXPECT_EQ(Run(words), code) << output_;
    return output_;
  }

  std::optional<RunningServer> server_;
  std::vector<std::string> ids_;
  std::string output_;
};

TEST_F(SearchCommandTest, HitsInEveryFormat) {
  const std::vector<std::string> words = {"search", "product=Crashy&version=1.0", "date=>=-1d", "--columns",
                                          "product,version,release_channel,startup_crash"};
  const auto as = [&](const std::string& format) {
    std::vector<std::string> all = words;
    all.insert(all.end(), {"--format", format});
    return Printed(all);
  };
  EXPECT_EQ(as("csv"),
            "product,version,release_channel,startup_crash\r\n"
            "Crashy,1.0,\"a,\"\"b\",\r\nCrashy,1.0,\"a,\"\"b\",\r\n");
  const std::string line =
      R"({"product":"Crashy","version":"1.0","release_channel":"a,\"b","startup_crash":null})";
  EXPECT_EQ(as("jsonl"), line + "\n" + line + "\n");
  EXPECT_EQ(as("json"), "{\"hits\":[\n" + line + ",\n" + line + "],\"total\":2}\n");
  EXPECT_THAT(as("markdown"), StartsWith("| product | version | release_channel | startup_crash |\n| --- |"));
  EXPECT_THAT(as("table"), AllOf(StartsWith("product  version  release_channel  startup_crash\n"),
                                 HasSubstr("Crashy   1.0      a,\"b")));
}

TEST_F(SearchCommandTest, NumberOrderAndFacets) {
  EXPECT_EQ(Printed({"search", "--num", "1", "--columns", "version", "--sort=-version"}),
            "version\n2.0\n1 of 3 crashes: --num all lists them\n");
  EXPECT_EQ(
      Printed({"search", "--num", "all", "--columns", "version", "--sort", "version", "--format", "csv"}),
      "version\r\n1.0\r\n1.0\r\n2.0\r\n");
  EXPECT_EQ(Printed({"search", "--columns", "version", "version=2.0"}), "version\n2.0\n")
      << "the query stands behind";
  EXPECT_EQ(Printed({"search", "version=9"}), "");
  EXPECT_EQ(Printed({"search", "version=9", "--format", "json"}), "{\"hits\":[],\"total\":0}\n");
  EXPECT_EQ(Printed({"search", "--num", "0", "--facets", "version"}),
            "0 of 3 crashes: --num all lists them\n\nversion  count\n1.0          2\n2.0          1\n");
  EXPECT_EQ(
      Printed({"search", "--num", "0", "--facets", "version", "--format", "json"}),
      R"({"hits":[],"total":3,"facets":{"version":[{"term":"1.0","count":2},{"term":"2.0","count":1}]}})"
      "\n");
}

TEST_F(SearchCommandTest, Facets) {
  EXPECT_EQ(
      Printed({"facet", "product=Crashy", "--facets", "product.version,_cardinality.version"}),
      "product  version  count\nCrashy   1.0          2\nCrashy   2.0          1\n\ncardinality_version\n"
      "                  2\n");
  EXPECT_EQ(Printed({"facet", "_aggs.product=version", "--format", "csv", "--size", "1"}),
            "product,version,count\r\nCrashy,1.0,2\r\n");
  EXPECT_EQ(Printed({"facet", "--facets", "version", "--format", "jsonl"}),
            "{\"version\":\"1.0\",\"count\":2}\n{\"version\":\"2.0\",\"count\":1}\n");
  EXPECT_THAT(Printed({"facet", "--facets", "version", "--format", "json"}),
              StartsWith(R"({"total":3,"facets":{"version":[)"));
}

TEST_F(SearchCommandTest, AnExportIsAFileOnceItIsWhole) {
  const std::string path = data_ + ".csv";
  EXPECT_EQ(
      Printed({"export", "product=Crashy", "--columns", "uuid,version", "--sort", "version", "-o", path}),
      "");
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  EXPECT_THAT(text.str(), AllOf(StartsWith("uuid,version\r\n"), HasSubstr(ids_[2] + ",2.0\r\n")));
  std::filesystem::remove(path);
  EXPECT_EQ(Printed({"export", "version=2.0", "--columns", "version", "--format", "jsonl"}),
            "{\"version\":\"2.0\"}\n");
  EXPECT_THAT(Printed({"export", "--columns", "version", "--format", "parquet"}), StartsWith("PAR1"));
  EXPECT_THAT(Printed({"export", "nonsense=1", "-o", path}, 1), HasSubstr("answered 400: There is no field"));
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(SearchCommandTest, DataSetsOfADay) {
  const std::string& id = ids_[2];  // It ends in the day of its arrival.
  const std::string digits = id.substr(id.size() - 6);
  const std::string day = "20" + digits.substr(0, 2) + "-" + digits.substr(2, 2) + "-" + digits.substr(4);
  const std::vector<std::string> words = {"export", "--data-set", "socorro_crash", "--date",
                                          day,      "--format",   "jsonl",         "version=2.0"};
  EXPECT_THAT(Printed(words), StartsWith("{\"crash_date\":\"" + day + "\",\"uuid\":\"" + id + "\""));
  EXPECT_EQ(Run({"export", "--data-set", "socorro_crash"}), 2);
  EXPECT_EQ(Run({"export", "--data-set", "nonsense", "--date", day}), 2);
  EXPECT_THAT(Printed({"export", "--data-set", "crash_summary", "--date", day}, 1),
              HasSubstr("answered 403"));
}

TEST_F(SearchCommandTest, SingleReports) {
  const std::string both = Printed({"report", "get", ids_[0], "bp-" + ids_[2]});
  EXPECT_EQ(std::ranges::count(both, '\n'), 2);
  EXPECT_THAT(both, AllOf(HasSubstr(ids_[0]), HasSubstr(ids_[2])));
  EXPECT_THAT(Printed({"report", "get", "--format", "human", ids_[0]}),
              AllOf(StartsWith("crash"), HasSubstr("product"), HasSubstr("Crashy")));
  EXPECT_THAT(Printed({"report", "get", "--raw", ids_[0]}), HasSubstr("\"ProductName\":\"Crashy\""));
  EXPECT_THAT(Printed({"report", "get", "--dump", "upload_file_minidump", ids_[0]}, 1),
              HasSubstr("view_rawdump"));
  const std::string unknown = "00000000-0000-4000-8000-000000261101";
  EXPECT_THAT(Printed({"report", "get", unknown, ids_[0]}, 1),
              AllOf(HasSubstr("There is no crash"), HasSubstr(ids_[0])));
}

TEST_F(SearchCommandTest, MistakesAreOneLineAndHaveTheirCodes) {
  EXPECT_EQ(Run({"search"}, false), 2) << "no server is named";
  EXPECT_EQ(Printed({"search", "Crashy"}, 2),
            "cairn search: \"Crashy\" is no parameter: write FIELD=VALUE, and %26 for an & in a value\n");
  EXPECT_THAT(Printed({"search", "date=yesterday"}, 1),
              AllOf(HasSubstr("the server answered 400: date=yesterday"), Not(HasSubstr("{"))));
  EXPECT_EQ(std::ranges::count(output_, '\n'), 1);
  EXPECT_EQ(Run({"search", "--num", "some"}), 2);
  EXPECT_EQ(Run({"facet", "--format", "xml"}), 2);
  EXPECT_THAT(Printed({"search", "--token", "unknown"}, 1), HasSubstr("answered 403"));
  EXPECT_EQ(Run({"search", "--url", "http://127.0.0.1:1"}, false), 3);
  EXPECT_EQ(Run({"report", "get", "x"}), 1);
}

TEST(SearchTablesTest, FacetsOfAnyDepthBecomeTables) {
  const auto tables =
      TablesOfFacets(R"({"facets":{"product":[{"term":"A","count":3,"facets":{)"
                     R"("version":[{"term":"1","count":2,"weighted":{"count":20,"low":5,"high":35}}],)"
                     R"("max_uptime":{"value":7}}}],"percentiles_uptime":{"values":{"50":1.5,"99":null}}}})");
  ASSERT_TRUE(tables);
  std::string text;
  for (const OutputTable& table : *tables) text += AsColumns(table, std::nullopt);
  EXPECT_EQ(text,
            "product  version  count  estimate  low  high\n"
            "A        1            2        20    5    35\n"
            "product  max_uptime\n"
            "A                 7\n"
            "percentiles_uptime 50%  percentiles_uptime 99%\n"
            "                   1.5\n");
  for (const char* const bad :
       {"", "{}", "[]", R"({"facets":[]})", R"({"facets":{"a":[1]}})", R"({"facets":{"a":{}}})"})
    EXPECT_FALSE(TablesOfFacets(bad)) << bad;
}

}  // namespace
}  // namespace cairn::apps
