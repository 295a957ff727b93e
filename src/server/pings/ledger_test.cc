#include "server/pings/ledger.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "os/file.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::pings {
namespace {

constexpr std::string_view kDay = "20261122";
constexpr std::string_view kId = "89ba9d98-b041-46f3-8b1a-36dfeb5e1b15";
constexpr std::string_view kHash = "ab34567890123456789012345678901234567890123456789012345678901234";
constexpr std::int64_t kNoonMs = 1'795'348'800'000;  // 2026-11-22T12:00:00Z.
constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;

class LedgerTest : public ::testing::Test {
 protected:
  LedgerTest() { Reopen(); }
  void Reopen() {
    ledger_.reset();
    auto opened = Ledger::Open(folder_.Path("pings.sqlite"));
    ASSERT_TRUE(opened);
    ledger_ = *std::move(opened);
  }
  // Runs `work` with a batch, and commits it.
  template <typename Work>
  void InBatch(const Work& work, SpoolPosition position = {1, 1}) {
    base::Result<Ledger::Batch> batch = ledger_->Begin();
    ASSERT_TRUE(batch);
    work(*batch);
    ASSERT_TRUE(batch->Commit(position));
  }
  void Reject(std::string type, std::string fault, std::int64_t submitted_ms = kNoonMs) {
    InBatch([&](Ledger::Batch& batch) {
      EXPECT_TRUE(batch.AddRejection({.submitted_ms = submitted_ms,
                                      .document_id = std::string(kId),
                                      .name_space = "telemetry",
                                      .type = std::move(type),
                                      .rejection = {std::move(fault), "/a", "why"}},
                                     std::string_view("bytes\0and more", 14)));
    });
  }

  store::TemporaryFolder folder_;
  std::unique_ptr<Ledger> ledger_;
};

TEST_F(LedgerTest, ADocumentIsNewOnceADay) {
  InBatch([](Ledger::Batch& batch) {
    EXPECT_TRUE(*batch.NoteDocument(kDay, kId));
    EXPECT_FALSE(*batch.NoteDocument(kDay, kId));
    EXPECT_TRUE(*batch.NoteDocument("20261123", kId));
  });
  Reopen();
  InBatch([](Ledger::Batch& batch) { EXPECT_FALSE(*batch.NoteDocument(kDay, kId)); });
}

TEST_F(LedgerTest, WhatIsNotCommittedDidNotHappen) {
  {
    base::Result<Ledger::Batch> batch = ledger_->Begin();
    ASSERT_TRUE(batch);
    EXPECT_TRUE(*batch->NoteDocument(kDay, kId));
    EXPECT_TRUE(batch->AddUsage(kDay, {.application = "App", .seconds = 7}));
  }
  EXPECT_EQ(ledger_->position(), SpoolPosition{});
  InBatch([](Ledger::Batch& batch) { EXPECT_TRUE(*batch.NoteDocument(kDay, kId)); }, {3, 14});
  Reopen();
  EXPECT_EQ(ledger_->position(), (SpoolPosition{3, 14}));
}

TEST_F(LedgerTest, ADumpIsKnownForAYear) {
  InBatch([](Ledger::Batch& batch) {
    EXPECT_TRUE(*batch.NoteDump(kHash, kDay));
    EXPECT_FALSE(*batch.NoteDump(kHash, "20261201"));
  });
  ASSERT_TRUE(ledger_->Expire(kNoonMs + 364 * kDayMs));
  InBatch([](Ledger::Batch& batch) { EXPECT_FALSE(*batch.NoteDump(kHash, "20271120")); });
  ASSERT_TRUE(ledger_->Expire(kNoonMs + 366 * kDayMs));
  InBatch([](Ledger::Batch& batch) { EXPECT_TRUE(*batch.NoteDump(kHash, "20271124")); });
}

TEST_F(LedgerTest, RejectionsAreListedMarkedAndForgotten) {
  Reject("crash", "schema_validation");
  Reject("main", "missing_version", kNoonMs + kDayMs);
  const auto all = ledger_->ListRejections({}, 10);
  ASSERT_EQ(all->size(), 2u);
  EXPECT_EQ((*all)[0].type, "main");  // The newest first.
  EXPECT_EQ((*all)[1].rejection.pointer, "/a");
  EXPECT_EQ(ledger_->ListRejections({.type = "crash"}, 10)->size(), 1u);
  EXPECT_EQ(ledger_->ListRejections({.name_space = "other"}, 10)->size(), 0u);
  EXPECT_EQ(ledger_->ListRejections({.fault = "missing_version"}, 10)->size(), 1u);
  EXPECT_EQ(ledger_->ListRejections({.sequence = 1}, 10)->at(0).type, "crash");
  EXPECT_EQ(ledger_->ListRejections({}, 1)->size(), 1u);

  EXPECT_EQ(*ledger_->MarkRejections({.type = "crash"}), 1);
  const auto marked = ledger_->ListMarked(10);
  ASSERT_EQ(marked->size(), 1u);
  EXPECT_EQ((*marked)[0].submission, std::string("bytes\0and more", 14));
  InBatch([](Ledger::Batch& batch) { EXPECT_TRUE(batch.SetRejection(1, {"json_parse", "", "other"})); });
  EXPECT_TRUE(ledger_->ListMarked(10)->empty());
  EXPECT_EQ(ledger_->ListRejections({.sequence = 1}, 1)->at(0).rejection.fault, "json_parse");

  EXPECT_EQ(*ledger_->ExpireRejections(kNoonMs), 0U);
  EXPECT_EQ(*ledger_->ExpireRejections(kNoonMs + 1), 1U);
  EXPECT_EQ(ledger_->ListRejections({}, 10)->size(), 1u);
  InBatch([](Ledger::Batch& batch) { EXPECT_TRUE(batch.RemoveRejection(2)); });
  EXPECT_TRUE(ledger_->ListRejections({}, 10)->empty());
}

TEST_F(LedgerTest, APurgeLeavesNoByteOfAPing) {
  const std::string other = "0a1b2c3d-0000-4000-8000-000000000001";
  InBatch([&](Ledger::Batch& batch) {
    for (const std::string& id : {std::string(kId), other}) {
      EXPECT_TRUE(*batch.NoteDocument(kDay, id));
      EXPECT_TRUE(batch.AddRejection({.submitted_ms = kNoonMs,
                                      .document_id = id,
                                      .name_space = "telemetry",
                                      .type = "crash",
                                      .rejection = {"schema_validation", "/a", "a reason"}},
                                     "planted by " + id + std::string(9000, 'x')));
    }
    EXPECT_TRUE(*batch.NoteDump(kHash, kDay));
  });
  EXPECT_TRUE(*ledger_->HasDocument(kDay, kId));
  const std::vector<std::string> ids = {"0a1b2c3d-0000-4000-8000-00000000ffff", std::string(kId)};
  const auto purged = ledger_->Purge(ids, std::vector<std::string>{std::string(kHash)});
  ASSERT_TRUE(purged);
  EXPECT_EQ(*purged, (std::vector<std::uint64_t>{0, 2}));
  EXPECT_EQ(ledger_->Purge(ids, {})->at(1), 0U) << "it may be done twice";
  EXPECT_FALSE(*ledger_->HasDocument(kDay, kId));
  EXPECT_TRUE(*ledger_->HasDocument(kDay, other));
  EXPECT_EQ(ledger_->ListRejections({}, 10)->size(), 1u);
  InBatch([](Ledger::Batch& batch) { EXPECT_TRUE(*batch.NoteDump(kHash, kDay)) << "its dump is not known"; });
  std::string bytes;
  for (const auto& entry : std::filesystem::directory_iterator(folder_.Path("")))
    bytes += *os::ReadFile(entry.path().string(), 1 << 28);
  EXPECT_EQ(bytes.find(std::string(kId)), std::string::npos);
  EXPECT_NE(bytes.find("planted by " + other), std::string::npos);
}

TEST_F(LedgerTest, CountsAddUp) {
  for (int i = 0; i < 2; ++i) {
    InBatch([](Ledger::Batch& batch) {
      EXPECT_TRUE(batch.AddCount({std::string(kDay), "telemetry", "crash", "crash", 3}));
    });
  }
  const auto counts = ledger_->ListCounts("20261101");
  ASSERT_EQ(counts->size(), 1u);
  EXPECT_EQ((*counts)[0].count, 6);
  EXPECT_TRUE(ledger_->ListCounts("20261123")->empty());
}

class MemoryTables final : public UsageTables {
 public:
  base::Status PutUsage(std::span<const UsageRow> rows) override {
    if (fail) return base::Error{base::Code::kIo, 5, "index"};
    usage.assign(rows.begin(), rows.end());
    ++calls;
    return {};
  }
  base::Status PutAggregates(std::span<const stats::Aggregate> rows) override {
    aggregates.assign(rows.begin(), rows.end());
    return {};
  }

  std::vector<UsageRow> usage;
  std::vector<stats::Aggregate> aggregates;
  int calls = 0;
  bool fail = false;
};

TEST_F(LedgerTest, TotalsAreHandedOverUntilTheyAreTaken) {
  const Usage usage{"App", "1.0", "7", "beta", "Linux", 60};
  const stats::Aggregate aggregate{.window_start_ms = 300'000,
                                   .dimensions = {.channel = "beta", .country = "FI"},
                                   .measures = {.count = 1, .usage_seconds = 60}};
  const auto add = [&](Ledger::Batch& batch) {
    EXPECT_TRUE(batch.AddUsage(kDay, usage));
    EXPECT_TRUE(batch.AddAggregate(aggregate));
  };
  InBatch(add);
  MemoryTables tables;
  tables.fail = true;
  EXPECT_FALSE(ledger_->HandOver(tables));
  tables.fail = false;
  ASSERT_TRUE(ledger_->HandOver(tables));
  ASSERT_EQ(tables.usage.size(), 1u);
  EXPECT_EQ(tables.usage[0].seconds, 60);
  EXPECT_EQ(tables.usage[0].channel, "beta");
  ASSERT_EQ(tables.aggregates.size(), 1u);
  EXPECT_EQ(tables.aggregates[0].dimensions, aggregate.dimensions);
  ASSERT_TRUE(ledger_->HandOver(tables));
  EXPECT_EQ(tables.calls, 1);  // Nothing changed.
  InBatch(add);
  Reopen();
  ASSERT_TRUE(ledger_->HandOver(tables));
  EXPECT_EQ(tables.usage[0].seconds, 120);
  EXPECT_EQ(tables.usage[0].pings, 2);
  EXPECT_EQ(tables.aggregates[0].measures, (stats::Measures{.count = 2, .usage_seconds = 120}));
}

TEST_F(LedgerTest, ManyRowsAreHandedOverInParts) {
  InBatch([](Ledger::Batch& batch) {
    for (int i = 0; i < 2500; ++i)
      EXPECT_TRUE(batch.AddUsage(kDay, {.application = std::to_string(i), .seconds = 1}));
  });
  MemoryTables tables;
  ASSERT_TRUE(ledger_->HandOver(tables));
  EXPECT_EQ(tables.calls, 3);
}

}  // namespace
}  // namespace cairn::pings
