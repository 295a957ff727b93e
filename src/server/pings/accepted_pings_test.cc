#include "server/pings/accepted_pings.h"

#include <gtest/gtest.h>

#include "server/intake/ping_pack.h"
#include "server/intake/queue_kinds.h"
#include "server/store/blob_keys.h"
#include "server/store/file_blob_store.h"
#include "server/store/sqlite_queue.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::pings {
namespace {

TEST(AcceptedPingsTest, EachDayOfABatchIsOnePackHoweverOftenItComes) {
  const store::TemporaryFolder folder;
  auto blobs = store::FileBlobStore::Open(folder.Path("blobs"));
  auto queue = store::SqliteQueue::Open(folder.Path("queue"));
  ASSERT_TRUE(blobs && queue);
  int arrived = 0;
  QueuedPings accepted(*blobs, **queue, [&arrived] { ++arrived; });
  std::vector<AcceptedPing> pings = {{"20261122", "id 1", "ping 1"}, {"20261123", "id 2", "ping 2"}};
  ASSERT_TRUE(accepted.Take("batch-1", {}));
  EXPECT_EQ(arrived, 0);
  ASSERT_TRUE(accepted.Take("batch-1", pings));
  // After a kill the same batch may have more at its end.
  pings.push_back({"20261122", "id 3", "ping 3"});
  ASSERT_TRUE(accepted.Take("batch-1", pings));
  EXPECT_EQ(arrived, 2);
  const std::string pack = *blobs->Get(store::PingPackKey("20261122", "batch-1"), 1000);
  const auto held = intake::ReadPingPack(pack);
  ASSERT_TRUE(held);
  EXPECT_EQ(std::vector<std::string>(held->begin(), held->end()),
            (std::vector<std::string>{"ping 1", "ping 3"}));
  EXPECT_EQ((*queue)->Count(intake::kPingKind)->ready, 2u);
  EXPECT_TRUE((*queue)->Find({"ping", "20261123/batch-1"})->has_value());
}

}  // namespace
}  // namespace cairn::pings
