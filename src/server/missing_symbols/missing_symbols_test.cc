#include "server/missing_symbols/missing_symbols.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "base/time_units.h"
#include "server/missing_symbols/missing_symbols_routes.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::missing_symbols {
namespace {

constexpr std::int64_t kNoonMs = 1'795'348'800'000;  // 2026-11-22T12:00:00Z.
constexpr const char* kId = "44E4EC8C2F41492B9369D6B9A059577C2";

const MissingModule kXul{"xul.pdb", kId, "xul.dll", "62B0E4E0712F000"};
const MissingModule kLibc{"libc.so.6", "AAAA0000000000000000000000000000A", "libc.so.6", "beef"};

class MissingSymbolsTest : public ::testing::Test {
 protected:
  MissingSymbolsTest() { Reopen(); }

  void Reopen() {
    missing_.reset();
    auto opened = MissingSymbols::Open(Path(), {.clock = [this] { return now_ms_; }});
    ASSERT_TRUE(opened);
    missing_ = *std::move(opened);
  }
  std::string Path() const { return folder_.Path("missing.sqlite"); }

  std::vector<MissingRow> List(const MissingFilter& filter = {}) {
    const auto rows = missing_->List(
        filter, [this](const std::string& file, const std::string& id) { return file + "/" + id == there_; });
    EXPECT_TRUE(rows);
    return rows ? *rows : std::vector<MissingRow>();
  }
  std::string Files(const MissingFilter& filter = {}) {
    std::string files;
    for (const MissingRow& row : List(filter)) files += row.module.debug_file + " ";
    return files;
  }

  // As the routes answer.
  http::Response Ask(const std::string& pattern, const std::string& query,
                     std::vector<std::string> permissions = {}) {
    http::Request request;
    request.query = query;
    request.caller.permissions = std::move(permissions);
    for (const http::Route& route : MakeRoutes({.missing = *missing_, .is_there = {}, .permission = "p"})) {
      EXPECT_EQ(route.permission, "p");
      if (route.pattern == pattern) return route.handler(request);
    }
    return http::ErrorResponse(404, "");
  }

  std::int64_t now_ms_ = kNoonMs;
  std::string there_;
  store::TemporaryFolder folder_;
  std::unique_ptr<MissingSymbols> missing_;
};

TEST_F(MissingSymbolsTest, CrashesClientsAndRequestsAreCountedOverDays) {
  missing_->NoteCrash(kXul, "crash 1", 7);
  missing_->NoteCrash(kXul, "crash 2", 7);
  missing_->NoteCrash(kXul, "crash 2", 7);  // It is processed again.
  now_ms_ += base::kDayMs;
  missing_->NoteCrash(kXul, "crash 2", 7);
  missing_->NoteCrash(kXul, "crash 3", 0);  // A report: whose is not known.
  missing_->NoteRequest({"xul.pdb", kId, "", ""}, WantedBy::kSymbolication);
  missing_->NoteRequest({"xul.pdb", kId, "", ""}, WantedBy::kDownload);
  missing_->NoteRequest({"xul.pdb", kId, "", ""}, WantedBy::kDownload);
  Reopen();
  const std::vector<MissingRow> rows = List();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].module, kXul) << "with what crashes know of it";
  EXPECT_EQ(rows[0].crashes, 3u);
  EXPECT_EQ(rows[0].clients, 1u);
  EXPECT_EQ(rows[0].symbolications, 1u);
  EXPECT_EQ(rows[0].downloads, 2u);
  EXPECT_EQ(rows[0].first_day, "20261122");
  EXPECT_EQ(rows[0].last_day, "20261123");
}

TEST_F(MissingSymbolsTest, WhatMostCrashesWaitForComesFirst) {
  missing_->NoteRequest({"asked.so", kId, "", ""}, WantedBy::kSymbolication);
  missing_->NoteCrash(kLibc, "crash 1", 0);
  missing_->NoteCrash(kXul, "crash 1", 0);
  missing_->NoteCrash(kXul, "crash 2", 0);
  EXPECT_EQ(Files(), "xul.pdb libc.so.6 asked.so ");
  EXPECT_EQ(Files({.file = "XUL"}), "xul.pdb ");
  EXPECT_EQ(Files({.file = "so", .first_day = "20261122", .last_day = "20261122"}), "libc.so.6 asked.so ");
  EXPECT_EQ(Files({.first_day = "20261123"}), "");
  EXPECT_EQ(Files({.last_day = "20261121"}), "");
}

TEST_F(MissingSymbolsTest, WhatIsThereByNowIsForgotten) {
  missing_->NoteCrash(kXul, "crash 1", 0);
  missing_->NoteCrash(kLibc, "crash 1", 0);
  there_ = std::string("xul.pdb/") + kId;
  EXPECT_EQ(Files(), "libc.so.6 ");
  there_.clear();
  EXPECT_EQ(Files(), "libc.so.6 ");
}

TEST_F(MissingSymbolsTest, NamesAreBaseNamesAndIdsAreUpperCase) {
  missing_->NoteCrash(
      {"C:\\build\\xul.pdb", "44e4ec8c2f41492b9369d6b9a059577c2", "/x/xul.dll", "62b0e4e0712f000"}, "1", 0);
  ASSERT_EQ(List().size(), 1u);
  EXPECT_EQ(List()[0].module, kXul);
  for (const MissingModule& nobody :
       {MissingModule{"", "", "", ""}, MissingModule{"a.so", "", "a.so", ""}, MissingModule{"", kId, "", "1"},
        MissingModule{"a.so", std::string(33, '0'), "", ""}, MissingModule{"a.so", "xyz", "", ""},
        MissingModule{std::string(300, 'a'), kId, "", ""}, MissingModule{"a\nb", kId, "", ""}}) {
    missing_->NoteRequest(nobody, WantedBy::kDownload);
  }
  EXPECT_EQ(List().size(), 1u);
  missing_->NoteRequest({"", "", "app.exe", "5FF6"}, WantedBy::kDownload);
  EXPECT_EQ(List().size(), 2u) << "a code id names a module as well";
}

TEST_F(MissingSymbolsTest, OldDaysGo) {
  missing_->NoteCrash(kXul, "crash 1", 0);
  ASSERT_TRUE(missing_->Write());
  now_ms_ += (kKeptDays + 1) * base::kDayMs;
  missing_->NoteCrash(kLibc, "crash 2", 0);
  EXPECT_EQ(Files(), "libc.so.6 ");
}

TEST_F(MissingSymbolsTest, WhatIsTooMuchPushesNoWaitingCrashOut) {
  missing_->NoteCrash(kXul, "crash 1", 0);
  std::size_t number = 0;
  for (std::size_t round = 0; round * kMaxPending < kMaxRows + kMaxPending; ++round) {
    for (std::size_t i = 0; i < kMaxPending; ++i)
      missing_->NoteRequest({"made.up", std::to_string(++number), "", ""}, WantedBy::kDownload);
    ASSERT_TRUE(missing_->Write());
  }
  const std::vector<MissingRow> rows = List();
  EXPECT_LE(rows.size(), kMaxRows);
  EXPECT_GT(rows.size(), kMaxRows / 2);
  EXPECT_EQ(rows[0].module, kXul);
}

TEST_F(MissingSymbolsTest, BetweenTwoWritesNoMoreThanThatAreKept) {
  auto slow = MissingSymbols::Open(folder_.Path("slow.sqlite"), {.write_every_ms = 3'600'000});
  ASSERT_TRUE(slow);
  for (std::size_t i = 0; i < kMaxPending + 5; ++i)
    (*slow)->NoteRequest({"made.up", std::to_string(i + 1), "", ""}, WantedBy::kDownload);
  EXPECT_EQ((*slow)->dropped(), 5u);
}

std::string BytesOf(const std::filesystem::path& folder) {
  std::string bytes;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream file(entry.path(), std::ios::binary);
    bytes.append(std::istreambuf_iterator<char>(file), {});
  }
  return bytes;
}

TEST_F(MissingSymbolsTest, APurgeLeavesNoNameThatOnlyItsCrashesHad) {
  missing_->NoteCrash({"only.this", kId, "only.this", "c0ffee"}, "purged", 5);
  missing_->NoteCrash(kXul, "purged", 5);
  missing_->NoteCrash(kXul, "other", 6);
  missing_->NoteCrash(kLibc, "purged", 5);
  missing_->NoteRequest(kLibc, WantedBy::kDownload);
  ASSERT_TRUE(missing_->Write());
  const std::vector<std::string> ids = {"purged"};
  ASSERT_TRUE(missing_->Purge(ids));
  const std::string bytes = BytesOf(std::filesystem::path(Path()).parent_path());
  EXPECT_EQ(bytes.find("only.this"), std::string::npos);
  EXPECT_NE(bytes.find("xul.pdb"), std::string::npos);
  EXPECT_EQ(Files(), "xul.pdb libc.so.6 ");
  EXPECT_EQ(List()[0].crashes, 1u);
  EXPECT_EQ(List()[1].crashes, 0u);
}

TEST_F(MissingSymbolsTest, ListIsJsonAndCsv) {
  for (int i = 0; i < 12; ++i) missing_->NoteCrash(kXul, std::to_string(i), i + 1);
  missing_->NoteCrash({"a, \"b\".so", "AB", "", ""}, "1", 3);
  EXPECT_EQ(
      Ask("/api/MissingSymbols/", "_results_number=1").body,
      std::string(R"({"hits":[{"debug_file":"xul.pdb","debug_id":")") + kId +
          R"(","code_file":"xul.dll","code_id":"62B0E4E0712F000","first_day":"2026-11-22",)"
          R"("last_day":"2026-11-22","crashes":12,"clients":12,"symbolications":0,"downloads":0}],"total":2})");
  const std::string few = Ask("/api/MissingSymbols", "_results_offset=1&date=2026-11-22").body;
  EXPECT_NE(few.find(R"("crashes":1,"symbolications")"), std::string::npos) << few;
  EXPECT_NE(Ask("/api/MissingSymbols/", "file=b", {"view_pings"}).body.find(R"("clients":1)"),
            std::string::npos);
  EXPECT_EQ(Ask("/missingsymbols.csv", "").body,
            std::string("debug_file,debug_id,code_file,code_id\r\nxul.pdb,") + kId +
                ",xul.dll,62B0E4E0712F000\r\n\"a, \"\"b\"\".so\",AB,,\r\n");
  EXPECT_EQ(Ask("/missingsymbols.csv", "date=%3E2026-11-22").body,
            "debug_file,debug_id,code_file,code_id\r\n");
  for (const char* query : {"date=soon", "date=~2026-11-22", "_results_number=1001", "_results_number=-1",
                            "_results_offset=x", "a=%"}) {
    EXPECT_EQ(Ask("/api/MissingSymbols/", query).status, 400) << query;
  }
}

}  // namespace
}  // namespace cairn::missing_symbols
