#include "server/pings/accepted_pings.h"

#include <gtest/gtest.h>

#include "server/intake/queue_kinds.h"
#include "server/store/blob_keys.h"
#include "server/store/file_blob_store.h"
#include "server/store/sqlite_queue.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::pings {
namespace {

TEST(AcceptedPingsTest, TheyAreStoredAndQueuedHoweverOftenTheyCome) {
  const store::TemporaryFolder folder;
  auto blobs = store::FileBlobStore::Open(folder.Path("blobs"));
  auto queue = store::SqliteQueue::Open(folder.Path("queue"));
  ASSERT_TRUE(blobs && queue);
  int arrived = 0;
  QueuedPings accepted(*blobs, **queue, [&arrived] { ++arrived; });
  const intake::PingId id{"20261122", "89ba9d98-b041-46f3-8b1a-36dfeb5e1b15"};
  const std::vector<AcceptedPing> pings = {{id, "the ping"}};
  ASSERT_TRUE(accepted.Take({}));
  EXPECT_EQ(arrived, 0);
  ASSERT_TRUE(accepted.Take(pings));
  ASSERT_TRUE(accepted.Take(pings));
  EXPECT_EQ(arrived, 2);
  EXPECT_EQ(*blobs->Get(store::RawPingKey(id.day, id.document_id), 100), "the ping");
  EXPECT_EQ((*queue)->Count(intake::kPingKind)->ready, 1u);
}

}  // namespace
}  // namespace cairn::pings
