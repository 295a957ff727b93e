// The contract of CrashIndex: what is learned later mends what is there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "server/search/crash_index_contract_for_test.h"
#include "server/search/crash_rows_for_test.h"

namespace cairn::search {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

using ServerSearchCrashIndexRewrite = CrashIndexContract;

TEST_P(ServerSearchCrashIndexRewrite, ASignatureGivenLaterMendsEarlierCrashes) {
  Add({TestRow(1)});
  CrashRow mended = TestRow(2);
  SetSignature(mended, "crash_here(int)", "crash_here(int) | main");
  Add({mended});
  Query query = QueryFor({ClauseOf(FieldId::kSignature, Operator::kEquals, "crash_here(int)")});
  EXPECT_THAT(Uuids(query), UnorderedElementsAre(TestUuid(1), TestUuid(2)));
  EXPECT_EQ((*index_->Get(TestUuid(1)))->proto_signature, "crash_here(int) | main");
}

TEST_P(ServerSearchCrashIndexRewrite, SignaturesCanBeRewritten) {
  const CrashRow row = TestRow(1);
  Add({row});
  const std::vector<SignatureOf> signatures = {{row.input->id(), {"renamed", "renamed | main", "group"}},
                                               {row.input->id() + 1, {"of nobody", "", ""}}};
  ASSERT_TRUE(index_->SetSignatures(signatures));
  EXPECT_THAT(Uuids(QueryFor({ClauseOf(FieldId::kSignature, Operator::kEquals, "renamed")})),
              ElementsAre(row.uuid));
  EXPECT_EQ((*index_->Get(row.uuid))->proto_signature, "renamed | main");
}

TEST_P(ServerSearchCrashIndexRewrite, ASignatureShowsItsGroups) {
  std::vector<CrashRow> rows;
  for (std::uint64_t i = 0; i < 7; ++i) {
    CrashRow row = TestRow(i);
    ChangeInput(row, [i](SignatureInput::Parts& parts) {
      parts.reason = "reason " + std::to_string(i);
      parts.signature = {i < 6 ? "libfoo.so" : "other", "libfoo.so",
                         i == 0 ? "" : "libfoo.so!AB0+0x" + std::to_string(i % 2) + "00"};
    });
    rows.push_back(row);
  }
  Add(rows);
  Query query = QueryFor({ClauseOf(FieldId::kSignature, Operator::kEquals, "libfoo.so")});
  query.facets = {{FieldId::kSignatureGroup}};
  const SearchResult found = Search(query);
  ASSERT_EQ(found.facets.size(), 1U);
  ASSERT_EQ(found.facets[0].terms.size(), 2U);
  EXPECT_EQ(found.facets[0].terms[0].term, Value(std::string("libfoo.so!AB0+0x100")));
  EXPECT_EQ(found.facets[0].terms[0].count, 3U);
  EXPECT_EQ(found.facets[0].terms[1].count, 2U);
  // Without a condition on signatures, crashes are counted by input first.
  query.clauses.clear();
  EXPECT_EQ(Search(query).facets[0].terms[1].count, 3U);
  EXPECT_THAT(Uuids(QueryFor({ClauseOf(FieldId::kSignatureGroup, Operator::kEquals, "libfoo.so!AB0+0x000")})),
              UnorderedElementsAre(TestUuid(2), TestUuid(4), TestUuid(6)));
}

TEST_P(ServerSearchCrashIndexRewrite, ABucketIsASignatureOrWithoutSymbolsAGroupOfIt) {
  const std::array<std::string, 4> groups = {"", "Named | operator!=", "libfoo.so!AB0+0x100",
                                             "libfoo.so!AB0+0x200"};
  std::vector<CrashRow> rows;
  for (unsigned i = 0; i < 8; ++i) {
    CrashRow row = TestRow(i);
    ChangeInput(row, [&groups, i](SignatureInput::Parts& parts) {
      parts.reason = "reason " + std::to_string(i);
      parts.signature = {"libfoo.so", "libfoo.so", groups[i % 4]};
    });
    rows.push_back(row);
  }
  Add(rows);
  const std::string first = "libfoo.so [libfoo.so!AB0+0x100]";
  for (const bool narrowed : {false, true}) {
    Query query = QueryFor({});
    if (narrowed) query = QueryFor({ClauseOf(FieldId::kSignature, Operator::kEquals, "libfoo.so")});
    query.facets = {{FieldId::kBucket}};
    const SearchResult found = Search(query);
    ASSERT_EQ(found.facets[0].terms.size(), 3U);
    EXPECT_EQ(found.facets[0].terms[0].term, Value(std::string("libfoo.so"))) << "whose symbols are there";
    EXPECT_EQ(found.facets[0].terms[0].count, 4U);
    EXPECT_EQ(found.facets[0].terms[1].term, Value(first));
    EXPECT_EQ(found.facets[0].terms[1].count, 2U);
  }
  EXPECT_THAT(Uuids(QueryFor({ClauseOf(FieldId::kBucket, Operator::kEquals, first)})),
              UnorderedElementsAre(TestUuid(2), TestUuid(6)));
}

TEST_P(ServerSearchCrashIndexRewrite, CrashesThatWaitForSymbolsAreFoundByAnyThreadUntilNamesCome) {
  // Frames of "libfoo.so": on the crashed thread of 1, on another of 2; those of 3 have names.
  const StackFrame nameless{.module = "libfoo.so", .debug_id = "CD0", .module_offset = 0x30, .names = {}};
  const StackFrame named{
      .module = "libfoo.so", .debug_id = "CD0", .module_offset = 0x40, .names = {{"foo", "", 0}}};
  CrashRow on_top = TestRow(1);
  ChangeStack(on_top, [&](std::vector<StackFrame>& frames) { frames[0] = nameless; });
  CrashRow elsewhere = TestRow(2);
  elsewhere.other_threads = {MakeStack({nameless})};
  CrashRow known = TestRow(3);
  known.other_threads = {MakeStack({named})};
  Add({on_top, elsewhere, known, TestRow(4)});
  const Clause waits = ClauseOf(FieldId::kMissingDebugId, Operator::kMatches, "cd0");
  EXPECT_THAT(Uuids(QueryFor({waits})), UnorderedElementsAre(TestUuid(1), TestUuid(2)));
  EXPECT_THAT(
      Uuids(QueryFor({ClauseOf(FieldId::kMissingDebugId, Operator::kEquals, "CD0", Combine::kNoneOf)})),
      UnorderedElementsAre(TestUuid(3), TestUuid(4)));
  EXPECT_THAT(Uuids(QueryFor({ClauseOf(FieldId::kMissingDebugId, Operator::kEquals, "AB0")})), IsEmpty());
  Query facets = QueryFor({waits});
  facets.facets = {{FieldId::kSignature}};
  EXPECT_EQ(Search(facets).total, 2U);
  EXPECT_EQ(Search(facets).facets[0].terms.size(), 1U);
  const auto absent =
      index_->Search(QueryFor({{FieldId::kMissingDebugId, Combine::kAnyOf, {{Operator::kIsAbsent, {}}}}}));
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().code, base::Code::kBadValue);
  StackFrame late = nameless;
  late.names = {{"foo", "foo.cc", 1}};
  ASSERT_TRUE(index_->SetNames(std::vector<StackFrame>{late}));
  EXPECT_THAT(Uuids(QueryFor({waits})), IsEmpty());
}

TEST_P(ServerSearchCrashIndexRewrite, NamesOfUnknownAddressesArePassedOver) {
  Add({TestRow(1)});
  const std::vector<StackFrame> frames = {
      {.module = "elsewhere", .debug_id = "CD0", .module_offset = 1, .names = {{"nobody", "", 0}}}, {}};
  EXPECT_TRUE(index_->SetNames(frames));
  EXPECT_EQ(Search(QueryFor({})).total, 1U);
}

TEST_P(ServerSearchCrashIndexRewrite, ACrashThatWasProcessedAgainTakesItsOldPlace) {
  Add({TestRow(1), TestRow(2)});
  CrashRow again = TestRow(1);
  again.product = "Editor";
  SetSignature(again, "better", "better | main");
  CrashRow ping = again;
  ping.kind = CrashKind::kPing;
  ASSERT_TRUE(index_->Replace(std::vector<CrashRow>{again, ping, TestRow(3)}));
  EXPECT_EQ(Search(QueryFor({})).total, 4U);
  EXPECT_THAT(Uuids(QueryFor({ClauseOf(FieldId::kProduct, Operator::kEquals, "Editor")})),
              ElementsAre(again.uuid, ping.uuid));
  Add({TestRow(1), TestRow(3)});
  EXPECT_EQ(Search(QueryFor({})).total, 4U);
  CrashRow bad = again;
  bad.uuid = "no uuid";
  EXPECT_EQ(index_->Replace(std::vector<CrashRow>{bad}).error().code, base::Code::kBadValue);
}

TEST_P(ServerSearchCrashIndexRewrite, AnotherInputKeepsItsOwnSignature) {
  CrashRow other = TestRow(2);
  ChangeInput(other, [](SignatureInput::Parts& parts) {
    parts.annotations = {{"abort_message", "out of cheese"}};
    parts.signature.signature = "Abort | out of cheese | crash_here";
  });
  Add({TestRow(1), other});
  EXPECT_THAT(Uuids(QueryFor({ClauseOf(FieldId::kSignature, Operator::kEquals, "crash_here")})),
              ElementsAre(TestUuid(1)));
}

INSTANTIATE_TEST_SUITE_P(All, ServerSearchCrashIndexRewrite, ::testing::ValuesIn(CrashIndexImplementations()),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace cairn::search
