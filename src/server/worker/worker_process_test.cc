#include "server/worker/worker_process.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "os/clock.h"
#include "os/file.h"
#include "server/worker/outcome.h"
#include "server/worker/parts.h"
#include "server/worker/signature_annotations.h"
#include "testing/sample_crash.h"

namespace cairn::worker {
namespace {

os::FileDescriptor FileWith(std::string_view text) {
  os::FileDescriptor file = *os::CreateNameless("/tmp");
  EXPECT_TRUE(os::WriteAll(file.get(), base::AsBytes(text)));
  return file;
}

std::string ContentOf(const os::FileDescriptor& file) {
  const auto text = os::ReadAll(file.get(), kMaxOutcomeBytes);
  return text ? *text : "";
}

class WorkerProcessTest : public ::testing::Test {
 protected:
  void SetUp() override {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "sanitizers fight the worker's limits";
#endif
    if (access(program_.c_str(), X_OK) != 0)
      GTEST_SKIP() << "cairn-worker is not built in this configuration";
  }
  WorkerOptions Options() const { return {.program = program_, .spool_folder = "/tmp"}; }

  std::string program_ = std::string(CAIRN_BINARY_DIR) + "/bin/cairn-worker";
};

// A program that says it is ready, as a worker does, and then runs `then`.
WorkerOptions Impostor(const std::string& name, const std::string& then) {
  const std::string path = ::testing::TempDir() + "/impostor_" + name + "_" + std::to_string(getpid());
  const std::string script =
      "#!/bin/sh\nprintf '\\10\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0' >&3\n" + then + "\n";
  EXPECT_TRUE(os::WriteFileDurably(path, base::AsBytes(script)));
  chmod(path.c_str(), 0700);
  return {.program = path, .spool_folder = "/tmp", .job_timeout_ms = 300};
}

constexpr std::string_view kSymbols =
    "MODULE Linux x86_64 0123456789ABCDEF0123456789ABCDEF0 crashy\nFILE 0 a.cc\nFUNC 10 10 0 Crash(int)\n10 "
    "10 7 0\n";

constexpr std::string_view kPing =
    R"({"type":"crash","id":"89ba9d98-b041-46f3-8b1a-36dfeb5e1b15","creationDate":"2026-05-01T10:00:00.000Z","version":4,
    "application":{"architecture":"x86-64","buildId":"1","channel":"release","name":"Crashy","platformVersion":"1.0",
    "vendor":"Cairn","version":"1.0","xpcomAbi":"x86_64-gcc3"},"payload":{"crashDate":"2026-05-01","metadata":{},
    "stackTraces":{"crash_info":{"type":"SIGSEGV","address":"0x8","crashing_thread":0},
      "modules":[{"base_addr":"0x1000","end_addr":"0x3000","debug_file":"crashy",
                  "debug_id":"0123456789ABCDEF0123456789ABCDEF0","filename":"crashy"}],
      "threads":[{"frames":[{"ip":"0x1010","module_index":0,"trust":"context"}]}]}}})";

TEST_F(WorkerProcessTest, PingsAreNamedWithSymbolsThatItCompiled) {
  WorkerProcess worker(Options());
  auto compiled = worker.CompileSymbols(FileWith(kSymbols).get());
  ASSERT_TRUE(compiled);
  ASSERT_FALSE(compiled->failure) << compiled->failure->what;
  std::vector<std::string> asked;
  const FindSymbols find = [&](const model::Module& module) -> std::optional<os::FileDescriptor> {
    asked.push_back(module.debug_file + " " + module.debug_id.text);
    return os::FileDescriptor(dup(compiled->output.get()));
  };
  const std::vector<std::string> pings = {std::string(kPing), "[]", std::string(kPing)};
  const auto result = worker.NameStacks(pings, find);
  ASSERT_TRUE(result);
  ASSERT_FALSE(result->failure) << result->failure->what;
  const std::string output = ContentOf(result->output);
  const auto outcomes = SplitParts(output, 3);
  ASSERT_TRUE(outcomes);
  ASSERT_EQ(outcomes->size(), 3u);
  EXPECT_EQ(outcomes->at(1), "") << "it is no ping";
  EXPECT_EQ(outcomes->at(2), outcomes->at(0));
  const auto outcome = ReadNamedStack(outcomes->at(0));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(asked, std::vector<std::string>{"crashy 0123456789ABCDEF0123456789ABCDEF0"}) << "once for all";
  EXPECT_EQ(outcome->signature, "Crash");
  ASSERT_EQ(outcome->stack.size(), 1u);
  ASSERT_EQ(outcome->stack[0].names.size(), 1u);
  EXPECT_EQ(outcome->stack[0].names[0].file, "a.cc");
  asked.clear();
  const auto alone = worker.ProcessPing(kPing, find);
  EXPECT_TRUE(asked.empty()) << "the worker has them still";
  ASSERT_TRUE(alone);
  const auto whole = ReadOutcome(ContentOf(alone->output));
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->signature, "Crash");
  EXPECT_NE(whole->json_dump.find("a.cc"), std::string::npos);
}

TEST_F(WorkerProcessTest, SymbolsThatWereNotThereAreAskedForAgainAndAllAreOnceItIsStopped) {
  WorkerProcess worker(Options());
  auto compiled = worker.CompileSymbols(FileWith(kSymbols).get());
  ASSERT_TRUE(compiled && !compiled->failure);
  int asked = 0;
  bool are_there = false;
  const FindSymbols find = [&](const model::Module&) {
    ++asked;
    return are_there ? std::optional(os::FileDescriptor(dup(compiled->output.get()))) : std::nullopt;
  };
  const auto name_of = [&] {
    const auto result = worker.NameStacks(std::vector<std::string>{std::string(kPing)}, find);
    const std::string output = ContentOf(result->output);
    return ReadNamedStack(SplitParts(output, 1)->at(0))->signature;
  };
  EXPECT_EQ(name_of(), "crashy");
  are_there = true;
  EXPECT_EQ(name_of(), "Crash") << "they came meanwhile";
  EXPECT_EQ(asked, 2);
  worker.Stop();
  are_there = false;
  EXPECT_EQ(name_of(), "crashy");
  EXPECT_EQ(asked, 3);
}

TEST_F(WorkerProcessTest, BadInputsAreRefusedWithAReasonAndTheWorkerLivesOn) {
  WorkerProcess worker(Options());
  const auto dump = worker.ProcessReport(FileWith("this is no dump").get(), "", nullptr);
  ASSERT_TRUE(dump);
  ASSERT_TRUE(dump->failure);
  EXPECT_EQ(dump->failure->code, base::Code::kBadMagic);
  EXPECT_FALSE(dump->may_pass);
  const auto ping = worker.ProcessPing("[]", nullptr);
  ASSERT_TRUE(ping);
  ASSERT_TRUE(ping->failure);
  EXPECT_EQ(ping->failure->what, "ping: it is no JSON object");
  const auto symbols = worker.CompileSymbols(FileWith("not symbols").get());
  ASSERT_TRUE(symbols);
  EXPECT_TRUE(symbols->failure);
}

TEST_F(WorkerProcessTest, ADumpLosesItsEnvironmentAndKeepsItsSignature) {
  WorkerProcess worker(Options());
  const std::vector<std::byte> sample = testing::SampleCrash().Build();
  const auto none = worker.ScrubDump(FileWith(base::AsText(sample)).get());
  ASSERT_TRUE(none);
  EXPECT_EQ(ContentOf(none->output), "");
  const base::Bytes environment = base::AsBytes("HOME=/home/planted");
  const std::vector<std::byte> dump =
      testing::SampleCrash().Stream(0x47670007, {environment.begin(), environment.end()}).Build();
  const auto clean = worker.ScrubDump(FileWith(base::AsText(dump)).get());
  ASSERT_TRUE(clean);
  ASSERT_FALSE(clean->failure);
  EXPECT_EQ(ContentOf(clean->output).size(), dump.size());
  EXPECT_EQ(ContentOf(clean->output).find("planted"), std::string::npos);
  ASSERT_TRUE(os::Rewind(clean->output.get()));
  const std::string oom = WriteAnnotations({{"OOMAllocationSize", "4096"}});
  const auto result = worker.ProcessReport(clean->output.get(), oom, nullptr);
  ASSERT_TRUE(result);
  const auto outcome = ReadOutcome(ContentOf(result->output));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->signature, "OOM | small");
}

TEST_F(WorkerProcessTest, ItIsReplacedAfterItsJobs) {
  WorkerMetrics metrics;
  WorkerOptions options = Options();
  options.metrics = &metrics;
  WorkerProcess worker(options);
  const std::vector<std::byte> dump = testing::SampleCrash().Build();
  for (int i = 0; i < kMaxJobsPerWorker + 2; ++i) {
    const auto result = worker.ScrubDump(FileWith(base::AsText(dump)).get());
    ASSERT_TRUE(result);
    EXPECT_FALSE(result->failure);
  }
  EXPECT_EQ(metrics.starts.value(), 2u);
}

TEST(ImpostorTest, AWorkerThatHangsIsEndedAndReplaced) {
  WorkerProcess worker(Impostor("hangs", "exec /bin/sleep 60"));
  const std::int64_t start = os::MonotonicMillis();
  for (int i = 0; i < 2; ++i) {
    const auto result = worker.ProcessReport(FileWith("MDMP").get(), "", nullptr);
    ASSERT_TRUE(result);
    ASSERT_TRUE(result->failure);
    EXPECT_EQ(result->failure->code, base::Code::kTimeout);
    EXPECT_TRUE(result->may_pass);
  }
  EXPECT_LT(os::MonotonicMillis() - start, 5000);
}

TEST(ImpostorTest, AWorkerThatDiesIsReportedWithItsSignal) {
  WorkerMetrics metrics;
  WorkerOptions options = Impostor("dies", "/bin/sleep 0.1; kill -SEGV $$");
  options.metrics = &metrics;
  WorkerProcess worker(options);
  const auto result = worker.ProcessReport(FileWith("MDMP").get(), "", nullptr);
  ASSERT_TRUE(result);
  ASSERT_TRUE(result->failure);
  EXPECT_EQ(result->failure->what, "the worker died of signal 11");
  EXPECT_EQ(metrics.starts.value(), 1U);
  EXPECT_EQ(metrics.jobs.value(), 1U);
  EXPECT_EQ(metrics.deaths.value(), 1U);
  EXPECT_FALSE(metrics.cannot_start);
}

TEST(ImpostorTest, AWorkerThatTalksNonsenseIsEnded) {
  WorkerProcess worker(Impostor("babbles", "/bin/sleep 0.1; printf nonsense >&3; exec /bin/sleep 60"));
  const auto result = worker.ProcessReport(FileWith("MDMP").get(), "", nullptr);
  ASSERT_TRUE(result);
  ASSERT_TRUE(result->failure);
}

TEST(ImpostorTest, AFullDiskUnderTheOutputIsAnErrorOfThisMachine) {
  // kFailed, kIo, ENOSPC.
  const std::string failed = "printf '\\13\\0\\0\\0\\7\\0\\0\\0\\34\\0\\0\\0\\0\\0\\0\\0' >&3";
  WorkerProcess worker(Impostor("fails", "/bin/sleep 0.1; " + failed + "; exec /bin/sleep 60"));
  const auto result = worker.ProcessReport(FileWith("MDMP").get(), "", nullptr);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, base::Code::kIo);
  EXPECT_EQ(result.error().offset, static_cast<std::uint64_t>(ENOSPC));
}

TEST(ImpostorTest, AMissingProgramIsAnErrorOfThisMachine) {
  WorkerProcess worker({.program = "/nowhere/cairn-worker", .spool_folder = "/tmp"});
  const auto result = worker.ProcessReport(FileWith("MDMP").get(), "", nullptr);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, base::Code::kNotFound);
}

}  // namespace
}  // namespace cairn::worker
