// The contract of CrashIndex: what stacks have in common, and since when signatures are known.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "server/search/crash_index_contract_for_test.h"

namespace cairn::search {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

using ServerSearchCrashIndexCounts = CrashIndexContract;

CrashRow RowWith(std::uint64_t number, std::vector<StackFrame> frames) {
  CrashRow row = TestRow(number);
  ChangeInput(row, [&](SignatureInput::Parts& parts) { parts.stack = MakeStack(std::move(frames)); });
  return row;
}

const StackFrame kMain{
    .module = "app", .debug_id = "AA0", .module_offset = 1, .names = {{"main", "a.cc", 1}}};
const StackFrame kInlined{.module = "libxul.so",
                          .debug_id = "BB0",
                          .module_offset = 2,
                          .names = {{"inner", "b.h", 1}, {"outer", "b.cc", 2}}};
const StackFrame kBare{.module = "hook.dll", .debug_id = "CC0", .module_offset = 0x30, .names = {}};

TEST_P(ServerSearchCrashIndexCounts, StacksAreCountedWithTheirFrames) {
  CrashRow third = RowWith(3, {kBare, kMain});
  third.other_threads = {MakeStack({kInlined, kMain}), MakeStack({})};
  Add({RowWith(1, {kInlined, kMain}), RowWith(2, {kInlined, kMain}), third, RowWith(4, {})});
  const auto crashing = index_->CountStacks(QueryFor({}), ThreadScope::kCrashingThread, 10);
  ASSERT_TRUE(crashing);
  EXPECT_EQ(crashing->total, 3U) << "an empty stack is none";
  ASSERT_THAT(crashing->stacks, SizeIs(2));
  EXPECT_EQ(crashing->stacks[0].count, 2U);
  std::vector<std::string> names;
  for (const CountedFrame& frame : crashing->stacks[0].frames)
    names.push_back(frame.module + "!" + frame.function);
  EXPECT_THAT(names, testing::ElementsAre("libxul.so!inner", "libxul.so!outer", "app!main"));
  EXPECT_EQ(crashing->stacks[1].frames[0].function, "");
  EXPECT_EQ(crashing->stacks[1].frames[0].module_offset, 0x30U);
  const auto any = index_->CountStacks(QueryFor({}), ThreadScope::kAnyThread, 1);
  EXPECT_EQ(any->total, 4U);
  ASSERT_THAT(any->stacks, SizeIs(1)) << "as many as were asked for";
  EXPECT_EQ(any->stacks[0].count, 3U);
  const auto narrowed = index_->CountStacks(
      QueryFor({ClauseOf(FieldId::kUuid, Operator::kEquals, TestUuid(1))}), ThreadScope::kCrashingThread, 10);
  EXPECT_EQ(narrowed->total, 1U);
}

TEST_P(ServerSearchCrashIndexCounts, ModulesAreCountedOnceInACrash) {
  Add({RowWith(1, {kMain, kInlined, kMain}), RowWith(2, {kMain}), RowWith(3, {kBare})});
  const auto modules = index_->CountModules(QueryFor({}));
  ASSERT_TRUE(modules);
  ASSERT_THAT(*modules, SizeIs(3));
  EXPECT_EQ((*modules)[0].module, "app");
  EXPECT_EQ((*modules)[0].count, 2U);
  EXPECT_EQ((*modules)[1].module, "hook.dll");
  EXPECT_EQ((*modules)[1].count, 1U);
}

TEST_P(ServerSearchCrashIndexCounts, ASignatureIsKnownSinceItsFirstCrashOfAKind) {
  std::vector<CrashRow> rows;
  for (std::uint64_t i = 0; i < 3; ++i) {
    rows.push_back(TestRow(i));
    rows.back().date_ms = kTestNowMs - static_cast<std::int64_t>(20 * i) * kTestDayMs;
    rows.back().build_id = "2026110" + std::to_string(3 - i);
    SetSignature(rows.back(), "known", "known | main");
  }
  rows[2].kind = CrashKind::kPing;
  Add(rows);
  const std::vector<std::string> asked = {"none", "known"};
  const std::vector<CrashKind> reports = {CrashKind::kReport};
  const std::vector<CrashKind> both = {CrashKind::kReport, CrashKind::kPing};
  const auto of_reports = index_->FindFirstSeen(asked, reports, {});
  ASSERT_TRUE(of_reports);
  ASSERT_THAT(*of_reports, SizeIs(1));
  EXPECT_EQ((*of_reports)[0].date_ms, rows[1].date_ms);
  EXPECT_EQ((*of_reports)[0].build_id, "20261102");
  EXPECT_EQ((*index_->FindFirstSeen(asked, both, {}))[0].date_ms, rows[2].date_ms);
  EXPECT_THAT(*index_->FindFirstSeen({}, both, {}), IsEmpty());
}

// Of all signatures, by a look at their crashes.
std::vector<FirstSeen> LookAtCrashes(const CrashIndex& index, std::span<const std::string> signatures,
                                     const std::vector<CrashKind>& kinds) {
  Query query = QueryFor({});
  query.kinds = kinds;
  query.facets = {{FieldId::kSignature}};
  query.facets[0].inner = {{FieldId::kDate}, {FieldId::kBuildId}};
  query.facets[0].inner[0].kind = AggregationKind::kMinimum;
  query.facet_size = 1'000;
  std::vector<FirstSeen> found;
  const auto result = index.Search(query);
  EXPECT_TRUE(result);
  if (!result) return found;
  for (const FacetTerm& term : result->facets.at(0).terms) {
    FirstSeen seen{std::get<std::string>(term.term), std::get<std::int64_t>(term.facets[0].values[0]), ""};
    for (const FacetTerm& build : term.facets[1].terms) {
      const auto& id = std::get<std::string>(build.term);
      if (seen.build_id.empty() || id < seen.build_id) seen.build_id = id;
    }
    if (std::ranges::find(signatures, seen.signature) != signatures.end()) found.push_back(seen);
  }
  std::ranges::sort(found, {}, &FirstSeen::signature);
  return found;
}

// Crashes come, late ones too, are processed again, purged and gone by their age; signatures are merged.
TEST_P(ServerSearchCrashIndexCounts, SinceWhenASignatureIsKnownHoldsWhateverHappens) {
  std::mt19937 random(7);
  std::vector<CrashRow> rows = RandomTestRows(120, 1);
  for (std::size_t i = 0; i < rows.size(); i += 11) rows[i].build_id.clear();
  std::vector<std::string> signatures = {"merged", "none"};
  for (const CrashRow& row : rows) signatures.push_back(SignatureOfRow(row).signature);
  std::ranges::sort(signatures);
  signatures.erase(std::ranges::unique(signatures).begin(), signatures.end());
  const auto some = [&](std::size_t count) {
    std::vector<CrashRow> picked;
    for (std::size_t i = 0; i < count; ++i) picked.push_back(rows[random() % rows.size()]);
    return picked;
  };
  const auto change = [&] {
    switch (random() % 6) {
      case 0: return Add(some(20));
      case 1: {
        std::vector<CrashRow> again = some(5);
        for (CrashRow& row : again) row.input = rows[random() % rows.size()].input;
        ASSERT_TRUE(index_->Replace(again));
        return;
      }
      case 2: {
        std::vector<std::string> uuids;
        for (const CrashRow& row : some(30)) uuids.push_back(row.uuid);
        ASSERT_TRUE(index_->Purge(uuids));
        return;
      }
      case 3: {
        const RetentionRule rule{.before_ms = kTestNowMs -
                                              (28 - static_cast<std::int64_t>(random() % 9)) * kTestDayMs};
        ASSERT_TRUE(index_->Expire({.rules = {rule}}));
        return;
      }
      case 4: {
        const std::vector<SignatureOf> merged = {{some(1)[0].input->id(), {"merged", "merged", ""}}};
        ASSERT_TRUE(index_->SetSignatures(merged));
        return;
      }
      default: index_.reset(); index_ = GetParam().open(folder_);
    }
  };
  Add({rows.begin(), rows.begin() + 60});
  for (int round = 0; round < 14; ++round) {
    for (const std::vector<CrashKind>& kinds :
         {std::vector{CrashKind::kReport}, std::vector{CrashKind::kReport, CrashKind::kPing}}) {
      const std::vector<FirstSeen> expected = LookAtCrashes(*index_, signatures, kinds);
      for (std::size_t asked = random() % 3; asked < 4; ++asked) {
        const auto found = index_->FindFirstSeen(signatures, kinds, {});
        ASSERT_TRUE(found);
        ASSERT_EQ(found->size(), expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) {
          EXPECT_EQ((*found)[i].signature, expected[i].signature);
          EXPECT_EQ((*found)[i].date_ms, expected[i].date_ms) << expected[i].signature;
          EXPECT_EQ((*found)[i].build_id, expected[i].build_id) << expected[i].signature;
        }
      }
    }
    change();
  }
}

TEST_P(ServerSearchCrashIndexCounts, OfAnEmptyIndexNothingIsCounted) {
  EXPECT_EQ(index_->CountStacks(QueryFor({}), ThreadScope::kAnyThread, 10)->total, 0U);
  EXPECT_THAT(*index_->CountModules(QueryFor({})), IsEmpty());
  const std::vector<std::string> asked = {"none"};
  const std::vector<CrashKind> both = {CrashKind::kReport, CrashKind::kPing};
  EXPECT_THAT(*index_->FindFirstSeen(asked, both, {}), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(All, ServerSearchCrashIndexCounts, ::testing::ValuesIn(CrashIndexImplementations()),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace cairn::search
