#include "server/pings/ledger.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/time_units.h"
#include "os/file.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::pings {
namespace {

constexpr std::string_view kDay = "20261122";
constexpr std::string_view kId = "89ba9d98-b041-46f3-8b1a-36dfeb5e1b15";
constexpr std::string_view kHash = "ab34567890123456789012345678901234567890123456789012345678901234";
constexpr std::int64_t kNoonMs = 1'795'348'800'000;  // 2026-11-22T12:00:00Z.

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
    EXPECT_TRUE(batch->AddActivity(std::vector<stats::Aggregate>{{.measures = {.count = 1}}}));
  }
  ASSERT_TRUE(ledger_->HandOver([](std::span<const stats::NumberedAggregate>) -> base::Status {
    ADD_FAILURE() << "nothing was counted";
    return {};
  }));
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
  ASSERT_TRUE(ledger_->Expire(kNoonMs + 364 * base::kDayMs));
  InBatch([](Ledger::Batch& batch) { EXPECT_FALSE(*batch.NoteDump(kHash, "20271120")); });
  ASSERT_TRUE(ledger_->Expire(kNoonMs + 366 * base::kDayMs));
  InBatch([](Ledger::Batch& batch) { EXPECT_TRUE(*batch.NoteDump(kHash, "20271124")); });
}

TEST_F(LedgerTest, RejectionsAreListedMarkedAndForgotten) {
  Reject("crash", "schema_validation");
  Reject("main", "missing_version", kNoonMs + base::kDayMs);
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

TEST_F(LedgerTest, AClientIsNewOnceADayAndKindOfUsage) {
  const stats::Dimensions app{.channel = "beta", .version = "1", .application = "App", .country = "FI"};
  stats::Dimensions elsewhere = app;
  elsewhere.country = "SE";
  stats::Dimensions newer = app;
  newer.version = "2";
  InBatch([&](Ledger::Batch& batch) {
    EXPECT_TRUE(*batch.NoteClient("one", kDay, app));
    EXPECT_TRUE(*batch.NoteClient("other", kDay, app));
    EXPECT_TRUE(*batch.NoteClient("one", kDay, newer));
    EXPECT_TRUE(*batch.NoteClient("one", "20261123", app));
    EXPECT_FALSE(*batch.NoteClient("one", kDay, elsewhere));
  });
  Reopen();
  InBatch([&](Ledger::Batch& batch) { EXPECT_FALSE(*batch.NoteClient("one", kDay, app)); });
  ASSERT_TRUE(ledger_->Expire(kNoonMs + 2 * base::kDayMs));
  InBatch([&](Ledger::Batch& batch) {
    EXPECT_FALSE(*batch.NoteClient("one", "20261123", app));
    EXPECT_TRUE(*batch.NoteClient("one", kDay, app)) << "two days ago is forgotten";
  });
}

class HandOverTest : public LedgerTest {
 protected:
  static stats::Aggregate Sum(std::int64_t window_ms) {
    return {.window_start_ms = window_ms,
            .dimensions = {"beta", "1", "1.0", "7", "App", "Linux", "6.1", "x86_64", "FI"},
            .measures = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}};
  }
  void Count(std::int64_t window_ms) {
    InBatch([&](Ledger::Batch& batch) {
      EXPECT_TRUE(batch.AddActivity(std::vector<stats::Aggregate>{Sum(window_ms)}));
    });
  }
  // What is given from now on, until nothing is.
  std::vector<stats::NumberedAggregate> HandOver() {
    std::vector<stats::NumberedAggregate> taken;
    EXPECT_TRUE(ledger_->HandOver([&](std::span<const stats::NumberedAggregate> sums) -> base::Status {
      ++calls_;
      taken.insert(taken.end(), sums.begin(), sums.end());
      return {};
    }));
    return taken;
  }

  int calls_ = 0;
};

TEST_F(HandOverTest, SumsAreGivenInOrderUntilTheyAreTaken) {
  Count(300'000);
  Count(0);
  stats::NumberedAggregate refused;
  EXPECT_FALSE(ledger_->HandOver([&](std::span<const stats::NumberedAggregate> sums) -> base::Status {
    refused = sums[0];
    return base::Error{base::Code::kIo, 5, "index"};
  }));
  const auto first = HandOver();
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first[0].source, refused.source);
  EXPECT_EQ(first[0].number, refused.number);
  EXPECT_EQ(first[0].aggregate.window_start_ms, 300'000);
  EXPECT_EQ(first[0].aggregate.dimensions, Sum(0).dimensions);
  EXPECT_EQ(first[0].aggregate.measures, Sum(0).measures);
  EXPECT_EQ(first[1].source, first[0].source);
  EXPECT_GT(first[1].number, first[0].number);
  EXPECT_TRUE(HandOver().empty());
  Count(0);
  EXPECT_GT(HandOver().at(0).number, first[1].number) << "numbers do not come again";
}

// An older file that is put back numbers what is new as what was taken already.
TEST_F(HandOverTest, EachStartIsASourceOfItsOwn) {
  Count(0);
  Reopen();
  Count(300'000);
  const auto sums = HandOver();
  ASSERT_EQ(sums.size(), 2u);
  EXPECT_EQ(sums[0].aggregate.window_start_ms, 0);
  EXPECT_NE(sums[0].source, sums[1].source);
}

TEST_F(HandOverTest, ManySumsAreGivenInParts) {
  InBatch([](Ledger::Batch& batch) {
    EXPECT_TRUE(batch.AddActivity(std::vector<stats::Aggregate>(25'000, Sum(0))));
  });
  EXPECT_EQ(HandOver().size(), 25'000u);
  EXPECT_EQ(calls_, 3);
}

}  // namespace
}  // namespace cairn::pings
