#include "server/intake/recovery.h"

#include <gtest/gtest.h>

#include "base/time_units.h"
#include "server/intake/crash_id.h"
#include "server/intake/queue_kinds.h"
#include "server/intake/stored_report.h"
#include "server/store/blob_keys.h"
#include "server/store/file_blob_store.h"
#include "server/store/sqlite_queue.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::intake {
namespace {

constexpr std::int64_t kMay2026 = 1'777'629'600'000;  // 2026-05-01T10:00:00Z

class RecoveryTest : public ::testing::Test {
 protected:
  void Put(const std::string& key) { ASSERT_TRUE(blobs_.Put(key, base::AsBytes("x"))); }
  bool Has(const std::string& key) { return *blobs_.Exists(key); }

  // A report as the collector leaves it when it is killed before (`whole` false) or behind the raw crash.
  std::string Leave(bool whole, std::int64_t now_ms = kMay2026) {
    const std::string id = MakeCrashId(now_ms);
    EXPECT_TRUE(blobs_.Put(store::NamedDumpKey("dump_names", id),
                           base::AsBytes(WriteDumpNames({std::string(kMinidumpName), "memory_report"}))));
    Put(store::DumpKey(id));
    if (whole) Put(store::RawCrashKey(*DayOfCrashId(id), id));
    return id;
  }

  Recovered Start(Requeue requeue = Requeue::kUnprocessed, std::int64_t now_ms = kMay2026) {
    const auto recovered = RecoverAtStart(
        blobs_, *queue_, requeue, [this](const std::string&) { return processed_packs_; }, now_ms);
    EXPECT_TRUE(recovered);
    return recovered ? *recovered : Recovered{};
  }
  bool IsQueued(std::string_view kind, const std::string& id) {
    return queue_->Find({std::string(kind), id})->has_value();
  }

  store::TemporaryFolder folder_;
  store::FileBlobStore blobs_ = *store::FileBlobStore::Open(folder_.Path("blobs"));
  std::unique_ptr<store::SqliteQueue> queue_ = *store::SqliteQueue::Open(folder_.Path("queue"));
  std::set<std::string> processed_packs_;
};

TEST_F(RecoveryTest, WhatWasStoredAndNotQueuedIsQueued) {
  const std::string lost = Leave(true);
  const std::string processed = Leave(true);
  Put(store::ProcessedCrashKey(processed));
  Put(store::PingPackKey("20260501", "lost"));
  Put(store::PingPackKey("20260501", "processed"));
  processed_packs_ = {"processed"};
  EXPECT_EQ(Start().queued, 2u);
  EXPECT_TRUE(IsQueued(kReportKind, lost));
  EXPECT_TRUE(IsQueued(kPingKind, "20260501/lost"));
  EXPECT_FALSE(IsQueued(kPingKind, "20260501/processed"));
  EXPECT_FALSE(IsQueued(kReportKind, processed));
  EXPECT_EQ(Start().queued, 0u) << "it is in the queue already";
}

TEST_F(RecoveryTest, WhatIsLeftOfAnUnfinishedReportIsRemoved) {
  const std::string unfinished = Leave(false);
  const std::string whole = Leave(true);
  EXPECT_EQ(Start().removed, 1u);
  EXPECT_FALSE(Has(store::DumpKey(unfinished)));
  EXPECT_FALSE(Has(store::NamedDumpKey("dump_names", unfinished)));
  EXPECT_TRUE(Has(store::DumpKey(whole)));
}

TEST_F(RecoveryTest, WhatWasDeferredWaitsUntilSomebodyAsks) {
  const std::string id = MakeCrashId(kMay2026, kDeferredDigit);
  Put(store::RawCrashKey(*DayOfCrashId(id), id));
  EXPECT_EQ(Start().queued, 0u);
  EXPECT_EQ(Start(Requeue::kEverything).queued, 0u);
}

TEST_F(RecoveryTest, OnlyTheDaysSinceTheLastStartAreLookedAt) {
  (void)Start(Requeue::kUnprocessed, kMay2026);
  const std::string older = Leave(true, kMay2026 - base::kDayMs);
  const std::string same_day = Leave(true, kMay2026);
  const std::string later = Leave(true, kMay2026 + base::kDayMs);
  EXPECT_EQ(Start(Requeue::kUnprocessed, kMay2026 + 2 * base::kDayMs).queued, 2u);
  EXPECT_FALSE(IsQueued(kReportKind, older));
  EXPECT_TRUE(IsQueued(kReportKind, same_day));
  EXPECT_TRUE(IsQueued(kReportKind, later));
}

TEST_F(RecoveryTest, AfterACleanStopNothingIsLookedFor) {
  (void)Start();
  ASSERT_TRUE(NoteCleanStop(blobs_));
  (void)Leave(true);
  EXPECT_EQ(Start().queued, 0u);
  EXPECT_EQ(Start().queued, 1u) << "the start after it was not clean";
}

TEST_F(RecoveryTest, ANewIndexGetsEverythingAgain) {
  (void)Start();
  const std::string processed = Leave(true, kMay2026 - 100 * base::kDayMs);
  Put(store::ProcessedCrashKey(processed));
  Put(store::PingPackKey("20260101", "processed"));
  processed_packs_ = {"processed"};
  ASSERT_TRUE(NoteCleanStop(blobs_));
  EXPECT_EQ(Start(Requeue::kEverything).queued, 2u);
  EXPECT_TRUE(IsQueued(kReportKind, processed));
  EXPECT_TRUE(IsQueued(kPingKind, "20260101/processed"));
}

TEST_F(RecoveryTest, AReportThatIsRemovedLeavesNothing) {
  const std::string id = Leave(true);
  ASSERT_TRUE(RemoveReport(blobs_, id, {std::string(kMinidumpName), "memory_report"}));
  EXPECT_TRUE(blobs_.List("v1/", "", 10)->empty());
  EXPECT_TRUE(ParseDumpNames("{}").empty());
  EXPECT_TRUE(ParseDumpNames("[").empty());
}

}  // namespace
}  // namespace cairn::intake
