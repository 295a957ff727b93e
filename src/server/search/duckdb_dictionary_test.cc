#include "server/search/duckdb_dictionary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/search/crash_rows_for_test.h"

namespace cairn::search {
namespace {

using ::testing::ElementsAre;

class ServerSearchDuckDbDictionary : public ::testing::Test {
 protected:
  ServerSearchDuckDbDictionary()
      : database_(DuckDatabase::Open("", {}, {})), connection_(database_->Connect()) {
    EXPECT_TRUE(connection_->Execute(DuckDbDictionary::Schema()));
  }

  std::vector<std::string> Rows(const std::string& sql) {
    std::vector<std::string> texts;
    auto rows = connection_->Query(sql);
    EXPECT_TRUE(rows) << sql;
    while (rows && rows->Next()) texts.push_back(rows->Text(0));
    return texts;
  }

  std::vector<std::string> Counts() {
    std::vector<std::string> counts;
    for (const std::string table :
         {"frames", "addresses", "address_frames", "stacks", "postings", "signature_inputs", "signatures"}) {
      counts.push_back(table + " " + Rows("SELECT count(*)::VARCHAR FROM " + table)[0]);
    }
    return counts;
  }

  base::Result<DuckDatabase> database_;
  base::Result<DuckConnection> connection_;
};

TEST_F(ServerSearchDuckDbDictionary, WhatCrashesShareIsKeptOnce) {
  auto dictionary = DuckDbDictionary::Load(*connection_);
  ASSERT_TRUE(dictionary);
  CrashRow recursive = TestRow(3);
  recursive.stack.insert(recursive.stack.begin(), recursive.stack.front());
  const std::vector<CrashRow> rows = {TestRow(1), TestRow(2), recursive};
  const auto ids = dictionary->Add(rows);
  ASSERT_TRUE(ids);
  EXPECT_EQ((*ids)[0].stack, (*ids)[1].stack);
  EXPECT_NE((*ids)[0].stack, (*ids)[2].stack);
  EXPECT_THAT(Counts(), ElementsAre("frames 2", "addresses 2", "address_frames 2", "stacks 2", "postings 4",
                                    "signature_inputs 2", "signatures 2"));
  ASSERT_TRUE(dictionary->Add(rows));
  EXPECT_EQ(Counts()[0], "frames 2");
  EXPECT_EQ(Counts()[4], "postings 4");
}

TEST_F(ServerSearchDuckDbDictionary, ALoadedDictionaryKnowsWhatIsThere) {
  const std::vector<CrashRow> rows = RandomTestRows(50, 5);
  std::vector<DictionaryIds> first;
  {
    auto dictionary = DuckDbDictionary::Load(*connection_);
    first = *dictionary->Add(rows);
  }
  const std::vector<std::string> before = Counts();
  auto dictionary = DuckDbDictionary::Load(*connection_);
  const auto second = dictionary->Add(rows);
  ASSERT_TRUE(second);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(first[i].stack, (*second)[i].stack);
    EXPECT_EQ(first[i].signature_input, (*second)[i].signature_input);
  }
  EXPECT_EQ(Counts(), before);
}

TEST_F(ServerSearchDuckDbDictionary, NamesAreAView) {
  const std::string names =
      "SELECT function || ' ' || line FROM address_frames JOIN frames ON frames.id = frame_id ORDER BY "
      "address_id, "
      "position";
  auto dictionary = DuckDbDictionary::Load(*connection_);
  CrashRow row = TestRow(1);
  for (StackFrame& frame : row.stack) frame.names.clear();
  row.signature = "crashy@0x10";
  const auto without = dictionary->Add(std::vector<CrashRow>{row});
  EXPECT_THAT(Rows(names), ElementsAre());

  row = TestRow(1);
  row.stack[0].names = {{"inlined", "a.h", 1}, {"crash_here", "a.cc", 3}};
  const auto with = dictionary->Add(std::vector<CrashRow>{row});
  EXPECT_EQ((*without)[0].stack, (*with)[0].stack) << "a stack is its addresses";
  EXPECT_EQ((*without)[0].signature_input, (*with)[0].signature_input);
  EXPECT_THAT(Rows(names), ElementsAre("inlined 1", "crash_here 3", "main 9"));
  EXPECT_THAT(Rows("SELECT signature FROM signatures"), ElementsAre("crash_here"));

  row.stack[0].names = {{"renamed", "a.cc", 4}};
  ASSERT_TRUE(dictionary->Add(std::vector<CrashRow>{row}));
  EXPECT_THAT(Rows(names), ElementsAre("renamed 4", "main 9"));
  // A crash without symbols takes no names away.
  row.stack[0].names.clear();
  ASSERT_TRUE(dictionary->Add(std::vector<CrashRow>{row}));
  EXPECT_THAT(Rows(names), ElementsAre("renamed 4", "main 9"));
}

TEST_F(ServerSearchDuckDbDictionary, AFailedBatchChangesNothing) {
  auto dictionary = DuckDbDictionary::Load(*connection_);
  ASSERT_TRUE(connection_->Execute("ALTER TABLE signatures RENAME TO elsewhere"));
  EXPECT_FALSE(dictionary->Add(std::vector<CrashRow>{TestRow(1)}));
  ASSERT_TRUE(connection_->Execute("ALTER TABLE elsewhere RENAME TO signatures"));
  EXPECT_EQ(Counts()[0], "frames 0");
  ASSERT_TRUE(dictionary->Add(std::vector<CrashRow>{TestRow(1)}));
  EXPECT_EQ(Counts()[0], "frames 2");
}

TEST_F(ServerSearchDuckDbDictionary, FramesWithoutAModuleAreTheirNames) {
  auto dictionary = DuckDbDictionary::Load(*connection_);
  CrashRow first = TestRow(1);
  first.stack = {{.names = {{"com.example.Main.run", "Main.java", 5}}}};
  CrashRow second = TestRow(2);
  second.stack = {{.names = {{"com.example.Other.run", "Other.java", 5}}}};
  const auto ids = dictionary->Add(std::vector<CrashRow>{first, second});
  ASSERT_TRUE(ids);
  EXPECT_NE((*ids)[0].stack, (*ids)[1].stack);
}

}  // namespace
}  // namespace cairn::search
