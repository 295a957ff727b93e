// The contract of CrashIndex: what is forgotten.
#include "server/search/retention.h"

#include <algorithm>
#include <filesystem>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "os/file.h"
#include "server/search/crash_index_contract_for_test.h"

namespace cairn::search {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

class ServerSearchRetention : public CrashIndexContract {
 protected:
  // Row `number`, that many weeks old.
  static CrashRow AgedRow(std::uint64_t number, CrashKind kind, const std::string& product) {
    CrashRow row = TestRow(number);
    row.kind = kind;
    row.product = product;
    row.date_ms = kTestNowMs - static_cast<std::int64_t>(number) * 7 * kTestDayMs;
    return row;
  }

  // Whether a file below the index's folder holds the text.
  bool AnyFileHolds(const std::string& text) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.Path(""))) {
      if (!entry.is_regular_file()) continue;
      if (os::ReadFile(entry.path().string(), 1 << 28)->find(text) != std::string::npos) return true;
    }
    return false;
  }

  std::vector<std::string> All() { return Uuids(QueryFor({})); }
};

TEST_P(ServerSearchRetention, EachKindGoesAtItsAge) {
  Add({AgedRow(0, CrashKind::kReport, "Crashy"), AgedRow(2, CrashKind::kReport, "Crashy"),
       AgedRow(4, CrashKind::kReport, "Crashy"), AgedRow(5, CrashKind::kPing, "Crashy")});
  const auto gone =
      index_->Expire({.rules = {{.kind = CrashKind::kReport, .before_ms = kTestNowMs - 20 * kTestDayMs}}});
  ASSERT_TRUE(gone);
  EXPECT_EQ(*gone, 1U);
  EXPECT_THAT(All(), ElementsAre(TestUuid(0), TestUuid(2), TestUuid(5)));
  EXPECT_EQ(*index_->Expire({.rules = {{.before_ms = kTestNowMs - 9 * kTestDayMs}}}), 2U);
  EXPECT_THAT(All(), ElementsAre(TestUuid(0)));
  EXPECT_EQ(*index_->Expire({}), 0U);
}

TEST_P(ServerSearchRetention, AProductOrAClassOfCrashesMayGoEarlier) {
  std::vector<CrashRow> rows;
  for (std::uint64_t i = 0; i < 6; ++i) {
    rows.push_back(TestRow(i));
    rows.back().product = i % 2 == 0 ? "Crashy" : "Editor";
    rows.back().rule = i < 4 ? "sampled" : "has_comments";
  }
  Add(rows);
  const std::int64_t before_ms = rows[0].date_ms + 1;
  EXPECT_EQ(*index_->Expire({.rules = {{.product = "Editor", .rule = "sampled", .before_ms = before_ms}}}),
            2U);
  EXPECT_THAT(All(), UnorderedElementsAre(TestUuid(0), TestUuid(2), TestUuid(4), TestUuid(5)));
  EXPECT_EQ(*index_->Expire({.rules = {{.product = "Crashy", .before_ms = before_ms - 1}}}), 0U) << "not yet";
  EXPECT_EQ(*index_->Expire({.rules = {{.product = "Crashy", .before_ms = before_ms},
                                       {.rule = "has_comments", .before_ms = before_ms}}}),
            4U);
  EXPECT_THAT(All(), ElementsAre());
  // What was forgotten is no longer known, and may be taken in again.
  Add({rows[0]});
  EXPECT_THAT(All(), ElementsAre(TestUuid(0)));
}

TEST_P(ServerSearchRetention, TheFirstRuleThatIsAboutACrashDecides) {
  std::vector<CrashRow> rows;
  for (std::uint64_t i = 0; i < 4; ++i) {
    rows.push_back(AgedRow(i < 2 ? 30 : 10, CrashKind::kReport, i % 2 == 0 ? "Crashy" : "Editor"));
    rows.back().uuid = TestUuid(i);
  }
  rows.push_back(AgedRow(40, CrashKind::kPing, "Crashy"));
  rows.back().uuid = TestUuid(4);
  Add(rows);
  const auto weeks_ago = [](int weeks) { return kTestNowMs - weeks * 7 * kTestDayMs; };
  // Crashy is kept for longer than the others, Editor for less.
  const Retention retention = {
      .rules = {{.kind = CrashKind::kReport, .product = "Crashy", .before_ms = weeks_ago(35)},
                {.kind = CrashKind::kReport, .product = "Editor", .before_ms = weeks_ago(5)},
                {.before_ms = weeks_ago(20)}}};
  const auto ids = [&](const ExpiredCrash& after, std::size_t most) {
    std::vector<std::string> found;
    const auto page = index_->FindExpired(retention, after, most);
    for (const ExpiredCrash& crash : *page) found.push_back(crash.uuid);
    return found;
  };
  EXPECT_THAT(ids({}, 10), ElementsAre(TestUuid(1), TestUuid(3), TestUuid(4)));
  EXPECT_THAT(ids({}, 1), ElementsAre(TestUuid(1)));
  EXPECT_THAT(ids({CrashKind::kReport, rows[1].date_ms, TestUuid(1)}, 10),
              ElementsAre(TestUuid(3), TestUuid(4)));
  EXPECT_THAT(ids({CrashKind::kPing, rows[4].date_ms, TestUuid(4)}, 10), ElementsAre());
  EXPECT_EQ(*index_->Expire(retention), 3U);
  EXPECT_TRUE(*index_->Get(TestUuid(0)));
  EXPECT_TRUE(*index_->Get(TestUuid(2)));
  EXPECT_FALSE(*index_->Get(TestUuid(3)));
  EXPECT_THAT(ids({}, 10), ElementsAre());
}

TEST_P(ServerSearchRetention, CrashesOfOneMomentAreFoundPageByPage) {
  std::vector<CrashRow> rows;
  for (std::uint64_t i = 0; i < 7; ++i) {
    rows.push_back(TestRow(i));
    rows.back().date_ms = kTestNowMs - 30 * kTestDayMs;
  }
  Add(rows);
  const Retention retention = {.rules = {{.before_ms = kTestNowMs - 20 * kTestDayMs}}};
  std::vector<std::string> found;
  ExpiredCrash last;
  for (;;) {
    const auto page = index_->FindExpired(retention, last, 2);
    ASSERT_TRUE(page);
    if (page->empty()) break;
    for (const ExpiredCrash& crash : *page) found.push_back(crash.uuid);
    last = page->back();
  }
  std::vector<std::string> all;
  for (const CrashRow& row : rows) all.push_back(row.uuid);
  EXPECT_THAT(found, ::testing::UnorderedElementsAreArray(all));
}

TEST_P(ServerSearchRetention, APurgeLeavesNoByte) {
  const std::string mark = "a_mark_that_must_be_gone";
  CrashRow marked = TestRow(1);
  marked.product = mark + "_product";
  marked.other_threads = {MakeStack({{.module = mark + "_module", .debug_id = "CD0", .module_offset = 1}})};
  marked.annotations = {{FindField("moz_crash_reason")->id, mark + "_annotation"}};
  ChangeStack(marked,
              [&](std::vector<StackFrame>& frames) { frames[0].names[0].function = mark + "_function"; });
  ChangeInput(marked, [&](SignatureInput::Parts& parts) {
    parts.annotations = {{"abort_message", mark + "_input"}};
    parts.signature = {mark + "_signature", mark + "_proto", ""};
  });
  CrashRow ping = TestRow(2);
  ping.kind = CrashKind::kPing;
  ping.product = mark;
  Add({marked, ping, TestRow(3)});
  EXPECT_TRUE(AnyFileHolds(mark));
  const auto gone = index_->Purge(std::vector<std::string>{marked.uuid, ping.uuid, TestUuid(77)});
  ASSERT_TRUE(gone);
  EXPECT_EQ(*gone, 2U);
  EXPECT_THAT(All(), ElementsAre(TestUuid(3)));
  index_.reset();
  EXPECT_FALSE(AnyFileHolds(mark));
  index_ = GetParam().open(folder_);
  EXPECT_EQ((*index_->Get(TestUuid(3)))->signature, "crash_here") << "what others share stays";
  EXPECT_EQ(index_->Purge(std::vector<std::string>{"no id"}).error().code, base::Code::kBadValue);
}

TEST_P(ServerSearchRetention, ASweepDropsWhatNobodyRefersToAndNothingElse) {
  CrashRow old = AgedRow(4, CrashKind::kReport, "Crashy");
  ChangeStack(old, [](std::vector<StackFrame>& frames) { frames[0].names[0].function = "only_of_old"; });
  ChangeStack(old, [](std::vector<StackFrame>& frames) { frames[0].module_offset = 99; });
  SetSignature(old, "only_of_old_as_well", "");
  CrashRow kept = TestRow(1);
  kept.other_threads = {MakeStack({{.module = "libidle",
                                    .debug_id = "EF0",
                                    .module_offset = 5,
                                    .names = {{"of_another_thread", "", 0}}}})};
  Add({old, kept});
  ASSERT_TRUE(index_->Sweep()) << "nothing to do";
  ASSERT_EQ(*index_->Expire({.rules = {{.before_ms = kTestNowMs - 10 * kTestDayMs}}}), 1U);
  ASSERT_TRUE(index_->Sweep());
  EXPECT_EQ((*index_->Get(kept.uuid))->signature, "crash_here");
  // What is dropped is no longer known: it comes in again as if it were new.
  Add({old});
  EXPECT_EQ((*index_->Get(old.uuid))->signature, "only_of_old_as_well");
  ASSERT_EQ(*index_->Expire({.rules = {{.before_ms = kTestNowMs - 10 * kTestDayMs}}}), 1U);
  ASSERT_TRUE(index_->Sweep());
  index_.reset();
  EXPECT_FALSE(AnyFileHolds("only_of_old"));
  EXPECT_TRUE(AnyFileHolds("of_another_thread"));
  index_ = GetParam().open(folder_);
  EXPECT_EQ((*index_->Get(kept.uuid))->signature, "crash_here");
}

TEST_P(ServerSearchRetention, WhatComesAfterASweepIsNotTakenForWhatWent) {
  const auto make = [](CrashRow row, const std::string& function, const std::string& signature) {
    ChangeStack(row, [&](std::vector<StackFrame>& frames) { frames[0].names[0].function = function; });
    ChangeStack(row, [&](std::vector<StackFrame>& frames) { frames[0].module_offset = function.size(); });
    SetSignature(row, signature, "");
    return row;
  };
  const CrashRow old = make(AgedRow(4, CrashKind::kReport, "Crashy"), "only_of_old", "went");
  Add({old, TestRow(1)});
  ASSERT_EQ(*index_->Expire({.rules = {{.before_ms = kTestNowMs - 10 * kTestDayMs}}}), 1U);
  ASSERT_TRUE(index_->Sweep());
  const CrashRow fresh = make(TestRow(2), "only_of_the_new", "came");
  Add({fresh});
  const auto with_frame = [&](const std::string& function) {
    Query query = QueryFor({});
    const StackStep step{{{FramePart::kFunction, FrameOperator::kEquals, function, 0}}, 0};
    query.stacks = {{.steps = {step}}};
    return Uuids(query);
  };
  EXPECT_THAT(with_frame("only_of_the_new"), ElementsAre(fresh.uuid));
  EXPECT_THAT(with_frame("only_of_old"), ElementsAre());
  Query query = QueryFor({});
  query.facets = {Aggregation{}};
  const auto found = index_->Search(query);
  ASSERT_TRUE(found);
  std::vector<std::string> signatures;
  for (const FacetTerm& term : found->facets[0].terms) signatures.push_back(std::get<std::string>(term.term));
  EXPECT_THAT(signatures, ElementsAre("came", "crash_here"));
}

INSTANTIATE_TEST_SUITE_P(All, ServerSearchRetention, ::testing::ValuesIn(CrashIndexImplementations()),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace cairn::search
