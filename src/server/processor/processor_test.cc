#include "server/processor/processor.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "os/clock.h"
#include "server/intake/ping_pack.h"
#include "server/intake/processed_crash.h"
#include "server/processor/index_for_test.h"
#include "server/store/blob_keys.h"
#include "server/store/file_blob_store.h"
#include "server/store/sqlite_queue.h"
#include "testing/gzip.h"

namespace cairn::processor {
namespace {

constexpr char kId[] = "de1bb258-cbbf-4589-a673-34f800260501";
constexpr std::string_view kRaw =
    R"({"ProductName":"Crashy","metadata":{"dump_checksums":{},"submitted_ms":1777629600000},
    "uuid":"de1bb258-cbbf-4589-a673-34f800260501","version":2})";

class ProcessorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = ::testing::TempDir() + "processor_" + std::to_string(getpid());
    ASSERT_TRUE(os::MakeDirectories(folder_ + "/spool"));
    auto blobs = store::FileBlobStore::Open(folder_ + "/blobs");
    ASSERT_TRUE(blobs);
    blobs_.emplace(*std::move(blobs));
    auto queue = store::SqliteQueue::Open(folder_ + "/queue.sqlite", {.first_backoff_ms = 10});
    ASSERT_TRUE(queue);
    queue_ = *std::move(queue);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  // A worker that says it is ready and then runs `then`.
  worker::WorkerOptions Impostor(const std::string& then) {
    const std::string path = folder_ + "/impostor";
    const std::string script =
        "#!/bin/sh\nprintf '\\10\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0' >&3\n" + then + "\n";
    EXPECT_TRUE(os::WriteFileDurably(path, base::AsBytes(script)));
    chmod(path.c_str(), 0700);
    return {.program = path, .spool_folder = folder_ + "/spool", .job_timeout_ms = 200};
  }

  // Works until the queue holds nothing that could be done.
  void WorkAll(const worker::WorkerOptions& options, std::string_view kind) {
    symbol_store::SymbolStore symbols(*blobs_, options);
    Processor processor({*blobs_, *queue_, index_, symbols, registry_}, {.threads = 1, .worker = options});
    for (const std::int64_t end = os::MonotonicMillis() + 10'000; os::MonotonicMillis() < end;) {
      const auto counts = queue_->Count(kind);
      if (counts->ready + counts->delayed + counts->claimed == 0) return;
      usleep(10'000);
    }
    FAIL() << "the queue does not get empty";
  }

  // A pack of these pings in the store and in the queue.
  void ArrivePack(const std::string& day, const std::vector<std::string>& pings) {
    const std::vector<std::string_view> views(pings.begin(), pings.end());
    ASSERT_TRUE(blobs_->Put(store::PingPackKey(day, "pack"), base::AsBytes(intake::WritePingPack(views))));
    ASSERT_TRUE(queue_->Push({"ping", day + "/pack"}));
  }

  std::string folder_;
  std::optional<store::FileBlobStore> blobs_;
  std::unique_ptr<store::SqliteQueue> queue_;
  IndexForTest index_;
  registry::Registry registry_ = registry::Registry::BuiltIn();
};

TEST_F(ProcessorTest, ACrashThatKillsItsWorkerIsKeptAndSetAside) {
  ASSERT_TRUE(blobs_->Put(store::DumpKey(kId), base::AsBytes("MDMP")));
  ASSERT_TRUE(blobs_->Put(store::RawCrashKey("20260501", kId), base::AsBytes(kRaw)));
  ASSERT_TRUE(queue_->Push({"report", kId}));
  WorkAll(Impostor("/bin/sleep 0.1; kill -SEGV $$"), "report");
  const auto set_aside = queue_->ListSetAside("report", 10);
  ASSERT_TRUE(set_aside);
  ASSERT_EQ(set_aside->size(), 1u);
  EXPECT_EQ(set_aside->at(0).attempts, kMaxWorkerDeaths);
  EXPECT_NE(set_aside->at(0).reason.find("signal 11"), std::string::npos) << set_aside->at(0).reason;
  EXPECT_EQ(index_.rows().at(kId).input->parts().signature.signature, "EMPTY: crash failed to process");
  const auto document = intake::GetProcessedCrash(*blobs_, kId);
  ASSERT_TRUE(document);
  EXPECT_NE(document->find("signal 11"), std::string::npos);
}

TEST_F(ProcessorTest, AHangingWorkerHoldsNothingUp) {
  ASSERT_TRUE(blobs_->Put(store::DumpKey(kId), base::AsBytes("MDMP")));
  ASSERT_TRUE(blobs_->Put(store::RawCrashKey("20260501", kId), base::AsBytes(kRaw)));
  ASSERT_TRUE(queue_->Push({"report", kId}));
  WorkAll(Impostor("exec /bin/sleep 60"), "report");
  EXPECT_NE(queue_->ListSetAside("report", 10)->at(0).reason.find("took too long"), std::string::npos);
}

TEST_F(ProcessorTest, AWorkerThatCannotStartCostsNoCrash) {
  queue_ = *store::SqliteQueue::Open(folder_ + "/queue.sqlite", {.postpone_ms = 5});
  ASSERT_TRUE(blobs_->Put(store::DumpKey(kId), base::AsBytes("MDMP")));
  ASSERT_TRUE(blobs_->Put(store::RawCrashKey("20260501", kId), base::AsBytes(kRaw)));
  ASSERT_TRUE(queue_->Push({"report", kId}));
  {
    const worker::WorkerOptions options{.program = "/nowhere", .spool_folder = folder_ + "/spool"};
    symbol_store::SymbolStore symbols(*blobs_, options);
    Processor processor({*blobs_, *queue_, index_, symbols, registry_}, {.threads = 1, .worker = options});
    for (int i = 0; i < 20; ++i) {
      processor.Wake();
      usleep(20'000);
    }
  }
  const auto counts = queue_->Count("report");
  EXPECT_EQ(counts->set_aside, 0u);
  // The stop may come while it is claimed: then its lease ends.
  EXPECT_EQ(counts->ready + counts->delayed + counts->claimed, 1u);
}

TEST_F(ProcessorTest, AReportWithoutADumpIsSignedByItsAnnotations) {
  struct Case {
    std::string id;
    std::string annotations;  // Of the raw crash.
    std::string signature;
    std::string kept;  // By which it can be signed again.
  };
  const std::vector<Case> cases = {
      {"00000000-0000-4000-8000-000000260501",
       R"r("JavaStackTrace":"java.lang.X: planted\nplanted\n\tat a.B.f(B.java:7)\nCaused by: b.Y: planted",)r",
       "java.lang.X: at a.B.f(B.java)",
       R"r({"JavaStackTrace":"java.lang.X:\n\tat a.B.f(B.java:7)","ProductName":"Crashy"})r"},
      {"00000000-0000-4000-8000-000001260501",
       R"r("Hang":"ui","JavaException":{"exception":{"values":[{"value":"planted","stacktrace":)r"
       R"r({"module":"java.io","type":"E","value":"planted","frames":[]}}]}},)r",
       "hang: ui | java.io.E",
       R"r({"Hang":"ui","JavaException":"{\"exception\":{\"values\":[{\"stacktrace\":)r"
       R"r({\"module\":\"java.io\",\"type\":\"E\"}}]}}","ProductName":"Crashy"})r"},
      {"00000000-0000-4000-8000-000002260501", "", "EMPTY: no frame data available",
       R"({"ProductName":"Crashy"})"}};
  for (const Case& each : cases) {
    std::string raw(kRaw);
    raw.replace(raw.find(kId), each.id.size(), each.id);
    raw.insert(1, each.annotations);
    ASSERT_TRUE(blobs_->Put(store::RawCrashKey("20260501", each.id), base::AsBytes(raw)));
    ASSERT_TRUE(queue_->Push({"report", each.id}));
  }
  WorkAll(Impostor("exec /bin/sleep 60"), "report");
  for (const Case& each : cases) {
    const std::string document = *intake::GetProcessedCrash(*blobs_, each.id);
    EXPECT_NE(document.find("\"signature\":\"" + each.signature + '"'), std::string::npos) << document;
    EXPECT_NE(document.find("the report came without a minidump"), std::string::npos) << document;
    EXPECT_EQ(document.find("\"proto_signature\""), std::string::npos) << document;
    const search::SharedInput input = index_.rows().at(each.id).input;
    EXPECT_EQ(input->parts().signature.signature, each.signature);
    EXPECT_EQ(input->annotations_json(), each.kept);
  }
}

TEST_F(ProcessorTest, AMemoryReportIsReadOrSaidToBeUnreadable) {
  const std::string first = "00000000-0000-4000-8000-000000260501";
  const std::string second = "00000000-0000-4000-8000-000001260501";
  for (const std::string& id : {first, second}) {
    std::string raw(kRaw);
    raw.replace(raw.find(kId), id.size(), id);
    raw.replace(raw.find("{}"), 2, R"({"memory_report":"ab"})");
    ASSERT_TRUE(blobs_->Put(store::RawCrashKey("20260501", id), base::AsBytes(raw)));
    ASSERT_TRUE(queue_->Push({"report", id}));
  }
  const std::string report = testing::Gzip("{\"version\": 1}");
  ASSERT_TRUE(blobs_->Put(store::NamedDumpKey("memory_report", first), base::AsBytes(report)));
  ASSERT_TRUE(blobs_->Put(store::NamedDumpKey("memory_report", second), base::AsBytes("no gzip")));
  WorkAll(Impostor("exec /bin/sleep 60"), "report");
  const auto document = [&](const std::string& id) { return *intake::GetProcessedCrash(*blobs_, id); };
  EXPECT_NE(document(first).find(R"("memory_report":{"version":1})"), std::string::npos) << document(first);
  EXPECT_NE(document(second).find(R"("memory_report_error":")"), std::string::npos) << document(second);
}

TEST_F(ProcessorTest, WhatIsUrgentIsDoneFirst) {
  // Reports without dumps need no worker; each lane has its own.
  const std::vector<std::pair<std::string, std::string>> lanes = {
      {"report-reprocess", "00000000-0000-4000-8000-000000260501"},
      {"report", "00000000-0000-4000-8000-000001260501"},
      {"report-priority", "00000000-0000-4000-8000-000002260501"}};
  for (const auto& [lane, id] : lanes) {
    std::string raw(kRaw);
    raw.replace(raw.find(kId), id.size(), id);
    ASSERT_TRUE(blobs_->Put(store::RawCrashKey("20260501", id), base::AsBytes(raw)));
    ASSERT_TRUE(queue_->Push({lane, id}));
  }
  WorkAll(Impostor("exec /bin/sleep 60"), "report-reprocess");
  EXPECT_EQ(index_.order(), (std::vector<std::string>{lanes[2].second, lanes[1].second, lanes[0].second}));
}

TEST_F(ProcessorTest, APingCannotTakeTheIdOfAReport) {
  ASSERT_TRUE(blobs_->Put(store::RawCrashKey("20260501", kId), base::AsBytes(kRaw)));
  ASSERT_TRUE(blobs_->Put(store::ProcessedCrashKey(kId), base::AsBytes("the report's")));
  const intake::StoredPing ping{.id = kId, .doc_type = "crash", .submitted_ms = 1, .body = "{}"};
  ArrivePack("20260502", {intake::WriteStoredPing(ping)});
  WorkAll(Impostor("exec /bin/sleep 60"), "ping");
  EXPECT_NE(queue_->ListSetAside("ping", 10)->at(0).reason.find("is a report's"), std::string::npos);
  EXPECT_EQ(*blobs_->Get(store::ProcessedCrashKey(kId), 100), "the report's");
}

TEST_F(ProcessorTest, AReportWhoseRawCrashWasRemovedMeanwhileIsForgotten) {
  ASSERT_TRUE(queue_->Push({"report", kId}));
  WorkAll(Impostor("exec /bin/sleep 60"), "report");
  EXPECT_FALSE(*queue_->Find({"report", kId}));
  EXPECT_TRUE(index_.rows().empty());
}

TEST_F(ProcessorTest, RefusedPingsAreKeptWithTheReason) {
  intake::StoredPing ping{
      .id = "89ba9d98-b041-46f3-8b1a-36dfeb5e1b15", .doc_type = "main", .submitted_ms = 1};
  ArrivePack("20260501", {intake::WriteStoredPing(ping)});
  WorkAll(Impostor("exec /bin/sleep 60"), "ping");
  EXPECT_NE(queue_->ListSetAside("ping", 10)->at(0).reason.find("No such docType"), std::string::npos);
  EXPECT_TRUE(intake::FetchPing(*blobs_, {"20260501", "pack", ping.id}));
}

TEST_F(ProcessorTest, APackThatIsGoneIsForgottenAndADamagedOneIsSetAside) {
  ASSERT_TRUE(queue_->Push({"ping", "20260501/gone"}));
  ASSERT_TRUE(blobs_->Put(store::PingPackKey("20260501", "bad"), base::AsBytes("this is no pack")));
  ASSERT_TRUE(queue_->Push({"ping", "20260501/bad"}));
  WorkAll(Impostor("exec /bin/sleep 60"), "ping");
  const auto set_aside = queue_->ListSetAside("ping", 10);
  ASSERT_EQ(set_aside->size(), 1u);
  EXPECT_EQ(set_aside->at(0).item.id, "20260501/bad");
}

// Each has its own chance, and what cannot be done is counted as a crash all the same.
TEST_F(ProcessorTest, PingsThatKillTheirWorkerTogetherAreTriedAlone) {
  const std::string json = R"({"type":"crash","payload":{"metadata":{}}})";
  const auto id = [](int i) { return "00000000-0000-4000-8000-00000000000" + std::to_string(i); };
  ArrivePack("20260501",
             {intake::WriteStoredPing({.id = id(1), .doc_type = "crash", .submitted_ms = 1, .body = json}),
              intake::WriteStoredPing({.id = id(2), .doc_type = "crash", .submitted_ms = 1, .body = json})});
  WorkAll(Impostor("/bin/sleep 0.1; kill -SEGV $$"), "ping");
  EXPECT_EQ(queue_->ListSetAside("ping", 10)->size(), 2u);
  for (const int i : {1, 2}) {
    EXPECT_EQ(index_.rows().at(id(i)).input->parts().signature.signature, "EMPTY: crash failed to process");
  }
}

}  // namespace
}  // namespace cairn::processor
