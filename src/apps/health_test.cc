#include "apps/health.h"

#include <gtest/gtest.h>

#include <thread>

#include "os/clock.h"
#include "os/file.h"
#include "server/search/duckdb_index.h"
#include "server/store/file_blob_store.h"
#include "server/store/soci_directory.h"
#include "server/store/sqlite_queue.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::apps {
namespace {

std::string NamesOf(const std::vector<HealthError>& errors) {
  std::string names;
  for (const HealthError& error : errors) names += error.name + " ";
  return names;
}

class CheckStoresTest : public ::testing::Test {
 protected:
  CheckStoresTest() { EXPECT_TRUE(os::MakeDirectories(folder_.Path("pings"))); }

  HealthParts Parts() {
    return {.blobs = blobs_,
            .queue = *queue_,
            .index = *index_,
            .directory = *directory_,
            .ledger = *ledger_,
            .data = folder_.Path(""),
            .disk_free_min_bytes = 1,
            .fold_in = fold_in_,
            .index_writes = index_writes_,
            .workers = workers_};
  }

  store::TemporaryFolder folder_;
  store::FileBlobStore blobs_ = *store::FileBlobStore::Open(folder_.Path("blobs"));
  std::unique_ptr<store::SqliteQueue> queue_ = *store::SqliteQueue::Open(folder_.Path("queue.sqlite"));
  std::unique_ptr<search::DuckDbIndex> index_ = *search::DuckDbIndex::Open(folder_.Path("index"));
  std::unique_ptr<store::SociDirectory> directory_ =
      *store::SociDirectory::OpenSqlite(folder_.Path("directory.sqlite"));
  std::unique_ptr<pings::Ledger> ledger_ = *pings::Ledger::Open(folder_.Path("pings.sqlite"));
  pings::FoldInMetrics fold_in_;
  processor::IndexMetrics index_writes_;
  worker::WorkerMetrics workers_;
};

TEST_F(CheckStoresTest, WorkingStoresHaveNoErrorsAndKeepNothingOfTheProbes) {
  for (int i = 0; i < 2; ++i) EXPECT_EQ(NamesOf(CheckStores(Parts())), "");
  const auto keys = blobs_.List("v1/", "", 10);
  ASSERT_TRUE(keys);
  EXPECT_TRUE(keys->empty());
  EXPECT_FALSE(*queue_->Find({"heartbeat", "probe"}));
}

TEST_F(CheckStoresTest, AProbeThatAKillLeftInTheQueueIsTakenAlong) {
  ASSERT_TRUE(queue_->Push({"heartbeat", "probe"}));
  EXPECT_EQ(NamesOf(CheckStores(Parts())), "");
  EXPECT_FALSE(*queue_->Find({"heartbeat", "probe"}));
}

TEST_F(CheckStoresTest, AProbeThatWasSetAsideIsTakenAgain) {
  ASSERT_TRUE(queue_->Push({"heartbeat", "probe"}));
  const auto claims = queue_->Claim("heartbeat", 1, 60'000);
  ASSERT_TRUE(claims && claims->size() == 1);
  ASSERT_TRUE(queue_->SetAside(claims->at(0), "rounds that broke off"));
  EXPECT_EQ(NamesOf(CheckStores(Parts())), "");
  EXPECT_FALSE(*queue_->Find({"heartbeat", "probe"}));
}

TEST_F(CheckStoresTest, EachTroubleHasItsName) {
  HealthParts parts = Parts();
  parts.disk_free_min_bytes = std::uint64_t{1} << 60;
  EXPECT_EQ(NamesOf(CheckStores(parts)), "disk ");
  fold_in_.failing_since_ms = os::MonotonicMillis() - 1'000;
  EXPECT_EQ(NamesOf(CheckStores(Parts())), "") << "it may pass";
  fold_in_.failing_since_ms = os::MonotonicMillis() - 60'000;
  EXPECT_EQ(NamesOf(CheckStores(Parts())), "fold_in ");
  fold_in_.failing_since_ms = 0;
  index_writes_.refuses = true;
  workers_.cannot_start = true;
  EXPECT_EQ(NamesOf(CheckStores(Parts())), "index worker ");
  index_writes_.refuses = false;
  workers_.cannot_start = false;
  ASSERT_EQ(rmdir(folder_.Path("pings").c_str()), 0);
  EXPECT_EQ(NamesOf(CheckStores(Parts())), "spool ");
}

TEST(HealthTest, OneRoundAnswersAllWhoAskWithinAMoment) {
  std::atomic<int> rounds = 0;
  Health health(
      [&rounds] {
        ++rounds;
        return std::vector<HealthError>{{"queue", "stuck"}};
      },
      200);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(NamesOf(health.Ask()), "queue ");
  EXPECT_EQ(rounds, 1);
  std::this_thread::sleep_for(std::chrono::milliseconds(250));
  (void)health.Ask();
  EXPECT_EQ(rounds, 2);
}

TEST(HealthTest, AStoreThatHangsIsNotWellAndHoldsUpNobody) {
  std::atomic<bool> hang = true;
  Health health(
      [&hang] {
        while (hang) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        return std::vector<HealthError>();
      },
      50, 200);
  const auto ask_in_background = [&health] { return std::thread([&health] { (void)health.Ask(); }); };
  std::thread first = ask_in_background();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(NamesOf(health.Ask()), "health ") << "the first round is waited for, not for long";
  hang = false;
  first.join();
  EXPECT_EQ(NamesOf(health.Ask()), "");
  hang = true;
  std::this_thread::sleep_for(std::chrono::milliseconds(60));
  std::thread second = ask_in_background();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  const std::int64_t asked_ms = os::MonotonicMillis();
  EXPECT_EQ(NamesOf(health.Ask()), "") << "the last answer stands for a while";
  EXPECT_LT(os::MonotonicMillis() - asked_ms, 150);
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_EQ(NamesOf(health.Ask()), "health ");
  hang = false;
  second.join();
  EXPECT_EQ(NamesOf(health.Ask()), "");
}

TEST(HealthTest, TheAnswerHasAntennasForm) {
  EXPECT_EQ(HealthAsJson({}), "{\"errors\":[]}");
  EXPECT_EQ(HealthAsJson({{"queue", "it \"hangs\""}, {"disk", "full"}}),
            R"({"errors":[{"name":"queue","msg":"it \"hangs\""},{"name":"disk","msg":"full"}]})");
}

}  // namespace
}  // namespace cairn::apps
