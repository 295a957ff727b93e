#include "server/pings/spool.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "server/intake/record.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::pings {
namespace {

constexpr std::size_t kMany = 1000;

class SpoolTest : public ::testing::Test {
 protected:
  SpoolTest() { Reopen({}); }
  void Reopen(SpoolPosition done) {
    spool_.reset();
    auto opened = Spool::Open(folder_.Path("pings"), done, 0);
    ASSERT_TRUE(opened);
    spool_ = *std::move(opened);
  }
  SpoolBatch Read(SpoolPosition position, std::size_t records_max = kMany) {
    auto batch = spool_->Read(position, records_max, 1 << 20);
    EXPECT_TRUE(batch);
    return batch ? *batch : SpoolBatch{};
  }
  std::vector<std::string> Files() {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.Path("pings")))
      files.push_back(entry.path());
    std::ranges::sort(files);
    return files;
  }

  store::TemporaryFolder folder_;
  std::unique_ptr<Spool> spool_;
};

using Texts = std::vector<std::string>;

TEST_F(SpoolTest, WhatIsAppendedIsReadInOrder) {
  ASSERT_TRUE(spool_->Append("one"));
  ASSERT_TRUE(spool_->Append("two"));
  const SpoolBatch first = Read({}, 1);
  EXPECT_EQ(first.records, Texts{"one"});
  const SpoolBatch second = Read(first.next);
  EXPECT_EQ(second.records, Texts{"two"});
  EXPECT_TRUE(Read(second.next).records.empty());
  ASSERT_TRUE(spool_->Append("three"));
  EXPECT_EQ(Read(second.next).records, Texts{"three"});
}

TEST_F(SpoolTest, WhatIsStillToBeReadIsMeasured) {
  EXPECT_EQ(*spool_->BytesBehind({}), 0U);
  ASSERT_TRUE(spool_->Append("one"));
  ASSERT_TRUE(spool_->Append("four"));
  EXPECT_EQ(*spool_->BytesBehind({}), 2 * 8 + 3 + 4U);
  const SpoolBatch first = Read({}, 1);
  EXPECT_EQ(*spool_->BytesBehind(first.next), 8 + 4U);
  Reopen(first.next);
  ASSERT_TRUE(spool_->Append("another file"));
  EXPECT_EQ(*Spool::BytesBehind(folder_.Path("pings"), first.next), 8 + 4 + 8 + 12U);
  EXPECT_EQ(*spool_->BytesBehind(Read(first.next).next), 8 + 12U);
  EXPECT_FALSE(Spool::BytesBehind(folder_.Path("nowhere"), {}));
}

TEST_F(SpoolTest, WhatCameBeforeAClosingIsRemovedOnceItIsRead) {
  ASSERT_TRUE(spool_->Append("one"));
  const auto end = spool_->CloseSegment();
  ASSERT_TRUE(end);
  ASSERT_TRUE(spool_->Append("two"));
  EXPECT_FALSE(*spool_->IsRemovedBefore(*end));
  const SpoolBatch all = Read({});
  const SpoolBatch both = all.records.size() == 2 ? all : Read(all.next);
  EXPECT_EQ(both.records.back(), "two");
  ASSERT_TRUE(spool_->RemoveBefore({end->segment, 0}));
  EXPECT_TRUE(*spool_->IsRemovedBefore(*end));
  EXPECT_EQ(Read({}).records, Texts{"two"});
}

TEST_F(SpoolTest, BlankedRecordsLeaveNoByteAndTheOthersWhereTheyWere) {
  for (const char* const text : {"one", "a mark to be blanked", "three"}) ASSERT_TRUE(spool_->Append(text));
  const SpoolPosition behind_two = Read({}, 2).next;
  Reopen({});
  ASSERT_TRUE(
      spool_->Blank([](std::string_view record) { return record.find("mark") != std::string_view::npos; }));
  EXPECT_EQ(Read({}).records, (Texts{"one", std::string(20, ' '), "three"}));
  EXPECT_EQ(Read(behind_two).records, Texts{"three"});
  for (const std::string& file : Files()) {
    std::ifstream stream(file, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
    EXPECT_EQ(bytes.find("mark"), std::string::npos);
  }
}

TEST_F(SpoolTest, WhatAKilledBlankingLeftIsRemoved) {
  ASSERT_TRUE(spool_->Append("one"));
  const std::string left = folder_.Path("pings") + "/000000000001.pings.new-4715-1";
  std::ofstream(left) << "a mark to be blanked";
  Reopen({});
  EXPECT_EQ(Read({}).records, Texts{"one"});
  EXPECT_FALSE(std::filesystem::exists(left));
}

TEST_F(SpoolTest, ItOutlivesItsProcess) {
  ASSERT_TRUE(spool_->Append("one"));
  const SpoolPosition behind_one = Read({}).next;
  Reopen({});
  ASSERT_TRUE(spool_->Append("two"));
  EXPECT_EQ(Read({}).records, Texts{"one"});
  EXPECT_EQ(Read(behind_one).records, Texts{"two"});
  Reopen(behind_one);
  EXPECT_EQ(Read(behind_one).records, Texts{"two"});
}

TEST_F(SpoolTest, NothingIsLeftOfWhatWasReadAndRemoved) {
  ASSERT_TRUE(spool_->Append("secret"));
  const SpoolPosition end = Read({}).next;
  ASSERT_TRUE(spool_->RemoveBefore(end));
  EXPECT_TRUE(Files().empty());
  // No number comes twice, so that a position that was kept elsewhere stays behind.
  ASSERT_TRUE(spool_->Append("next"));
  EXPECT_EQ(Read(end).records, Texts{"next"});
  const SpoolPosition later = Read(end).next;
  ASSERT_TRUE(spool_->RemoveBefore(later));
  Reopen(later);
  ASSERT_TRUE(spool_->Append("after a restart"));
  EXPECT_EQ(Read(later).records, Texts{"after a restart"});
}

TEST_F(SpoolTest, WhatWasNotReadIsNotRemoved) {
  ASSERT_TRUE(spool_->Append("one"));
  const SpoolPosition behind_one = Read({}).next;
  ASSERT_TRUE(spool_->Append("two"));
  ASSERT_TRUE(spool_->RemoveBefore(behind_one));
  EXPECT_EQ(Read(behind_one).records, Texts{"two"});
}

TEST_F(SpoolTest, AQuietSpoolIsWaitedFor) {
  auto patient = Spool::Open(folder_.Path("patient"), {}, 60'000);
  ASSERT_TRUE(patient);
  ASSERT_TRUE((*patient)->Append("one"));
  const auto batch = (*patient)->Read({}, kMany, 1 << 20);
  ASSERT_TRUE((*patient)->RemoveBefore(batch->next));
  EXPECT_FALSE(std::filesystem::is_empty(folder_.Path("patient")));
}

TEST_F(SpoolTest, ATornEndIsPassedOver) {
  ASSERT_TRUE(spool_->Append("whole"));
  ASSERT_TRUE(spool_->Append("torn in the middle"));
  const std::string file = Files().at(0);
  for (const std::size_t cut : {1u, 17u, 20u, 25u}) {
    spool_.reset();
    std::filesystem::resize_file(file, std::filesystem::file_size(file) - (cut == 1 ? 1 : 0));
    if (cut > 1) std::filesystem::resize_file(file, 8 + 5 + 26 - cut);
    Reopen({});
    ASSERT_TRUE(spool_->Append("later"));
    const SpoolBatch first = Read({});
    EXPECT_EQ(first.records, Texts{"whole"}) << cut;
    const SpoolBatch second = Read(first.next);
    EXPECT_EQ(second.records, Texts{"later"}) << cut;
    EXPECT_EQ(second.unreadable_bytes, 26 - cut);
    // The next round tears the same file again.
    for (const std::string& other : Files()) {
      if (other != file) std::filesystem::remove(other);
    }
  }
}

TEST_F(SpoolTest, ZerosAndBadChecksumsAreNoRecords) {
  ASSERT_TRUE(spool_->Append("whole"));
  spool_.reset();
  std::ofstream(Files().at(0), std::ios::app) << std::string(4096, '\0');
  Reopen({});
  const SpoolBatch batch = Read({});
  EXPECT_EQ(batch.records, Texts{"whole"});
  EXPECT_TRUE(Read(batch.next).records.empty());

  Reopen({});
  ASSERT_TRUE(spool_->Append("changed"));
  spool_.reset();
  {
    std::fstream file(Files().at(1), std::ios::in | std::ios::out);
    file.seekp(10);
    file << "X";
  }
  Reopen({});
  EXPECT_TRUE(Read(batch.next).records.empty());
}

TEST_F(SpoolTest, AFullDiskIsSaidAndTheNextTryGoesElsewhere) {
  ASSERT_TRUE(spool_->Append("before"));
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &limit), 0);
  const rlimit small{20, limit.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const base::Status full = spool_->Append("does not fit");
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
  std::signal(SIGXFSZ, handler);
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().offset, static_cast<std::uint64_t>(EFBIG));
  ASSERT_TRUE(spool_->Append("after"));
  const SpoolBatch first = Read({});
  EXPECT_EQ(first.records, Texts{"before"});
  EXPECT_EQ(Read(first.next).records, Texts{"after"});
}

TEST_F(SpoolTest, ManyThreadsAppendAtOnceAndNothingIsLost) {
  constexpr int kThreads = 16;
  constexpr int kEach = 20;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kEach; ++i) EXPECT_TRUE(spool_->Append(std::to_string(thread * kEach + i)));
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::vector<bool> seen(kThreads * kEach);
  SpoolPosition position;
  for (;;) {
    const SpoolBatch batch = Read(position, 7);
    if (batch.records.empty()) break;
    for (const std::string& record : batch.records) {
      const auto number = static_cast<std::size_t>(std::stoul(record));
      EXPECT_FALSE(seen.at(number));
      seen[number] = true;
    }
    position = batch.next;
  }
  EXPECT_EQ(std::ranges::count(seen, true), kThreads * kEach);
}

TEST_F(SpoolTest, RecordsHaveASize) {
  EXPECT_FALSE(spool_->Append(""));
  EXPECT_FALSE(spool_->Append(std::string(intake::kMaxRecordBytes + 1, 'x')));
  const std::string largest(intake::kMaxRecordBytes, 'x');
  ASSERT_TRUE(spool_->Append(largest));
  EXPECT_EQ(Read({}, 1).records, Texts{largest});
}

}  // namespace
}  // namespace cairn::pings
