// The contract of CrashIndex: many rows, and searches beside a writer.
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/search/crash_index_contract_for_test.h"
#include "server/search/crash_rows_for_test.h"

namespace cairn::search {
namespace {

using ::testing::SizeIs;

using ServerSearchCrashIndexLoad = CrashIndexContract;

using FieldOfRow = std::function<std::string(const CrashRow&)>;

// Counts by plain code over the same rows.
std::vector<std::pair<std::string, std::uint64_t>> BruteForceFacet(
    const std::vector<CrashRow>& rows, const std::function<bool(const CrashRow&)>& wanted,
    const FieldOfRow& field, std::size_t size) {
  std::map<std::string, std::uint64_t> counts;
  for (const CrashRow& row : rows) {
    if (wanted(row) && !field(row).empty()) ++counts[field(row)];
  }
  std::vector<std::pair<std::string, std::uint64_t>> terms(counts.begin(), counts.end());
  std::ranges::stable_sort(terms, [](const auto& a, const auto& b) { return a.second > b.second; });
  if (terms.size() > size) terms.resize(size);
  return terms;
}

TEST_P(ServerSearchCrashIndexLoad, TenThousandRowsAreCountedRightAndQuickly) {
  const std::vector<CrashRow> rows = RandomTestRows(10'000, 1);
  for (std::size_t i = 0; i < rows.size(); i += 1000)
    Add({rows.begin() + static_cast<long>(i), rows.begin() + static_cast<long>(i) + 1000});
  const auto wanted = [](const CrashRow& row) {
    return row.kind == CrashKind::kPing && row.version != "2.0" &&
           row.date_ms >= kTestNowMs - 9 * kTestDayMs && row.date_ms < kTestNowMs &&
           SignatureOfRow(row).signature.find("Namespace3") != std::string::npos;
  };
  Query query = QueryFor({ClauseOf(FieldId::kVersion, Operator::kEquals, "2.0", Combine::kNoneOf),
                          ClauseOf(FieldId::kSignature, Operator::kContains, "Namespace3")});
  query.window = {kTestNowMs - 9 * kTestDayMs, kTestNowMs};
  query.kinds = {CrashKind::kPing};
  query.facets = {{FieldId::kSignature}, {FieldId::kProduct}, {FieldId::kBuildId}};
  query.facet_size = 10;
  const auto start = std::chrono::steady_clock::now();
  const SearchResult result = Search(query);
  const auto took = std::chrono::steady_clock::now() - start;
  // It takes about 20 ms; the limit only catches what is wrong by orders of magnitude, on a machine that is
  // busy.
  EXPECT_LT(took, std::chrono::seconds(2));
  EXPECT_EQ(result.total, static_cast<std::uint64_t>(std::ranges::count_if(rows, wanted)));
  EXPECT_GT(result.total, 50U) << "the test must not be empty";
  const std::array<FieldOfRow, 3> fields = {[](const CrashRow& row) { return SignatureOfRow(row).signature; },
                                            [](const CrashRow& row) { return row.product; },
                                            [](const CrashRow& row) { return row.build_id; }};
  for (std::size_t i = 0; i < fields.size(); ++i) {
    std::vector<std::pair<std::string, std::uint64_t>> terms;
    for (const FacetTerm& term : result.facets[i].terms)
      terms.emplace_back(std::get<std::string>(term.term), term.count);
    EXPECT_EQ(terms, BruteForceFacet(rows, wanted, fields[i], query.facet_size)) << i;
  }
}

TEST_P(ServerSearchCrashIndexLoad, SearchesRunBesideABusyWriter) {
  std::atomic<bool> done = false;
  std::jthread writer([&] {
    for (std::uint64_t batch = 0; batch < 20; ++batch) {
      std::vector<CrashRow> rows;
      for (std::uint64_t i = 0; i < 10; ++i) rows.push_back(TestRow(batch * 10 + i));
      EXPECT_TRUE(index_->Add(rows));
    }
    done = true;
  });
  std::uint64_t last = 0;
  while (!done) {
    Query query = QueryFor({});
    query.facets = {{FieldId::kSignature}};
    const SearchResult result = Search(query);
    EXPECT_EQ(result.total % 10, 0U) << "half a batch was seen";
    EXPECT_GE(result.total, last);
    if (result.total > 0) {
      ASSERT_THAT(result.facets[0].terms, SizeIs(1));
      EXPECT_EQ(result.facets[0].terms[0].count, result.total);
    }
    last = result.total;
  }
}

INSTANTIATE_TEST_SUITE_P(All, ServerSearchCrashIndexLoad, ::testing::ValuesIn(CrashIndexImplementations()),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace cairn::search
