#include "apps/replay_ledger.h"

#include <gtest/gtest.h>

#include <string>

#include "os/file.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::apps {
namespace {

constexpr const char* kKey = "3f0c5a1e-0000-4000-8000-000000000001";

TEST(ReplayLedgerTest, WhatIsWrittenIsRead) {
  const store::TemporaryFolder folder;
  const LedgerEntry entries[] = {
      {1'000, ShotKind::kCrashPing, kKey, std::string(kAnswerOk), false},
      {1'001, ShotKind::kReport, kKey, "5b2e0000-0000-4000-8000-000000261122", true},
      {1'002, ShotKind::kReport, kKey, std::string(kAnswerDiscarded), false},
      {1'003, ShotKind::kMainPing, kKey, std::string(kAnswerNone), false}};
  for (int part = 0; part < 2; ++part) {  // A second run appends.
    base::Result<LedgerFile> file = LedgerFile::Open(folder.Path("ledger"));
    ASSERT_TRUE(file);
    for (const LedgerEntry& entry : std::span(entries).subspan(part == 0 ? 0 : 2, 2))
      ASSERT_TRUE(file->Append(entry));
    ASSERT_TRUE(file->Finish());
  }
  const base::Result<std::vector<LedgerEntry>> read = ReadLedgerFile(folder.Path("ledger"));
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ((*read)[i].Line(), entries[i].Line());
  EXPECT_TRUE((*read)[1].is_again);
  EXPECT_TRUE((*read)[3].IsUnknown());
}

TEST(ReplayLedgerTest, ACutLineAtTheEndIsPassedOver) {
  const store::TemporaryFolder folder;
  const std::string whole = LedgerEntry{5, ShotKind::kCrashPing, kKey, "ok", false}.Line();
  ASSERT_TRUE(os::WriteFileDurably(folder.Path("ledger"), base::AsBytes(whole + "6 crash 3f0c")));
  const base::Result<std::vector<LedgerEntry>> read = ReadLedgerFile(folder.Path("ledger"));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->size(), 1U);
}

TEST(ReplayLedgerTest, AnythingElseIsAnErrorWithItsPlace) {
  for (const std::string line :
       {"", "5 crash", "x crash k ok first", "5 ping k ok first", "5 crash k ok once", "5 crash k none first",
        "5 crash k ok unknown", "5 crash k ok first more"}) {
    EXPECT_FALSE(ReadLedgerLine(line)) << line;
  }
  const store::TemporaryFolder folder;
  const std::string whole = LedgerEntry{5, ShotKind::kCrashPing, kKey, "ok", false}.Line();
  ASSERT_TRUE(os::WriteFileDurably(folder.Path("ledger"), base::AsBytes(whole + "nonsense\n")));
  const base::Result<std::vector<LedgerEntry>> read = ReadLedgerFile(folder.Path("ledger"));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().offset, whole.size());
}

}  // namespace
}  // namespace cairn::apps
