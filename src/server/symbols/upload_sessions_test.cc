#include "server/symbols/upload_sessions.h"

#include <gtest/gtest.h>

#include "base/time_units.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::symbols {
namespace {

class UploadSessionsTest : public ::testing::Test {
 protected:
  std::unique_ptr<UploadSessions> Open() {
    return *UploadSessions::Open(folder_.Path("sessions"), [this] { return now_ms_; });
  }
  static Session Sample() {
    return {.user = "u",
            .protocol = "v2",
            .upload_id = 17,
            .symbol_class = store::SymbolClass::kTry,
            .product = "Fox",
            .files = {{"a/AB/c.sym", 5, "md5"}, {"d/AB/e.sym", 6, "other"}},
            .skipped_keys = {"f/AB/g.sym"}};
  }

  store::TemporaryFolder folder_;
  std::int64_t now_ms_ = 1'795'000'000'000;
};

TEST_F(UploadSessionsTest, ASessionOutlivesTheProcess) {
  const auto created = Open()->Create(Sample());
  ASSERT_TRUE(created);
  const auto sessions = Open();
  const auto found = sessions->Find(created->id);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->user, "u");
  EXPECT_EQ(found->symbol_class, store::SymbolClass::kTry);
  EXPECT_EQ(found->files.at(1).key, "d/AB/e.sym");
  EXPECT_EQ(found->files.at(1).size, 6U);
  EXPECT_EQ(found->skipped_keys, Sample().skipped_keys);
  EXPECT_EQ(sessions->FindByUpload(17)->id, created->id);
  EXPECT_EQ(sessions->FindByUpload(1).error().code, base::Code::kNotFound);
  ASSERT_TRUE(sessions->Remove(created->id));
  EXPECT_EQ(sessions->Find(created->id).error().code, base::Code::kNotFound);
}

TEST_F(UploadSessionsTest, ASessionEndsAndIsSwept) {
  const auto sessions = Open();
  const auto created = sessions->Create(Sample());
  now_ms_ += kSessionDays * base::kDayMs - 1;
  EXPECT_TRUE(sessions->Find(created->id));
  ASSERT_TRUE(os::WriteAll(sessions->OpenPart({created->id, 0})->get(), base::AsBytes("abc")));
  now_ms_ += 1;
  EXPECT_FALSE(sessions->Find(created->id));
  ASSERT_TRUE(sessions->Create(Sample()));
  EXPECT_EQ(os::ListDirectory(folder_.Path("sessions"))->size(), 1U);
}

TEST_F(UploadSessionsTest, WhatCameOfAFileStaysAndOneWritesAtATime) {
  const auto sessions = Open();
  const SessionPlace place{sessions->Create(Sample())->id, 1};
  {
    const auto hold = sessions->TakeHold(place);
    EXPECT_TRUE(hold);
    EXPECT_FALSE(sessions->TakeHold(place));
    EXPECT_TRUE(sessions->TakeHold({place.session_id, 0}));
    ASSERT_TRUE(os::WriteAll(sessions->OpenPart(place)->get(), base::AsBytes("abc")));
  }
  EXPECT_TRUE(sessions->TakeHold(place));
  EXPECT_EQ(os::InspectOpen(sessions->OpenPart(place)->get())->size, 3U);
  EXPECT_FALSE(sessions->IsDone(place));
  ASSERT_TRUE(sessions->MarkDone(place));
  EXPECT_TRUE(Open()->IsDone(place));
  EXPECT_EQ(os::InspectOpen(sessions->OpenPart(place)->get())->size, 0U);
}

TEST_F(UploadSessionsTest, NoIdLeadsOutOfTheFolder) {
  const auto sessions = Open();
  ASSERT_TRUE(os::WriteFileDurably(folder_.Path("session.json"), base::AsBytes(WriteSession(Sample()))));
  for (const char* id : {"", ".", "..", "../", "1", "1/2.3", ".a", "a..b"})
    EXPECT_FALSE(sessions->Find(id)) << id;
}

}  // namespace
}  // namespace cairn::symbols
