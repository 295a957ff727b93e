#include "server/processor/pack_rows.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <set>

#include "os/file.h"
#include "server/processor/crash_document.h"

namespace cairn::processor {
namespace {

// Of a stack that is the number's alone.
std::string PingJson(int number, const std::string& metadata = "") {
  return R"({"type":"crash","id":"89ba9d98-b041-46f3-8b1a-36dfeb5e1b15","clientId":"c0ffee00-b041-46f3-8b1a-36dfeb5e1b15","creationDate":"2026-05-01T10:00:00.000Z",
    "version":4,"application":{"architecture":"x86-64","buildId":"1","channel":"release","name":"Crashy",
    "platformVersion":"1.0","vendor":"Cairn","version":"1.0","xpcomAbi":"x86_64-gcc3"},
    "environment":{"system":{"os":{"name":"Linux","version":"6.1"}}},
    "payload":{"crashDate":"2026-05-01","metadata":{)" +
         metadata + R"(},"stackTraces":{"crash_info":{"type":"SIGSEGV","address":"0x8","crashing_thread":0},
    "modules":[{"base_addr":"0x1000","end_addr":"0xffff0000","debug_file":"crashy",
    "debug_id":"0123456789ABCDEF0123456789ABCDEF0","filename":"crashy"}],
    "threads":[{"frames":[{"ip":"0x)" +
         std::to_string(1010 + number) + R"(","module_index":0,"trust":"context"}]}]}}})";
}

OpenedPing Open(int id, const std::string& json) {
  auto opened = OpenPing({.id = "00000000-0000-4000-8000-" + std::to_string(100'000'000'000 + id),
                          .name_space = "telemetry",
                          .doc_type = "crash",
                          .submitted_ms = 1'777'629'600'000,
                          .body = json},
                         "pack-1");
  EXPECT_TRUE(opened);
  return *std::move(opened);
}

class PackRowsTest : public ::testing::Test {
 protected:
  void SetUp() override {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "sanitizers fight the worker's limits";
#endif
    if (access(options_.program.c_str(), X_OK) != 0)
      GTEST_SKIP() << "cairn-worker is not built in this configuration";
  }
  PackRows MakeRows() { return PackRows({process_, find_, stacks_, registry_}); }

  // As a ping on its own is processed.
  search::CrashRow RowAlone(const OpenedPing& ping) {
    const auto job = process_.ProcessPing(ping.json, find_);
    const worker::CrashOutcome outcome = *worker::ReadOutcome(*os::ReadAll(job->output.get(), 1 << 20));
    const Record record = MakeRecord(ping.arrival, outcome, registry_);
    return MakeRow(ping.arrival, outcome, record, registry_, MakeInput(ping.arrival, outcome, record));
  }

  worker::WorkerOptions options_{.program = std::string(CAIRN_BINARY_DIR) + "/bin/cairn-worker",
                                 .spool_folder = "/tmp"};
  worker::WorkerProcess process_{options_};
  worker::FindSymbols find_ = [this](const model::Module&) -> std::optional<os::FileDescriptor> {
    ++questions_;
    return std::nullopt;
  };
  int questions_ = 0;
  NamedStacks stacks_;
  registry::Registry registry_ = registry::Registry::BuiltIn();
};

TEST_F(PackRowsTest, EveryPingBecomesARowAndEveryStackIsNamedOnce) {
  PackRows rows = MakeRows();
  constexpr int kPings = 300;
  constexpr int kStacks = 100;
  for (int i = 0; i < kPings; ++i) ASSERT_TRUE(rows.Add(Open(i, PingJson(i % kStacks))));
  ASSERT_TRUE(rows.Finish());
  EXPECT_TRUE(rows.TakeUnnamed().empty());
  std::set<std::string> ids;
  for (const search::CrashRow& row : rows.TakeRows()) ids.insert(row.uuid);
  EXPECT_EQ(ids.size(), static_cast<std::size_t>(kPings));
  EXPECT_EQ(questions_, 2) << "64 stacks and 36 in two jobs, each with one module";
}

// Whether a stack is new, known, or goes through a worker alone: the row is the same.
TEST_F(PackRowsTest, ARowIsThatOfAPingOnItsOwn) {
  const std::string metadata =
      R"("OOMAllocationSize":"4096","ShutdownProgress":"quit","android_version":"14")";
  for (const std::string& json : {PingJson(1), PingJson(2, metadata)}) {
    PackRows rows = MakeRows();
    ASSERT_TRUE(rows.Add(Open(1, json)));
    ASSERT_TRUE(rows.Finish());
    ASSERT_TRUE(rows.Add(Open(1, json)));
    const std::vector<search::CrashRow> made = rows.TakeRows();
    ASSERT_EQ(made.size(), 2u);
    const search::CrashRow alone = RowAlone(Open(1, json));
    for (const search::CrashRow& row : made) {
      EXPECT_EQ(row.input->id(), alone.input->id());
      EXPECT_EQ(row.input->signature_hash(), alone.input->signature_hash());
      EXPECT_EQ(row.input->parts().platform, alone.input->parts().platform);
      EXPECT_EQ(row.annotations, alone.annotations);
      EXPECT_EQ(
          std::tie(row.uuid, row.date_ms, row.product, row.version, row.release_channel, row.build_id,
                   row.process_type, row.platform_version, row.cpu_arch, row.address, row.pack, row.client),
          std::tie(alone.uuid, alone.date_ms, alone.product, alone.version, alone.release_channel,
                   alone.build_id, alone.process_type, alone.platform_version, alone.cpu_arch, alone.address,
                   alone.pack, alone.client));
      EXPECT_EQ(row.client, search::ClientToken("c0ffee00-b041-46f3-8b1a-36dfeb5e1b15"));
    }
  }
}

TEST_F(PackRowsTest, PingsCountAtTheModulesThatTheyMissSymbolsOf) {
  const std::string path = "/tmp/cairn_pack_rows_" + std::to_string(getpid()) + ".sqlite";
  auto missing = missing_symbols::MissingSymbols::Open(path);
  ASSERT_TRUE(missing);
  PackRows rows({process_, find_, stacks_, registry_, missing->get()});
  ASSERT_TRUE(rows.Add(Open(1, PingJson(1))));
  ASSERT_TRUE(rows.Finish());
  ASSERT_TRUE(rows.Add(Open(2, PingJson(1)))) << "its stack is known";
  const auto listed = (*missing)->List({}, {});
  ASSERT_TRUE(listed);
  ASSERT_EQ(listed->size(), 1u);
  EXPECT_EQ(listed->at(0).module.debug_file, "crashy");
  EXPECT_EQ(listed->at(0).module.debug_id, "0123456789ABCDEF0123456789ABCDEF0");
  EXPECT_EQ(listed->at(0).crashes, 2u);
  EXPECT_EQ(listed->at(0).clients, 1u);
  missing->reset();
  for (const char* ending : {"", "-wal", "-shm"}) (void)os::RemoveFile(path + ending);
}

// A profile or an annotation may say which system it was, and is no part of what a stack is known by.
TEST_F(PackRowsTest, AKnownStackOnAnotherSystemIsAnotherInput) {
  PackRows rows = MakeRows();
  ASSERT_TRUE(rows.Add(Open(1, PingJson(1))));
  ASSERT_TRUE(rows.Finish());
  ASSERT_TRUE(rows.Add(Open(2, PingJson(1, R"("Android_Version":"14")"))));
  const std::vector<search::CrashRow> made = rows.TakeRows();
  ASSERT_EQ(made.size(), 2u);
  EXPECT_EQ(made[0].input->parts().platform, "Linux");
  EXPECT_EQ(made[1].input->parts().platform, "Android");
  EXPECT_NE(made[0].input->id(), made[1].input->id());
  EXPECT_EQ(made[0].input->parts().signature, made[1].input->parts().signature);
}

}  // namespace
}  // namespace cairn::processor
