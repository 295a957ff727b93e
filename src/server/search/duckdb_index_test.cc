#include "server/search/duckdb_index.h"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "os/clock.h"
#include "os/file.h"
#include "server/search/crash_rows_for_test.h"
#include "server/search/first_schema_for_test.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::search {
namespace {

using store::TemporaryFolder;
using ::testing::ElementsAre;

Query Everything() {
  return {.window = {0, kTestNowMs * 2},
          .kinds = {CrashKind::kReport, CrashKind::kPing},
          .columns = {FieldId::kUuid}};
}

TEST(ServerSearchDuckDbIndex, WhatWasAddedIsThereAfterReopening) {
  const TemporaryFolder folder;
  const std::vector<CrashRow> rows = RandomTestRows(50, 3);
  {
    auto index = DuckDbIndex::Open(folder.Path("index"));
    ASSERT_TRUE(index);
    ASSERT_TRUE((*index)->Add(rows));
  }
  auto index = DuckDbIndex::Open(folder.Path("index"));
  ASSERT_TRUE(index);
  EXPECT_EQ((*index)->Search(Everything())->total, rows.size());
  ASSERT_TRUE((*index)->Add(rows));
  EXPECT_EQ((*index)->Search(Everything())->total, rows.size());
  EXPECT_EQ((*(*index)->Get(rows[7].uuid))->signature, SignatureOfRow(rows[7]).signature);
}

TEST(ServerSearchDuckDbIndex, AQuestionWhoseTimeIsUpIsNotAnswered) {
  const TemporaryFolder folder;
  auto index = DuckDbIndex::Open(folder.Path("index"));
  ASSERT_TRUE(index);
  ASSERT_TRUE((*index)->Add(RandomTestRows(5, 3)));
  Query query = Everything();
  query.deadline = {.at_ms = 1, .limit_s = 30};
  const base::Error late{base::Code::kTimeout, 30, "search"};
  EXPECT_EQ((*index)->Search(query).error(), late);
  EXPECT_EQ((*index)->CountStacks(query, ThreadScope::kAnyThread, 10).error(), late);
  EXPECT_EQ((*index)->CountModules(query).error(), late);
  const std::vector<std::string> signatures = {"crash_here"};
  EXPECT_EQ((*index)->FindFirstSeen(signatures, query.kinds, query.deadline).error(), late);
  EXPECT_EQ((*index)->FindAlike({.signature = "crash_here", .deadline = query.deadline}).error(), late);
  EXPECT_EQ((*index)->FollowSignature("crash_here", query.deadline).error(), late);
  EXPECT_EQ((*index)->SumActivity({.window = query.window, .deadline = query.deadline}).error(), late);
  EXPECT_EQ((*index)->ReadInputs({.deadline = query.deadline}).error(), late);
  query.deadline = {.abandoned = std::make_shared<std::atomic<bool>>(true)};
  EXPECT_EQ((*index)->Search(query).error().code, base::Code::kUnreachable);
  query.deadline = {.at_ms = os::MonotonicMillis() + 60'000};
  EXPECT_EQ((*index)->Search(query)->total, 5U);
}

TEST(ServerSearchDuckDbIndex, AReaderEndsWhenNobodyWaitsForItAnyMore) {
  const TemporaryFolder folder;
  auto index = DuckDbIndex::Open(folder.Path("index"));
  ASSERT_TRUE(index);
  ASSERT_TRUE((*index)->Add(RandomTestRows(5, 3)));
  const auto gone = std::make_shared<std::atomic<bool>>(false);
  const auto reader = (*index)->ReadInputs({.deadline = {.abandoned = gone}});
  ASSERT_TRUE(reader);
  EXPECT_EQ((*reader)->Next(1)->size(), 1U);
  gone->store(true);
  EXPECT_EQ((*reader)->Next(1).error().code, base::Code::kUnreachable);
}

TEST(ServerSearchDuckDbIndex, HitsAloneAreThoseOfTheWholeAnswer) {
  const TemporaryFolder folder;
  auto index = DuckDbIndex::Open(folder.Path("index"));
  ASSERT_TRUE(index);
  ASSERT_TRUE((*index)->Add(RandomTestRows(50, 3)));
  Query query = Everything();
  query.hits_max = 20;
  const auto whole = (*index)->Search(query);
  query.with_total = false;
  const auto hits = (*index)->Search(query);
  ASSERT_TRUE(whole && hits);
  EXPECT_EQ(hits->hits, whole->hits);
  EXPECT_EQ(hits->next, whole->next);
  EXPECT_EQ(hits->total, 0U);
}

TEST(ServerSearchDuckDbIndex, EachWeekAndKindHasItsFileAndRowsHoldNoSignature) {
  const TemporaryFolder folder;
  CrashRow sunday = TestRow(1);
  CrashRow monday = TestRow(2);
  monday.date_ms = kTestNowMs + kTestDayMs;
  CrashRow ping = TestRow(3);
  ping.kind = CrashKind::kPing;
  for (CrashRow* const row : {&sunday, &monday, &ping}) SetSignature(*row, "a_signature_to_be_found", "");
  {
    auto index = DuckDbIndex::Open(folder.Path("index"));
    ASSERT_TRUE(index);
    ASSERT_TRUE((*index)->Add(std::vector<CrashRow>{sunday, monday, ping}));
  }
  EXPECT_THAT(*os::ListDirectory(folder.Path("index/weeks")),
              ElementsAre("ping-2026-11-16.duckdb", "report-2026-11-16.duckdb", "report-2026-11-23.duckdb"));
  const auto holds = [&](const std::string& file) {
    return os::ReadFile(folder.Path("index/" + file), 1 << 26)->find("a_signature_to_be_found") !=
           std::string::npos;
  };
  EXPECT_TRUE(holds("dictionary.duckdb"));
  EXPECT_FALSE(holds("weeks/report-2026-11-16.duckdb"));
  // Expiry of a week is an unlink while the index is closed.
  ASSERT_TRUE(os::RemoveFile(folder.Path("index/weeks/report-2026-11-23.duckdb")));
  auto index = DuckDbIndex::Open(folder.Path("index"));
  ASSERT_TRUE(index);
  EXPECT_EQ((*index)->Search(Everything())->total, 2U);
}

TEST(ServerSearchDuckDbIndex, UnfinishedAndForeignFilesAreLeftAside) {
  const TemporaryFolder folder;
  ASSERT_TRUE(os::MakeDirectories(folder.Path("index/weeks")));
  for (const std::string name :
       {"dictionary.duckdb.new", "weeks/report-2026-11-16.duckdb.new", "weeks/notes.txt",
        "weeks/report-2026-11-17.duckdb", "weeks/report-xxxx-yy-zz.duckdb"}) {
    ASSERT_TRUE(os::WriteFileDurably(folder.Path("index/" + name), base::AsBytes("half a file")));
  }
  auto index = DuckDbIndex::Open(folder.Path("index"));
  ASSERT_TRUE(index);
  ASSERT_TRUE((*index)->Add(std::vector<CrashRow>{TestRow(1)}));
  EXPECT_EQ((*index)->Search(Everything())->total, 1U);
}

TEST(ServerSearchDuckDbIndex, ADamagedFileIsAnErrorInWords) {
  const TemporaryFolder folder;
  ASSERT_TRUE(os::MakeDirectories(folder.Path("index/weeks")));
  ASSERT_TRUE(os::WriteFileDurably(folder.Path("index/weeks/ping-2026-11-16.duckdb"),
                                   base::AsBytes(std::string(20'000, 'x'))));
  std::string message;
  const auto index =
      DuckDbIndex::Open(folder.Path("index"), {.messages = [&](std::string_view text) { message = text; }});
  EXPECT_FALSE(index);
  EXPECT_NE(message.find("ping-2026-11-16"), std::string::npos) << message;
}

TEST(ServerSearchDuckDbIndex, AFolderOfTheFirstSchemaOpensAndGoesOn) {
  const TemporaryFolder folder;
  const CrashRow row = TestRow(1);
  ASSERT_TRUE(os::MakeDirectories(folder.Path("index/weeks")));
  const auto make = [&](const std::string& file, const std::string& statements) {
    const auto database = DuckDatabase::Open(folder.Path("index/" + file), {}, {});
    ASSERT_TRUE(database);
    EXPECT_TRUE(database->Connect()->Execute(statements));
  };
  const std::string input_id = std::to_string(row.input->id());
  make("dictionary.duckdb", std::string(kFirstDictionary) + "INSERT INTO signature_inputs VALUES (" +
                                input_id + ", 1, 'Linux', '', '{}'); INSERT INTO signatures VALUES (" +
                                input_id + ", 'of_old', 'of_old | main')");
  make("weeks/report-2026-11-16.duckdb",
       std::string(kFirstCrashes) +
           "INSERT INTO crashes (uuid, date_ms, input_id, stack_id, product) VALUES ('" + row.uuid + "', " +
           std::to_string(row.date_ms) + ", " + input_id + ", 1, 'Crashy')");
  for (int round = 0; round < 2; ++round) {
    auto index = DuckDbIndex::Open(folder.Path("index"));
    ASSERT_TRUE(index);
    EXPECT_EQ((*(*index)->Get(row.uuid))->signature, round == 0 ? "of_old" : "crash_here");
    ASSERT_TRUE((*index)->Add(std::vector<CrashRow>{row, TestRow(2)}));
    EXPECT_EQ((*index)->Search(Everything())->total, 2U) << "what was there is known";
    EXPECT_EQ((*(*index)->Get(row.uuid))->signature, "crash_here");
  }
}

TEST(ServerSearchDuckDbIndex, ASecondOwnerIsRefused) {
  const TemporaryFolder folder;
  const auto index = DuckDbIndex::Open(folder.Path("index"));
  ASSERT_TRUE(index);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) _exit(DuckDbIndex::Open(folder.Path("index")) ? 1 : 0);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

// Batch `number` of the test below: rows of both kinds in two weeks, and stacks of its own.
std::vector<CrashRow> KillTestBatch(std::uint64_t number) {
  constexpr std::uint64_t kRows = 8;
  std::vector<CrashRow> rows;
  for (std::uint64_t i = 0; i < kRows; ++i) {
    CrashRow row = TestRow(number * kRows + i);
    row.kind = i % 2 == 0 ? CrashKind::kReport : CrashKind::kPing;
    if (i % 4 < 2) row.date_ms -= 7 * kTestDayMs;
    ChangeStack(row, [&](std::vector<StackFrame>& frames) { frames[0].module_offset = number; });
    SetSignature(row, "signature_" + std::to_string(number), "");
    rows.push_back(row);
  }
  return rows;
}

// A child adds batches and writes the number of each acknowledged one to a pipe until it is killed in the
// middle.
TEST(ServerSearchDuckDbIndex, NoAcknowledgedBatchIsLostByAKillAndReplayAddsNothing) {
  const TemporaryFolder folder;
  std::uint64_t next = 0;
  constexpr int kKills = 3;
  for (int round = 0; round < kKills; ++round) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      auto index = DuckDbIndex::Open(folder.Path("index"));
      for (std::uint64_t number = next; index && (*index)->Add(KillTestBatch(number)); ++number) {
        if (write(ends[1], &number, sizeof number) != sizeof number) break;
      }
      _exit(1);
    }
    close(ends[1]);
    std::uint64_t number = 0;
    bool killed = false;
    const std::uint64_t kill_at = next + 3 + static_cast<std::uint64_t>(round) * 4;
    while (read(ends[0], &number, sizeof number) == sizeof number) {
      next = number + 1;
      if (number >= kill_at && !killed) {
        usleep(static_cast<useconds_t>(1000 * (1 + round * 4)));  // Another place within a batch each time.
        killed = kill(child, SIGKILL) == 0;
      }
    }
    close(ends[0]);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
  }

  auto index = DuckDbIndex::Open(folder.Path("index"));
  ASSERT_TRUE(index);
  for (std::uint64_t number = 0; number < next; ++number) {
    for (const CrashRow& row : KillTestBatch(number)) {
      const auto found = (*index)->Get(row.uuid);
      ASSERT_TRUE(found && *found) << row.uuid;
      EXPECT_EQ((*found)->signature, SignatureOfRow(row).signature);
    }
  }
  // Whoever got no answer adds the batch again, whole or in part there already.
  for (std::uint64_t number = 0; number <= next; ++number) ASSERT_TRUE((*index)->Add(KillTestBatch(number)));
  EXPECT_EQ((*index)->Search(Everything())->total, (next + 1) * 8);
}

}  // namespace
}  // namespace cairn::search
