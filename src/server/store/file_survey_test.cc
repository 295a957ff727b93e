#include "server/store/file_survey.h"

#include <gtest/gtest.h>

#include "os/file.h"
#include "server/store/sqlite_queue.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::store {
namespace {

TEST(FileSurveyTest, CountsWhatWasSetAsideByItsReasonWhileTheQueueIsOpen) {
  const TemporaryFolder folder;
  const std::string path = folder.Path("queue.sqlite");
  const std::unique_ptr<SqliteQueue> queue = *SqliteQueue::Open(path);
  for (const char* const id : {"a", "b", "c", "d"}) ASSERT_TRUE(queue->Push({"report", id}));
  const auto claims = queue->Claim("report", 3, 60'000);
  ASSERT_TRUE(claims && claims->size() == 3);
  ASSERT_TRUE(queue->SetAside(claims->at(0), "rare"));
  ASSERT_TRUE(queue->SetAside(claims->at(1), "often"));
  ASSERT_TRUE(queue->SetAside(claims->at(2), "often"));
  const auto counts = CountSetAside(path);
  ASSERT_TRUE(counts);
  ASSERT_EQ(counts->size(), 2U);
  EXPECT_EQ(counts->at(0).kind + " " + counts->at(0).reason, "report often");
  EXPECT_EQ(counts->at(0).count, 2);
  EXPECT_EQ(counts->at(1).reason, "rare");
  const auto to_do = CountToDo(path);
  ASSERT_TRUE(to_do);
  EXPECT_EQ(*to_do, 1);
  const auto claimed = queue->Claim("report", 1, 60'000);
  ASSERT_TRUE(claimed && claimed->size() == 1);
  EXPECT_EQ(*CountToDo(path), 1) << "looking ends no claim";
  EXPECT_TRUE(queue->Ack(claimed->at(0)));
  EXPECT_EQ(*CountToDo(path), 0);
  EXPECT_EQ(*QuickCheck(path), "ok");
}

TEST(FileSurveyTest, DamageIsFoundAndWhatIsNotThereIsNotMade) {
  const TemporaryFolder folder;
  const std::string path = folder.Path("queue.sqlite");
  {
    const std::unique_ptr<SqliteQueue> queue = *SqliteQueue::Open(path);
    for (int i = 0; i < 2000; ++i) ASSERT_TRUE(queue->Push({"report", "id-" + std::to_string(i)}));
  }
  std::string bytes = *os::ReadFile(path, 64 << 20);
  ASSERT_GT(bytes.size(), 40'000U);
  std::fill(bytes.begin() + 20'000, bytes.begin() + 30'000, 'x');
  ASSERT_TRUE(os::WriteFileDurably(path, base::AsBytes(bytes)));
  const auto damaged = QuickCheck(path);
  EXPECT_TRUE(!damaged || *damaged != "ok");
  EXPECT_EQ(QuickCheck(folder.Path("other")).error().code, base::Code::kNotFound);
  EXPECT_FALSE(os::Inspect(folder.Path("other")));
}

}  // namespace
}  // namespace cairn::store
