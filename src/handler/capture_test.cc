#include "handler/capture.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#include "analysis/pipeline/analyze.h"

namespace cairn::handler {
namespace {

TEST(SharedDumpTest, WhatAChildProcessPutsInIsSeen) {
  auto dump = SharedDump::Create();
  ASSERT_TRUE(dump.has_value());
  EXPECT_EQ(dump->state(), SharedDump::State::kNone);
  const pid_t child = fork();
  if (child == 0) {
    dump->Set(SharedDump::State::kInMemory, base::AsBytes("MDMP"));
    _exit(0);
  }
  waitpid(child, nullptr, 0);
  EXPECT_EQ(dump->state(), SharedDump::State::kInMemory);
  EXPECT_EQ(base::AsText(dump->bytes()), "MDMP");
}

TEST(SharedDumpTest, ADumpInAFileIsNotInMemory) {
  auto dump = SharedDump::Create();
  ASSERT_TRUE(dump.has_value());
  dump->Set(SharedDump::State::kInFile, base::AsBytes("MDMP"));
  EXPECT_TRUE(dump->bytes().empty());
}

TEST(CaptureNoteTest, ANoteOfNothingButTheRequestIsADumpWithADiagnostic) {
  wire::CrashRequest request{.process_id = 7, .thread_id = 8, .signal_number = 11, .signal_code = 1};
  std::vector<std::byte> note(sizeof(request));
  std::memcpy(note.data(), &request, sizeof(request));
  const Settings settings{.product = "Editor"};
  const auto dump = CaptureNote(note, settings, "00112233-4455-4677-8899-aabbccddeeff", 1'000'000);
  ASSERT_TRUE(dump.has_value());
  auto analysis = pipeline::Analysis::Create(*dump, {});
  ASSERT_TRUE(analysis.has_value());
  const model::CrashReport& report = analysis->report();
  EXPECT_EQ(report.crash.reason, "SIGSEGV / SEGV_MAPERR");
  EXPECT_EQ(report.annotations.at("ProductName"), "Editor");
  EXPECT_NE(report.annotations.at(kDiagnosticAnnotation).find("no handler answered"), std::string::npos);
}

TEST(CaptureNoteTest, NonsenseIsRefused) {
  EXPECT_FALSE(CaptureNote(base::AsBytes("nonsense"), {}, "id", 0).has_value());
}

}  // namespace
}  // namespace cairn::handler
