#include "server/search/duckdb_dictionary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/search/crash_rows_for_test.h"
#include "server/search/duckdb_schema.h"

namespace cairn::search {
namespace {

using ::testing::ElementsAre;

constexpr const char* kNames =
    "SELECT function || ' ' || line FROM address_frames JOIN frames ON frames.id = frame_id ORDER BY "
    "address_id, position";

class ServerSearchDuckDbDictionary : public ::testing::Test {
 protected:
  ServerSearchDuckDbDictionary()
      : database_(DuckDatabase::Open("", {}, {})), connection_(database_->Connect()) {
    EXPECT_TRUE(connection_->Execute(DictionarySchema("memory")));
  }

  base::Result<DuckDbDictionary> Load() {
    return DuckDbDictionary::Load(*connection_, std::make_shared<DuckDbFile>(DuckDbFile{.catalog = "memory"}),
                                  signatures_);
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

  SignatureNumbers signatures_;
  base::Result<DuckDatabase> database_;
  base::Result<DuckConnection> connection_;
};

TEST_F(ServerSearchDuckDbDictionary, WhatCrashesShareIsKeptOnce) {
  auto dictionary = Load();
  ASSERT_TRUE(dictionary);
  CrashRow recursive = TestRow(3);
  ChangeStack(recursive,
              [](std::vector<StackFrame>& frames) { frames.insert(frames.begin(), frames.front()); });
  const std::vector<CrashRow> rows = {TestRow(1), TestRow(2), recursive};
  ASSERT_TRUE(dictionary->Add(rows));
  EXPECT_THAT(Counts(), ElementsAre("frames 2", "addresses 2", "address_frames 2", "stacks 2", "postings 4",
                                    "signature_inputs 2", "signatures 2"));
  ASSERT_TRUE(dictionary->Add(rows));
  EXPECT_EQ(Counts()[0], "frames 2");
  EXPECT_EQ(Counts()[4], "postings 4");
}

TEST_F(ServerSearchDuckDbDictionary, ALoadedDictionaryKnowsWhatIsThere) {
  const std::vector<CrashRow> rows = RandomTestRows(50, 5);
  ASSERT_TRUE(Load()->Add(rows));
  const std::vector<std::string> before = Counts();
  ASSERT_TRUE(Load()->Add(rows));
  EXPECT_EQ(Counts(), before);
}

TEST_F(ServerSearchDuckDbDictionary, NamesAreAView) {
  auto dictionary = Load();
  CrashRow row = TestRow(1);
  ChangeStack(row, [](std::vector<StackFrame>& frames) {
    for (StackFrame& frame : frames) frame.names.clear();
  });
  SetSignature(row, "crashy@0x10", "");
  const auto add = [&] { ASSERT_TRUE(dictionary->Add(std::vector<CrashRow>{row})); };
  const auto set_names = [&](std::vector<NamedFrame> names) {
    ChangeStack(row, [&](std::vector<StackFrame>& frames) { frames[0].names = std::move(names); });
  };
  add();
  EXPECT_THAT(Rows(kNames), ElementsAre());

  row = TestRow(1);
  set_names({{"inlined", "a.h", 1}, {"crash_here", "a.cc", 3}});
  add();
  EXPECT_THAT(Rows(kNames), ElementsAre("inlined 1", "crash_here 3", "main 9"));
  EXPECT_THAT(Rows("SELECT signature FROM signatures"), ElementsAre("crash_here"));
  EXPECT_EQ(Counts()[3], "stacks 1") << "a stack is its addresses";
  EXPECT_EQ(Counts()[5], "signature_inputs 1");

  set_names({{"renamed", "a.cc", 4}});
  add();
  EXPECT_THAT(Rows(kNames), ElementsAre("renamed 4", "main 9"));
  // A crash without symbols takes no names away.
  set_names({});
  add();
  EXPECT_THAT(Rows(kNames), ElementsAre("renamed 4", "main 9"));
}

TEST_F(ServerSearchDuckDbDictionary, HealingRewritesNamesAndNothingElse) {
  auto dictionary = Load();
  const CrashRow row = TestRow(1);
  ASSERT_TRUE(dictionary->Add(std::vector<CrashRow>{row}));
  std::vector<StackFrame> frames = row.input->parts().stack->frames();
  frames[0].names = {{"healed", "a.cc", 7}};
  frames.push_back(
      {.module = "unknown", .debug_id = "CD0", .module_offset = 1, .names = {{"nobody", "", 0}}});
  ASSERT_TRUE(dictionary->SetNames(frames));
  EXPECT_THAT(Rows(kNames), ElementsAre("healed 7", "main 9"));
  EXPECT_EQ(Counts()[1], "addresses 2");
  // The same crash from before the healing does not undo it, and an old signature goes for a new one.
  ASSERT_TRUE(dictionary->Add(std::vector<CrashRow>{row}));
  EXPECT_THAT(Rows(kNames), ElementsAre("healed 7", "main 9"));
  const std::vector<SignatureOf> signatures = {{row.input->id(), {"healed", "healed | main", "merged"}},
                                               {12345, {"of no input", "", ""}}};
  ASSERT_TRUE(dictionary->SetSignatures(signatures));
  EXPECT_THAT(Rows("SELECT signature || ' ' || signature_group FROM signatures"),
              ElementsAre("healed merged"));
}

TEST_F(ServerSearchDuckDbDictionary, AFailedBatchChangesNothing) {
  auto dictionary = Load();
  ASSERT_TRUE(connection_->Execute("ALTER TABLE signatures RENAME TO elsewhere"));
  EXPECT_FALSE(dictionary->Add(std::vector<CrashRow>{TestRow(1)}));
  ASSERT_TRUE(connection_->Execute("ALTER TABLE elsewhere RENAME TO signatures"));
  EXPECT_EQ(Counts()[0], "frames 0");
  ASSERT_TRUE(dictionary->Add(std::vector<CrashRow>{TestRow(1)}));
  EXPECT_EQ(Counts()[0], "frames 2");
}

TEST_F(ServerSearchDuckDbDictionary, AllThreadsHaveTheirStacks) {
  auto dictionary = Load();
  CrashRow row = TestRow(1);
  const SharedStack idle = MakeStack({{.module = "libc", .debug_id = "EF0", .module_offset = 5}});
  row.other_threads = {idle, idle};
  ASSERT_TRUE(dictionary->Add(std::vector<CrashRow>{row}));
  EXPECT_EQ(Counts()[3], "stacks 2");
  EXPECT_EQ(Counts()[4], "postings 3");
}

}  // namespace
}  // namespace cairn::search
