#include "server/pings/fold_in.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "server/pings/edge_for_test.h"

namespace cairn::pings {
namespace {

class FoldInTest : public ::testing::Test {
 protected:
  void Send(int number, std::string type, std::string json) {
    ASSERT_TRUE(edge_.spool->Append(Submission(number, std::move(type), std::move(json))));
  }
  // Until there is nothing to do.
  void Fold() {
    for (;;) {
      const base::Result<Folded> folded = FoldOnce(edge_.Parts());
      ASSERT_TRUE(folded);
      if (*folded == Folded::kNothing) return;
    }
  }
  // "crash 2" by type and outcome, of all days.
  std::int64_t CountOf(std::string_view type, std::string_view outcome) {
    std::int64_t sum = 0;
    const auto counts = edge_.ledger->ListCounts("");
    for (const PingCount& count : *counts) {
      if (count.type == type && count.outcome == outcome) sum += count.count;
    }
    return sum;
  }

  // The sum of all that is handed over.
  stats::Measures HandedOver() {
    stats::Measures sum;
    EXPECT_TRUE(edge_.ledger->HandOver([&](std::span<const stats::NumberedAggregate> sums) -> base::Status {
      for (const stats::NumberedAggregate& one : sums) sum.Add(one.aggregate.measures);
      return {};
    }));
    return sum;
  }

  EdgeForTest edge_;
};

const std::string kHash(64, 'a');

TEST_F(FoldInTest, EachPingGoesWhereItBelongs) {
  Send(1, "crash", CrashJson());
  Send(2, "main", MainJson(60));
  Send(3, "crash", "{");
  Send(4, "event", "{}");
  Fold();
  EXPECT_EQ(edge_.accepted.ids, std::vector<std::string>{MadeId(1)});
  EXPECT_EQ(CountOf("crash", "crash"), 1);
  EXPECT_EQ(CountOf("main", "usage"), 1);
  EXPECT_EQ(CountOf("crash", "json_parse"), 1);
  EXPECT_EQ(CountOf("event", "invalid_doc_type"), 1);
  EXPECT_EQ(edge_.ledger->ListRejections({}, 10)->size(), 2u);
  // Of a main ping nothing is left but its seconds.
  EXPECT_TRUE(std::filesystem::is_empty(edge_.folder.Path("pings")));
}

TEST_F(FoldInTest, ADocumentAndADumpCountOnce) {
  Send(1, "crash", CrashJson(kHash));
  Send(1, "crash", CrashJson(kHash));
  Send(2, "crash", CrashJson(kHash));
  Send(3, "crash", CrashJson());
  Send(4, "crash", CrashJson());
  Send(5, "main", MainJson(10, "one"));
  Send(5, "main", MainJson(10, "one"));
  Send(6, "main", MainJson(10, "one"));
  Send(7, "main", MainJson(10));
  Fold();
  EXPECT_EQ(
      HandedOver(),
      (stats::Measures{.count = 6, .main_crashes = 3, .sessions = 3, .clients = 1, .usage_seconds = 30}));
  EXPECT_EQ(edge_.accepted.ids, (std::vector<std::string>{MadeId(1), MadeId(3), MadeId(4)}));
  EXPECT_EQ(CountOf("crash", "duplicate"), 1);
  EXPECT_EQ(CountOf("crash", "duplicate_dump"), 1);
  EXPECT_EQ(CountOf("main", "usage"), 3);
}

TEST_F(FoldInTest, OwnTroubleLosesNothingAndCountsNothingTwice) {
  Send(1, "crash", CrashJson());
  Send(2, "main", MainJson(10));
  edge_.accepted.fail = true;
  EXPECT_FALSE(FoldOnce(edge_.Parts()));
  EXPECT_TRUE(edge_.ledger->ListCounts("")->empty());
  edge_.Restart();
  edge_.accepted.fail = false;
  Fold();
  EXPECT_EQ(edge_.accepted.ids.size(), 1u);
  EXPECT_EQ(CountOf("main", "usage"), 1);
  EXPECT_EQ(HandedOver().count, 2);
}

// The pack of the first try may be in work: whoever does that acknowledges its name, and has not seen what
// the second try added.
TEST_F(FoldInTest, ABatchThatIsReadAgainWithMorePingsHasAnotherName) {
  Send(1, "crash", CrashJson());
  edge_.accepted.fail_afterwards = true;
  EXPECT_FALSE(FoldOnce(edge_.Parts()));
  Send(2, "crash", CrashJson());
  EXPECT_FALSE(FoldOnce(edge_.Parts()));
  edge_.Restart();
  EXPECT_FALSE(FoldOnce(edge_.Parts()));
  const std::vector<std::string>& names = edge_.accepted.batches;
  ASSERT_EQ(names.size(), 3u);
  EXPECT_NE(names[0], names[1]);
  EXPECT_EQ(names[1], names[2]);
}

// Killed behind the commit and in front of the removal: the spool is read from where the ledger stands.
TEST_F(FoldInTest, ARestartGoesOnWhereItWas) {
  Send(1, "crash", CrashJson());
  ASSERT_EQ(*FoldOnce(edge_.Parts()), Folded::kSome);
  Send(2, "crash", CrashJson());
  edge_.Restart();
  Fold();
  EXPECT_EQ(edge_.accepted.ids, (std::vector<std::string>{MadeId(1), MadeId(2)}));
  EXPECT_EQ(CountOf("crash", "crash"), 2);
  EXPECT_EQ(CountOf("crash", "duplicate"), 0);
}

// A write that was killed was never answered; but it is said, because a bad disk looks the same.
TEST_F(FoldInTest, BytesThatAreNoRecordAreCountedAndRemoved) {
  Send(1, "main", MainJson(10));
  std::ofstream(edge_.folder.Path("pings/000000000001.pings"), std::ios::app) << "torn";
  edge_.Restart();
  Fold();
  EXPECT_EQ(CountOf("main", "usage"), 1);
  EXPECT_EQ(CountOf("spool", "unreadable_bytes"), 4);
  EXPECT_TRUE(std::filesystem::is_empty(edge_.folder.Path("pings")));
  Send(2, "main", MainJson(10));
  Fold();
  EXPECT_EQ(CountOf("main", "usage"), 2);
  EXPECT_EQ(CountOf("spool", "unreadable_bytes"), 4);
}

TEST_F(FoldInTest, WhatWasRefusedIsTakenAfterAFix) {
  ASSERT_FALSE(edge_.schemas.Add("crash.4.schema.json", R"({"required":["fixed"]})"));
  Send(1, "crash", CrashJson());
  Send(2, "crash", "{");
  Fold();
  EXPECT_EQ(edge_.ledger->ListRejections({}, 10)->size(), 2u);
  // Nothing is fixed yet.
  ASSERT_EQ(*edge_.ledger->MarkRejections({}), 2);
  Fold();
  EXPECT_EQ(edge_.ledger->ListRejections({}, 10)->size(), 2u);
  EXPECT_TRUE(edge_.ledger->ListMarked(10)->empty());

  edge_.schemas = ping::SchemaSet::BuiltIn();
  ASSERT_EQ(*edge_.ledger->MarkRejections({}), 2);
  Fold();
  EXPECT_EQ(edge_.accepted.ids, std::vector<std::string>{MadeId(1)});
  const auto left = edge_.ledger->ListRejections({}, 10);
  ASSERT_EQ(left->size(), 1u);
  EXPECT_EQ(left->at(0).document_id, MadeId(2));
}

TEST_F(FoldInTest, MoreThanABatchIsFoldedInParts) {
  for (int i = 0; i < 30; ++i) Send(i, "main", MainJson(1));
  Fold();
  EXPECT_EQ(CountOf("main", "usage"), 30);
}

// The build of CrashJson is no date; that of many years ago is.
TEST_F(FoldInTest, OldBuildsAreCountedAsWell) {
  std::string old = MainJson(10);
  old.insert(old.find(R"("name")"), R"("buildId":"20160101000000",)");
  Send(1, "main", old);
  Fold();
  EXPECT_EQ(HandedOver().usage_seconds, 10);
}

TEST_F(FoldInTest, AnIndexInTroubleLosesNoCountAndHoldsUpNoPing) {
  std::atomic<bool> fails = true;
  std::atomic<int> troubles = 0;
  std::atomic<std::int64_t> taken = 0;
  FoldInParts parts = edge_.Parts();
  parts.hand_over_every_ms = 10;
  parts.trouble = [&](const base::Error&) { ++troubles; };
  parts.take_activity = [&](std::span<const stats::NumberedAggregate> sums) -> base::Status {
    if (fails) return base::Error{base::Code::kIo, 5, "index"};
    for (const stats::NumberedAggregate& one : sums) taken += one.aggregate.measures.count;
    return {};
  };
  {
    FoldIn fold_in(parts);
    Send(1, "main", MainJson(10));
    fold_in.Wake();
    for (int i = 0; i < 500 && troubles == 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    EXPECT_EQ(troubles, 1);
    EXPECT_EQ(CountOf("main", "usage"), 1);
    fails = false;
  }
  EXPECT_EQ(taken, 1) << "what is left is handed over at the end";
}

TEST_F(FoldInTest, TheThreadWakesForPingsAndTellsOfTroubleOnce) {
  int troubles = 0;
  FoldInParts parts = edge_.Parts();
  parts.trouble = [&troubles](const base::Error&) { ++troubles; };
  FoldInMetrics metrics;
  parts.metrics = &metrics;
  edge_.accepted.fail = true;
  {
    FoldIn fold_in(parts);
    Send(1, "crash", CrashJson());
    fold_in.Wake();
    for (int i = 0; i < 100 && troubles == 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(troubles, 1);
  EXPECT_NE(metrics.failing_since_ms, 0);
  edge_.accepted.fail = false;
  {
    FoldIn fold_in(parts);
    fold_in.Wake();
    for (int i = 0; i < 100 && CountOf("crash", "crash") == 0; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }
  EXPECT_EQ(edge_.accepted.ids.size(), 1u);
}

TEST_F(FoldInTest, WhatBecameOfPingsIsCountedOnceItIsKept) {
  FoldInMetrics metrics;
  FoldInParts parts = edge_.Parts();
  parts.metrics = &metrics;
  const auto count = [&metrics](std::string_view outcome) {
    const auto found = std::ranges::find(kPingOutcomes, outcome);
    return metrics.pings[static_cast<std::size_t>(found - kPingOutcomes.begin())].value();
  };
  Send(1, "crash", CrashJson());
  Send(1, "crash", CrashJson());
  Send(2, "main", MainJson(1));
  Send(3, "crash", "no JSON");
  edge_.accepted.fail = true;
  EXPECT_FALSE(FoldOnce(parts));
  EXPECT_EQ(count("crash"), 0U) << "it will be tried again";
  edge_.accepted.fail = false;
  EXPECT_TRUE(FoldOnce(parts));
  EXPECT_EQ(count("crash"), 1U);
  EXPECT_EQ(count("duplicate"), 1U);
  EXPECT_EQ(count("usage"), 1U);
  EXPECT_EQ(count("json_parse"), 1U);
  EXPECT_EQ(metrics.batch_seconds.Read().count, 2U);
  metrics.Count("a fault of tomorrow", 3);
  EXPECT_EQ(count("other"), 3U);
}

}  // namespace
}  // namespace cairn::pings
