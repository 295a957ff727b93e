// What all tests of the contract of CrashIndex share: the implementations, each a row of one table, and a
// fixture with an empty index.
#pragma once

#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "server/search/crash_index.h"
#include "server/search/crash_rows_for_test.h"
#include "server/search/duckdb_index.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::search {

struct CrashIndexImplementation {
  std::string name;
  std::function<std::unique_ptr<CrashIndex>(const store::TemporaryFolder&)> open;
};

inline std::unique_ptr<CrashIndex> OpenDuckDb(const store::TemporaryFolder& folder) {
  auto index = DuckDbIndex::Open(folder.Path("it's the index"), {.messages = [](std::string_view text) {
                                   std::printf("DuckDB: %.*s\n", static_cast<int>(text.size()), text.data());
                                 }});
  EXPECT_TRUE(index) << (index ? "" : base::Describe(index.error()));
  return index ? *std::move(index) : nullptr;
}

inline std::vector<CrashIndexImplementation> CrashIndexImplementations() { return {{"DuckDb", OpenDuckDb}}; }

inline Query QueryFor(std::vector<Clause> clauses) {
  Query query;
  query.window = {kTestNowMs - 60 * kTestDayMs, kTestNowMs + kTestDayMs};
  query.kinds = {CrashKind::kReport, CrashKind::kPing};
  query.clauses = std::move(clauses);
  query.columns = {FieldId::kUuid};
  return query;
}

inline Clause ClauseOf(FieldId field, Operator op, std::string operand, Combine combine = Combine::kAnyOf) {
  return {field, combine, {{op, std::move(operand)}}};
}

class CrashIndexContract : public ::testing::TestWithParam<CrashIndexImplementation> {
 protected:
  CrashIndexContract() : index_(GetParam().open(folder_)) {}

  void Add(const std::vector<CrashRow>& rows) { ASSERT_TRUE(index_->Add(rows)); }

  SearchResult Search(const Query& query) {
    const auto result = index_->Search(query);
    EXPECT_TRUE(result) << (result ? "" : base::Describe(result.error()));
    return result ? *result : SearchResult{};
  }

  std::vector<std::string> Uuids(const Query& query) {
    std::vector<std::string> uuids;
    for (const std::vector<Value>& hit : Search(query).hits) uuids.push_back(std::get<std::string>(hit[0]));
    return uuids;
  }

  store::TemporaryFolder folder_;
  std::unique_ptr<CrashIndex> index_;
};

}  // namespace cairn::search
