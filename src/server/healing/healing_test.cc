#include "server/healing/healing.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <memory>

#include "server/healing/healing_routes.h"
#include "server/search/crash_rows_for_test.h"
#include "server/search/duckdb_index.h"
#include "server/store/file_blob_store.h"
#include "server/store/soci_directory.h"
#include "server/store/sqlite_queue.h"
#include "server/store/temporary_folder_for_test.h"
#include "server/symbol_store/symbol_intake.h"

namespace cairn::healing {
namespace {

constexpr std::string_view kId = "0123456789ABCDEF0123456789ABCDEF0";

class HealingTest : public ::testing::Test {
 protected:
  void SetUp() override {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "sanitizers fight the worker's limits";
#endif
    if (access(program_.c_str(), X_OK) != 0) GTEST_SKIP() << "cairn-worker is not built";
    signing_ = *signing::Signing::Open({*index_, blobs_});
    // What a new server signs again must not do what healing is to do.
    ASSERT_TRUE(WaitFor([this] { return signing_->progress().is_done; }));
  }

  void AddSymbols(const std::string& function) {
    const os::FileDescriptor file = *os::CreateNameless(folder_.Path(""));
    ASSERT_TRUE(os::WriteAll(
        file.get(), base::AsBytes("MODULE Linux x86_64 " + std::string(kId) + " crashy\nFUNC 10 10 0 " +
                                  function + "\n10 10 7 1\nFILE 1 a.cc\n")));
    std::string why;
    const auto added = intake_.Add(
        {.name = *symbol_store::MakeSymbolName("crashy", kId, "crashy.sym"), .product = {}, .announced = {}},
        file.get(), why);
    ASSERT_TRUE(added) << why;
  }
  // A crash whose module had no symbols.
  void AddCrash(unsigned number) {
    search::CrashRow row = search::TestRow(number);
    row.input = search::MakeInput(
        {.stack = search::MakeStack(
             {{.module = "crashy.bin", .debug_id = std::string(kId), .module_offset = 0x18, .names = {}}}),
         .more_stacks = {},
         .platform = "Linux",
         .reason = "SIGSEGV",
         .annotations = {},
         .signature = {"of nobody", "", ""}});
    ASSERT_TRUE(signing_->Add(std::vector<search::CrashRow>{row}));
  }
  std::string SignatureOf(unsigned number) {
    const auto crash = index_->Get(search::TestRow(number).uuid);
    return crash && *crash ? (*crash)->signature : "";
  }
  HealingParts Parts(std::int64_t again_after_ms = kAgainAfterMs) {
    return {.queue = *queue_,
            .index = *index_,
            .signing = *signing_,
            .symbols = symbols_,
            .forget = [this](const std::string& id) { forgotten_.push_back(id); },
            .again_after_ms = again_after_ms};
  }
  static bool WaitFor(const std::function<bool()>& is_so) {
    for (int i = 0; i < 1000; ++i) {
      if (is_so()) return true;
      usleep(10'000);
    }
    return false;
  }

  std::string program_ = std::string(CAIRN_BINARY_DIR) + "/bin/cairn-worker";
  store::TemporaryFolder folder_;
  store::FileBlobStore blobs_ = *store::FileBlobStore::Open(folder_.Path("blobs"));
  std::unique_ptr<store::SqliteQueue> queue_ = *store::SqliteQueue::Open(folder_.Path("queue"));
  std::unique_ptr<search::DuckDbIndex> index_ = *search::DuckDbIndex::Open(folder_.Path("index"));
  std::unique_ptr<store::SociDirectory> directory_ =
      *store::SociDirectory::OpenSqlite(folder_.Path("directory"));
  symbol_store::SymbolStore store_{blobs_, {.program = program_, .spool_folder = folder_.Path("")}};
  symbol_store::SymbolIntake intake_{store_, directory_->symbol_records()};
  symbol_lookup::SymbolLookup symbols_{store_, nullptr};
  std::unique_ptr<signing::Signing> signing_;
  std::vector<std::string> forgotten_;
};

TEST_F(HealingTest, LateSymbolsNameCrashesAndTheOldSignatureLeadsToTheNew) {
  AddCrash(1);
  EXPECT_EQ(SignatureOf(1), "crashy.bin");
  Healing healing(Parts());
  AddSymbols("Parse(int)");
  ASSERT_TRUE(healing.Order("crashy", std::string(kId)));
  healing.WaitUntilHealed();
  EXPECT_EQ(SignatureOf(1), "Parse");
  EXPECT_EQ(*index_->FollowSignature("crashy.bin", {}), std::vector<std::string>{"Parse"});
  EXPECT_EQ(forgotten_, std::vector<std::string>{std::string(kId)});
  EXPECT_EQ(healing.metrics().addresses.value(), 1u);
  EXPECT_EQ(healing.metrics().signatures.value(), 1u);
  EXPECT_EQ(*healing.CountWaiting(), 1u) << "it will be followed again";
  EXPECT_EQ(healing.metrics().followed.value(), 0u);
}

TEST_F(HealingTest, WhatWasBeingProcessedWhenTheSymbolsCameIsHealedTheSecondTime) {
  AddCrash(1);
  AddSymbols("Parse(int)");
  Healing healing(Parts(500));
  ASSERT_TRUE(healing.Order("crashy", std::string(kId)));
  healing.WaitUntilHealed();
  AddCrash(2);  // It was told that there are none.
  EXPECT_EQ(SignatureOf(2), "crashy.bin");
  ASSERT_TRUE(WaitFor([&] { return healing.metrics().followed.value() == 1; }));
  EXPECT_EQ(SignatureOf(2), "Parse");
  EXPECT_EQ(*healing.CountWaiting(), 0u);
}

TEST_F(HealingTest, AnOrderOutlivesAKill) {
  AddCrash(1);
  AddSymbols("Parse(int)");
  ASSERT_TRUE(queue_->Push({std::string(kHealKind), "crashy/" + std::string(kId)}));
  ASSERT_EQ(queue_->Claim(kHealKind, 1, kLeaseMs)->size(), 1u);
  queue_.reset();
  queue_ = *store::SqliteQueue::Open(folder_.Path("queue"));
  Healing healing(Parts());
  healing.WaitUntilHealed();
  EXPECT_EQ(SignatureOf(1), "Parse");
}

TEST_F(HealingTest, OtherSymbolsOfOneBuildGiveOtherNames) {
  AddCrash(1);
  Healing healing(Parts(50));
  AddSymbols("Parse(int)");
  ASSERT_TRUE(healing.Order("crashy", std::string(kId)));
  ASSERT_TRUE(WaitFor([&] { return healing.metrics().followed.value() == 1; }));
  AddSymbols("ParseWell(int)");
  ASSERT_TRUE(healing.Order("crashy", std::string(kId)));
  healing.WaitUntilHealed();
  EXPECT_EQ(SignatureOf(1), "ParseWell");
}

TEST_F(HealingTest, AnOrderWithoutSymbolsIsPassedOver) {
  AddCrash(1);
  Healing healing(Parts(50));
  ASSERT_TRUE(healing.Order("nobody", "A0"));
  ASSERT_TRUE(WaitFor([&] { return healing.metrics().followed.value() == 1; }));
  EXPECT_EQ(SignatureOf(1), "crashy.bin");
}

TEST_F(HealingTest, ItIsShownAndOrderedOverHttp) {
  AddCrash(1);
  AddSymbols("Parse(int)");
  Healing healing(Parts());
  const std::vector<http::Route> routes = MakeRoutes(healing);
  http::Request request;
  for (const char* const bad : {"", "{}", R"({"debug_file":"crashy","debug_id":"xyz"})",
                                R"({"debug_file":"../crashy","debug_id":"A0"})"}) {
    request.body = bad;
    EXPECT_EQ(routes[1].handler(request).status, 400) << bad;
  }
  request.body = R"({"debug_file":"crashy","debug_id":")" + std::string(kId) + "\"}";
  EXPECT_EQ(routes[1].handler(request).status, 202);
  healing.WaitUntilHealed();
  EXPECT_EQ(SignatureOf(1), "Parse");
  const http::Response shown = routes[0].handler(request);
  EXPECT_EQ(shown.body,
            R"({"waiting":1,"followed":0,"failed":0,"addresses_named":1,"signatures_changed":1,"now":null})");
}

}  // namespace
}  // namespace cairn::healing
