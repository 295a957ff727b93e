#include "server/retention/removal.h"

#include <thread>

#include <gtest/gtest.h>

#include "server/retention/stores_for_test.h"

namespace cairn::retention {
namespace {

TEST(ServerRetentionRemoval, TheRawCrashGoesLast) {
  StoresForTest stores;
  const std::string id = stores.AddReport(search::kTestNowMs, "Crashy");
  const auto keys = KeysOfReport(stores.blobs, id);
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->size(), 5U);
  EXPECT_EQ(keys->back(), store::RawCrashKey(*intake::DayOfCrashId(id), id));
  EXPECT_EQ(*RemoveObjects(stores.blobs, *keys), 5U);
  EXPECT_FALSE(stores.HasAnyOf(id));
  EXPECT_EQ(*RemoveObjects(stores.blobs, *keys), 0U);
}

TEST(ServerRetentionRemoval, NamesThatAreNoKeysAreNotFollowed) {
  StoresForTest stores;
  const std::string id = intake::MakeCrashId(search::kTestNowMs, '0');
  stores.Put(store::NamedDumpKey("dump_names", id), R"(["../../escape","upload_file_minidump_x"])");
  const auto keys = KeysOfReport(stores.blobs, id);
  for (const std::string& key : *keys) EXPECT_TRUE(store::IsValidKey(key)) << key;
}

TEST(ServerRetentionRemoval, WhoIsMeantIsWaitedForAndNobodyElse) {
  StoresForTest stores;
  for (const std::string id : {"meant", "other"}) ASSERT_TRUE(stores.queue->Push({"report", id}));
  const auto claims = stores.queue->Claim("report", 2, 60'000);
  ASSERT_EQ(claims->size(), 2U);
  const IsMeant is_meant = [](const intake::Lane&, std::string_view id) { return id == "meant"; };
  EXPECT_EQ(WaitForWorkers(*stores.queue, is_meant, 50).error().code, base::Code::kTimeout);
  std::thread worker([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    EXPECT_TRUE(stores.queue->Nack((*claims)[0], "again"));
  });
  EXPECT_TRUE(WaitForWorkers(*stores.queue, is_meant, 30'000));
  worker.join();
}

}  // namespace
}  // namespace cairn::retention
