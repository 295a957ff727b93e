#include "server/processor/healer.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>

#include "base/time_units.h"
#include "server/intake/crash_id.h"
#include "server/processor/index_for_test.h"
#include "server/store/blob_keys.h"
#include "server/store/file_blob_store.h"
#include "server/store/sqlite_queue.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::processor {
namespace {

constexpr std::int64_t kMay2026 = 1'777'629'600'000;  // 2026-05-01T10:00:00Z

class HealerTest : public ::testing::Test {
 protected:
  // A report of that time, and what of it is there.
  std::string Report(std::int64_t time_ms, bool has_document, bool has_row) {
    const std::string id = intake::MakeCrashId(time_ms);
    EXPECT_TRUE(blobs_.Put(store::RawCrashKey(*intake::DayOfCrashId(id), id), base::AsBytes("{}")));
    if (has_document) {
      EXPECT_TRUE(blobs_.Put(store::ProcessedCrashKey(id), base::AsBytes("{}")));
    }
    search::CrashRow row;
    row.uuid = id;
    if (has_row) {
      EXPECT_TRUE(index_.Add(std::vector<search::CrashRow>{row}));
    }
    return id;
  }
  bool IsQueued(const std::string& id) { return queue_->Find({"report", id})->has_value(); }

  store::TemporaryFolder folder_;
  store::FileBlobStore blobs_ = *store::FileBlobStore::Open(folder_.Path("blobs"));
  std::unique_ptr<store::SqliteQueue> queue_ = *store::SqliteQueue::Open(folder_.Path("queue"));
  IndexForTest index_;
  std::atomic<int> arrivals_ = 0;
  QueuedPacks queued_packs_;
  HealerParts parts_{blobs_, *queue_, index_, [this] { ++arrivals_; }, [] { return kMay2026; }};
};

TEST_F(HealerTest, WhatIsNotWhollySavedIsQueuedOnce) {
  const std::string whole = Report(kMay2026, true, true);
  const std::string without_document = Report(kMay2026, false, false);
  const std::string without_row = Report(kMay2026 - base::kDayMs, true, false);
  const std::string old = Report(kMay2026 - 2 * base::kDayMs, false, false);
  EXPECT_EQ(*HealOnce(parts_, queued_packs_), 2u);
  EXPECT_FALSE(IsQueued(whole));
  EXPECT_TRUE(IsQueued(without_document));
  EXPECT_TRUE(IsQueued(without_row));
  EXPECT_FALSE(IsQueued(old)) << "the recovery at start looks further back";
  EXPECT_EQ(arrivals_, 1);
  EXPECT_EQ(*HealOnce(parts_, queued_packs_), 0u);
}

TEST_F(HealerTest, APackOfWhichTheIndexHasNothingIsQueued) {
  for (const char* const pack : {"lost", "processed"})
    ASSERT_TRUE(blobs_.Put(store::PingPackKey(intake::DayOf(kMay2026), pack), base::AsBytes("a pack")));
  search::CrashRow row;
  row.uuid = "00000000-0000-4000-8000-000000000001";
  row.pack = "processed";
  ASSERT_TRUE(index_.Add(std::vector<search::CrashRow>{row}));
  EXPECT_EQ(*HealOnce(parts_, queued_packs_), 1u);
  EXPECT_TRUE(queue_->Find({"ping", intake::DayOf(kMay2026) + "/lost"})->has_value());
}

TEST_F(HealerTest, APackWhosePingsAllCameBeforeIsQueuedOnce) {
  const std::string day = intake::DayOf(kMay2026);
  for (const std::string& of : {intake::DayOf(kMay2026 - base::kDayMs), day}) {
    ASSERT_TRUE(blobs_.Put(store::PingPackKey(of, "again"), base::AsBytes("a pack")));
  }
  EXPECT_EQ(*HealOnce(parts_, queued_packs_), 2u);
  const auto claims = queue_->Claim("ping", 2, 1000);
  ASSERT_EQ(claims->size(), 2u);
  ASSERT_TRUE(queue_->AckAll(*claims));
  EXPECT_EQ(*HealOnce(parts_, queued_packs_), 0u) << "it was processed, and the index had its pings";
  EXPECT_EQ(queued_packs_.size(), 2u);
  parts_.clock = [] { return kMay2026 + base::kDayMs; };
  EXPECT_EQ(*HealOnce(parts_, queued_packs_), 0u);
  EXPECT_EQ(queued_packs_, QueuedPacks{day + "/again"}) << "the day before yesterday is not looked at";
}

TEST_F(HealerTest, ItLooksAgainAndAgainAndStopsAtOnce) {
  const Healer healer(parts_, 5);
  const std::string id = Report(kMay2026, false, false);
  for (int i = 0; i < 1000 && !IsQueued(id); ++i) usleep(1'000);
  EXPECT_TRUE(IsQueued(id));
  const Healer patient(parts_, kHealEveryMs);
}

}  // namespace
}  // namespace cairn::processor
