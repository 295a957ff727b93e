#include "server/search/duckdb_first_seen.h"

#include <gtest/gtest.h>

#include <optional>

#include "server/search/crash_rows_for_test.h"
#include "server/search/duckdb_schema.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::search {
namespace {

// What is found whatever happens to the crashes is the contract's: crash_index_counts_test.cc.
class ServerSearchDuckDbFirstSeen : public ::testing::Test {
 protected:
  ServerSearchDuckDbFirstSeen()
      : database_(*DuckDatabase::Open("", {}, {})),
        connection_(*database_.Connect()),
        crashes_(folder_.Path("weeks"), connection_) {
    EXPECT_TRUE(connection_.Execute(DictionarySchema("memory")));
    EXPECT_TRUE(functions_.Register(connection_));
    dictionary_.emplace(*DuckDbDictionary::Load(
        connection_, std::make_shared<DuckDbFile>(DuckDbFile{.catalog = "memory"}), functions_.signatures()));
    EXPECT_TRUE(crashes_.Open(*dictionary_));
    std::vector<CrashRow> rows;
    for (std::uint64_t i = 0; i < 4; ++i) rows.push_back(RowOf(i, static_cast<std::int64_t>(i) * 7));
    Add(rows);  // The oldest is four weeks old, and each has a file of its own.
  }

  static CrashRow RowOf(std::uint64_t number, std::int64_t days_ago) {
    CrashRow row = TestRow(number);
    row.date_ms = kTestNowMs - days_ago * kTestDayMs;
    row.build_id = "2026010" + std::to_string(number);
    ChangeInput(row, [&](SignatureInput::Parts& parts) { parts.reason = std::to_string(number % 2); });
    return row;
  }
  void Add(const std::vector<CrashRow>& rows) {
    ASSERT_TRUE(dictionary_->Add(rows));
    ASSERT_TRUE(crashes_.Add(rows, *dictionary_));
  }
  // Of the one signature that there is.
  FirstSeen Find(DuckDbFirstSeen& first_seen) {
    const std::string dictionary = "memory";
    const std::vector<DuckDbCrashes::File> files = crashes_.All();
    const std::vector<std::string> signatures = {"crash_here"};
    const auto found = first_seen.Find({connection_, functions_, dictionary, files}, signatures);
    EXPECT_TRUE(found && found->size() == 1);
    return found && found->size() == 1 ? found->front() : FirstSeen{};
  }

  store::TemporaryFolder folder_;
  DuckDbFunctions functions_;
  DuckDatabase database_;
  DuckConnection connection_;
  std::optional<DuckDbDictionary> dictionary_;
  DuckDbCrashes crashes_;
};

TEST_F(ServerSearchDuckDbFirstSeen, AFileThatDoesNotChangeIsReadOnce) {
  DuckDbFirstSeen first_seen;
  for (std::uint64_t round = 0; round < 4; ++round) {
    const FirstSeen seen = Find(first_seen);
    EXPECT_EQ(seen.date_ms, kTestNowMs - 21 * kTestDayMs);
    EXPECT_EQ(seen.build_id, "20260100");
    EXPECT_EQ(first_seen.hits(), round < 2 ? 0 : 4 * (round - 1)) << round;
  }
  EXPECT_EQ(first_seen.misses(), 8U);
  Add({RowOf(10, 22)});  // To the oldest.
  for (std::uint64_t round = 0; round < 3; ++round)
    EXPECT_EQ(Find(first_seen).date_ms, kTestNowMs - 22 * kTestDayMs);
  EXPECT_EQ(first_seen.misses(), 10U);
  EXPECT_EQ(first_seen.hits(), 8U + 3 * 3 + 1);
}

TEST_F(ServerSearchDuckDbFirstSeen, WhatIsTooMuchToRememberIsAskedFor) {
  DuckDbFirstSeen first_seen(2);
  for (int round = 0; round < 4; ++round) EXPECT_EQ(Find(first_seen).date_ms, kTestNowMs - 21 * kTestDayMs);
  EXPECT_EQ(first_seen.hits(), 4U) << "of two files in the last two rounds";
}

TEST_F(ServerSearchDuckDbFirstSeen, AFileThatIsRememberedIsNotHeld) {
  DuckDbFirstSeen first_seen;
  for (int round = 0; round < 3; ++round) Find(first_seen);
  DuckDbCrashes::File oldest = crashes_.All().front();
  ASSERT_TRUE(crashes_.RemoveRows(oldest, {"true", {}}));
  EXPECT_EQ(Find(first_seen).date_ms, kTestNowMs - 14 * kTestDayMs);
  EXPECT_FALSE(*crashes_.RemoveRetired()) << "this test holds it";
  oldest.file.reset();
  EXPECT_TRUE(*crashes_.RemoveRetired());
}

}  // namespace
}  // namespace cairn::search
