// What each route tells of crashes that only some may know of: those of a closed product, and pings.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "apps/server_routes_for_test.h"
#include "os/clock.h"
#include "server/intake/crash_id.h"
#include "server/intake/queue_kinds.h"
#include "server/search/crash_rows_for_test.h"
#include "server/store/blob_keys.h"
#include "server/store/sqlite_database.h"

namespace cairn::apps {
namespace {

// Crashes of three kinds that only some may know of, and what each route tells of them. The signatures are
// alike, so that each leads to the others.
class PlantedMarks : public RouteTableTest {
 protected:
  PlantedMarks() {
    EXPECT_TRUE(directory_->SetProduct({.name = "Open"}));
    EXPECT_TRUE(directory_->SetProduct({.name = "Closed", .crashes = store::Visibility::kByToken}));
    rows_ = {RowOf(1, "Open", "of_open"), RowOf(2, "Closed", "of_closed"), RowOf(3, "Open", "of_pings"),
             RowOf(4, "Closed", "of_closed_pings")};
    rows_[2].kind = rows_[3].kind = search::CrashKind::kPing;
    // One that both products have, first the closed one.
    rows_.push_back(RowOf(5, "Closed", "of_both"));
    rows_.push_back(RowOf(6, "Open", "of_both"));
    rows_[4].date_ms -= 2 * 86'400'000;
    rows_[4].build_id = "20200101";
    rows_[5].build_id = "20210101";
    // And a like one of both, where only crashes of the closed product have some frames.
    for (const char* const signature : {"of_both", "of_both_too"}) {
      rows_.push_back(RowOf(rows_.size() + 1, "Closed", signature));
      search::ChangeStack(rows_.back(), AddClosedFrames);
    }
    rows_.push_back(RowOf(rows_.size() + 1, "Open", "of_both_too"));
    EXPECT_TRUE(index_->Add(rows_));
    EXPECT_TRUE(index_->Add(Others()));
    for (const std::string& signature : Signatures())
      EXPECT_TRUE(directory_->bugs().LinkBug(signature, {"bmo", "12"}));
    const std::string raw = R"({"ProductName":"Closed","Comments":"a comment"})";
    EXPECT_TRUE(
        blobs_.Put(store::RawCrashKey(*intake::DayOfCrashId(set_aside_), set_aside_), base::AsBytes(raw)));
    EXPECT_TRUE(queue_->Push({std::string(intake::kReportKind), set_aside_}));
    EXPECT_TRUE(
        queue_->SetAside(queue_->Claim(std::string(intake::kReportKind), 1, 1000)->front(), "poison"));
    EXPECT_TRUE(blobs_.Put(
        store::ProcessedCrashKey(rows_[1].uuid),
        base::AsBytes(R"({"uuid":")" + rows_[1].uuid + R"(","kind":"report","product":"Closed"})")));
  }

  static std::vector<std::string> Signatures() {
    return {"of_open", "of_closed", "of_pings", "of_closed_pings"};
  }

  static void AddClosedFrames(std::vector<search::StackFrame>& frames) {
    for (std::uint64_t i = 0; i < 4; ++i) {
      frames.insert(frames.begin() + 1, {.module = "crashy",
                                         .debug_id = "AB0",
                                         .module_offset = 0x77770 + i,
                                         .names = {{"in_closed" + std::to_string(i), "a.cc", 1}}});
    }
  }

  // Without the frames that make the others alike: only so are these rare.
  static std::vector<search::CrashRow> Others() {
    std::vector<search::CrashRow> others;
    for (std::uint64_t i = 0; i < 30; ++i) {
      others.push_back(search::TestRow(50 + i));
      others.back().date_ms = os::UnixMillis() - 1000;
      const std::string function = "other" + std::to_string(i);
      search::SetSignature(others.back(), function, function + " | main");
      search::ChangeStack(others.back(), [&](std::vector<search::StackFrame>& frames) {
        frames[0].module_offset = 0x88000 + 16 * i;
        frames[0].names[0].function = function;
      });
    }
    return others;
  }

  // Rare frames that all have, below one of its own.
  static search::CrashRow RowOf(std::uint64_t number, const std::string& product,
                                const std::string& signature) {
    search::CrashRow row = search::TestRow(number);
    row.date_ms = os::UnixMillis() - 1000;
    row.product = product;
    search::SetSignature(row, signature, signature + " | main");
    search::ChangeStack(row, [&](std::vector<search::StackFrame>& frames) {
      frames[0].module_offset = 0x900 + 16 * std::hash<std::string>()(signature) % 65'536;
      frames[0].names[0].function = signature;
      for (std::uint64_t i = 0; i < 4; ++i) {
        frames.insert(frames.begin() + 1, {.module = "crashy",
                                           .debug_id = "AB0",
                                           .module_offset = 0x99990 + i,
                                           .names = {{"rare" + std::to_string(i), "a.cc", 1}}});
      }
    });
    return row;
  }

  http::Response Ask(const std::string& token, const std::string& method, const std::string& target,
                     const std::string& body = "") {
    const std::size_t question = std::min(target.find('?'), target.size());
    http::Request request{.method = method, .query = target.substr(std::min(question + 1, target.size()))};
    request.segments = *http::SplitPath(target.substr(0, question));
    request.peer_address = "127.0.0.1";
    request.body = body;
    if (!token.empty()) request.headers.push_back({"auth-token", token});
    const http::Router::Admission admission = router_.Admit(request);
    if (admission.refusal) return http::TextResponse(admission.refusal->status, admission.refusal->body);
    return router_.Handle(admission.route, request);
  }

  const http::Router router_{Table(false), {.authenticate = accounts_.TokenLookup()}};
  std::vector<search::CrashRow> rows_;
  std::string set_aside_ = intake::MakeCrashId(os::UnixMillis());
};

TEST_F(PlantedMarks, RoutesTellOfCrashesThatTheCallerSeesAndOfNoOthers) {
  using store::Permission;
  struct Seer {
    std::string name;
    std::string token;
    bool sees_closed = false;
    bool sees_pings = false;         // Of the open product.
    bool sees_closed_pings = false;  // Of the other.
  };
  const std::string uploads =
      directory_->CreateToken({.label = "CI", .permissions = {Permission::kUploadSymbols}})->text;
  const std::vector<Seer> seers = {
      {"nobody", ""},
      {"a machine that uploads", uploads},
      {"a user", MakeToken("u1", {}, {})},
      {"who sees pings", MakeToken("u2", {Permission::kViewPings}, {}), false, true, false},
      {"who sees closed products", MakeToken("u3", {Permission::kViewClosedProducts}, {}), true},
      {"who administers", MakeToken("u4", {Permission::kAdminister}, {}), true},
      {"who sees the closed one", MakeToken("u5", {}, {{"Closed", {Permission::kViewClosedProducts}}}), true},
      {"who has a grant for another", MakeToken("u6", {}, {{"Other", {Permission::kViewPii}}})},
      {"who sees its pings", MakeToken("u7", {}, {{"Closed", {Permission::kViewPings}}}), true, false, true},
      {"who sees all", MakeToken("u8", {Permission::kViewPings, Permission::kViewClosedProducts}, {}), true,
       true, true}};
  const std::string closed = rows_[1].uuid;
  struct Row {
    std::string method;
    std::string target;
    std::string body;
    std::string closed_mark;
    std::string pings_mark;
    std::string closed_pings_mark;
  };
  const std::string all =
      "signatures=of_open&signatures=of_closed&signatures=of_pings&signatures=of_closed_pings";
  const auto bug = [](const char* signature) { return R"("signature":")" + std::string(signature) + "\""; };
  const std::vector<Row> rows = {
      {"GET", "/api/SimilarSignatures/?signature=of_open", "", "of_closed\"", "of_pings", "of_closed_pings"},
      {"GET", "/api/SimilarSignatures/?signature=of_closed", "", "rare0", "of_pings\"", ""},
      {"GET", "/api/SimilarSignatures/?signature=of_both", "", "in_closed0", "", ""},
      {"GET", "/api/ResolveSignature/?signature=of_closed", "", R"(["of_closed"])", "", ""},
      {"GET", "/api/ResolveSignature/?signature=of_pings", "", "", R"(["of_pings"])", ""},
      {"GET", "/api/ResolveSignature/?signature=of_closed_pings", "", "", "", R"(["of_closed_pings"])"},
      {"GET", "/api/SignatureFirstDate/?" + all, "", bug("of_closed"), bug("of_pings"),
       bug("of_closed_pings")},
      {"GET", "/api/SignatureFirstDate/?signatures=of_both", "", "20200101", "", ""},
      {"GET", "/api/TopCrashers/", "", bug("of_closed"), bug("of_pings"), ""},
      {"GET", "/api/TopCrashers/?product=Closed", "", bug("of_closed"), "", bug("of_closed_pings")},
      {"GET", "/api/SuperSearch/?product=Closed", "", bug("of_closed"), "", bug("of_closed_pings")},
      {"GET", "/api/SuperSearchUnredacted/", "", bug("of_closed"), bug("of_pings"), ""},
      {"GET", "/api/Bugs/?" + all, "", bug("of_closed"), bug("of_pings"), bug("of_closed_pings")},
      {"POST", "/api/Bugs/", all, bug("of_closed"), bug("of_pings"), bug("of_closed_pings")},
      {"GET", "/api/SignaturesByBugs/?bug_ids=12", "", bug("of_closed"), bug("of_pings"),
       bug("of_closed_pings")},
      {"POST", "/api/SignaturesByBugs/", "bug_ids=12", bug("of_closed"), bug("of_pings"),
       bug("of_closed_pings")},
      {"GET", "/api/CrashVerify/?crash_id=" + closed, "", "true", "", ""},
      {"GET", "/api/CrashVerify/?crash_id=" + set_aside_, "", "true", "", ""},
      {"GET", "/api/CrashVerify/?crash_id=" + rows_[2].uuid, "", "", "true", ""},
      {"GET", "/api/CrashVerify/?crash_id=" + rows_[3].uuid, "", "", "", "true"},
      {"GET", "/api/MissingProcessedCrash/", "", set_aside_, "", ""},
      {"GET", "/api/ProcessedCrash/?crash_id=" + closed, "", closed, "", ""},
      {"GET", "/api/RawCrash/?crash_id=" + set_aside_, "", "Closed", "", ""},
      {"GET", "/api/Flame/?product=Closed", "", "of_closed\"", "", "of_closed_pings"},
      {"GET", "/api/Products/", "", "Closed", "", ""}};
  for (const Seer& seer : seers) {
    for (const Row& row : rows) {
      const std::string answer = Ask(seer.token, row.method, row.target, row.body).body;
      for (const auto& [mark, sees] : {std::pair{row.closed_mark, seer.sees_closed},
                                       {row.pings_mark, seer.sees_pings},
                                       {row.closed_pings_mark, seer.sees_closed_pings}}) {
        if (mark.empty()) continue;
        // A signature of the closed product leads nowhere for who does not see it, nor to pings.
        const bool leads = row.target.find("signature=of_closed") == std::string::npos || seer.sees_closed;
        EXPECT_EQ(answer.find(mark) != std::string::npos, sees && leads)
            << row.target << " for " << seer.name << ": " << mark << "\n"
            << answer;
      }
    }
  }
}

TEST_F(PlantedMarks, OfAProductSomebodyMayDoWhatIsGrantedForItAndOfOthersNot) {
  using store::Permission;
  const std::string of_open = intake::MakeCrashId(os::UnixMillis());
  ASSERT_TRUE(blobs_.Put(store::RawCrashKey(*intake::DayOfCrashId(of_open), of_open),
                         base::AsBytes(R"({"ProductName":"Open","Comments":"of the open one"})")));
  std::vector<search::CrashRow> reports = {RowOf(11, "Open", "of_open"), RowOf(12, "Closed", "of_closed")};
  reports[0].uuid = of_open;
  reports[1].uuid = set_aside_;
  ASSERT_TRUE(index_->Add(reports));
  const std::string pii = MakeToken("pii", {}, {{"Closed", {Permission::kViewPii}}});
  EXPECT_THAT(Ask(pii, "GET", "/api/RawCrash/?crash_id=" + set_aside_).body,
              ::testing::HasSubstr("a comment"));
  EXPECT_THAT(Ask(pii, "GET", "/api/RawCrash/?crash_id=" + of_open).body,
              ::testing::Not(::testing::HasSubstr("of the open")));
  EXPECT_EQ(Ask(pii, "GET", "/api/RawCrash/?format=raw&crash_id=" + set_aside_).status, 403);
  EXPECT_THAT(Ask(pii, "GET", "/api/Comments/").body,
              ::testing::AllOf(::testing::HasSubstr("a comment"),
                               ::testing::Not(::testing::HasSubstr("of the open"))));
  const std::string reprocess = MakeToken("reprocess", {}, {{"Closed", {Permission::kReprocessCrashes}}});
  const std::string form = "crash_ids=" + set_aside_ + "&crash_ids=" + of_open;
  EXPECT_EQ(Ask(reprocess, "POST", "/api/Reprocessing/", form).body,
            R"({"queued":1,"unknown":[")" + of_open + R"("]})");
  EXPECT_EQ(Ask(reprocess, "POST", "/api/Reprocessing/", "signature=of_open").body,
            R"({"queued":0,"unknown":[]})");
  EXPECT_EQ(Ask(reprocess, "POST", "/api/Reprocessing/", "set_aside=1").status, 403);
  const std::string dumps = MakeToken("dumps", {}, {{"Closed", {Permission::kViewRawDump}}});
  EXPECT_EQ(Ask(dumps, "GET", "/api/RawCrash/?format=raw&crash_id=" + set_aside_).status, 404) << "no dump";
  EXPECT_EQ(Ask(dumps, "GET", "/api/RawCrash/?format=raw&crash_id=" + of_open).status, 403);
  // SQL sees all products.
  const std::string sql = MakeToken("sql", {Permission::kRunCustomQueries}, {});
  EXPECT_EQ(Ask(sql, "POST", "/api/SQL/", R"({"sql":"SELECT 1"})").status, 403);
}

TEST_F(PlantedMarks, WhereNobodyKnowsWhichProductsAreClosedNothingIsShown) {
  ASSERT_TRUE(
      store::SqliteDatabase::Open(folder_.Path("directory"))->Execute("ALTER TABLE products RENAME TO away"));
  EXPECT_EQ(Ask("", "GET", "/api/SuperSearch/").status, 500);
  EXPECT_EQ(Ask("", "GET", "/api/SimilarSignatures/?signature=of_open").status, 500);
  EXPECT_EQ(Ask("", "GET", "/api/Bugs/?signatures=of_closed").status, 500);
}

}  // namespace
}  // namespace cairn::apps
