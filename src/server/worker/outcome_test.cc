#include "server/worker/outcome.h"

#include <gtest/gtest.h>

#include <array>

#include "server/worker/parts.h"

namespace cairn::worker {
namespace {

// One thread: an inlined frame with a name, then a frame without symbols, then one without a module.
model::CrashReport MakeReport() {
  model::CrashReport report;
  report.system.os = model::Os::kLinux;
  report.system.cpu = model::Cpu::kAmd64;
  report.crash.reason = "SIGSEGV / SEGV_MAPERR";
  report.crash.address = model::ProcessAddress{8};
  report.crash.thread = 0;
  report.signature.text = "Inner";
  report.signature.proto = "Inner | Outer | libx.so@0x20";
  report.signature.notes = {"a note"};
  report.annotations["Key"] = "value";
  model::Module program;
  program.base.value = 0x10000;
  program.size = 0x1000;
  program.code_file = "/home/somebody/crashy";
  program.debug_id.text = "A0";
  model::Module library = program;
  library.base.value = 0x20000;
  library.code_file = library.debug_file = "/usr/lib/libx.so";
  report.modules = {program, library};
  model::Frame named;
  named.instruction.value = 0x10010;
  named.module = 0;
  named.location = {"Outer", "a.cc", 7};
  named.inlines = {{"Inner", "b.h", 3}};
  model::Frame bare;
  bare.instruction.value = 0x20020;
  bare.module = 1;
  bare.missing_symbols = true;
  model::Frame lost;
  lost.instruction.value = 0x5;
  report.threads.emplace_back().frames = {named, bare, lost};
  return report;
}

std::string Answer(const std::string& found, const std::string& dump) {
  return JoinParts(std::array{found, dump});
}

TEST(OutcomeTest, WhatIsWrittenIsRead) {
  const auto outcome = ReadOutcome(WriteOutcome(MakeReport(), OtherThreads::kIncluded));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->signature, "Inner");
  EXPECT_EQ(outcome->notes.at(0), "a note");
  EXPECT_EQ(outcome->address, "0x0000000000000008");
  EXPECT_EQ(outcome->crashing_thread, 0u);
  EXPECT_EQ(outcome->os_name, "Linux");
  EXPECT_EQ(outcome->cpu_arch, "amd64");
  EXPECT_EQ(outcome->dump_annotations.at("Key"), "value");
  ASSERT_EQ(outcome->stack.size(), 3u);
  EXPECT_EQ(outcome->stack[0].module, "crashy");
  EXPECT_EQ(outcome->stack[0].module_offset, 0x10u);
  ASSERT_EQ(outcome->stack[0].names.size(), 2u);
  EXPECT_EQ(outcome->stack[0].names[0].function, "Inner");
  EXPECT_EQ(outcome->stack[0].names[1].line, 7u);
  EXPECT_TRUE(outcome->stack[1].names.empty());
  EXPECT_EQ(outcome->stack[2].module, "");
  EXPECT_EQ(outcome->stack[2].module_offset, 5u) << "the address: the signature may name it";
  EXPECT_TRUE(outcome->first_stack.empty());
  ASSERT_EQ(outcome->missing_symbols.size(), 1u);
  EXPECT_EQ(outcome->missing_symbols[0].debug_file, "libx.so");
  EXPECT_TRUE(outcome->json_dump.starts_with("{"));
}

TEST(OutcomeTest, TheFirstThreadComesWhereTheSignatureIsMadeFromIt) {
  const auto first_of = [](const model::CrashReport& report) {
    const auto outcome = ReadNamedStack(WriteNamedStack(report));
    EXPECT_TRUE(outcome);
    return outcome ? outcome->first_stack.size() : 0;
  };
  model::CrashReport report = MakeReport();
  model::Frame watchdog;
  watchdog.location.function = "mozilla::RunWatchdog(void*)";
  report.threads.emplace_back().frames = {watchdog};
  EXPECT_EQ(first_of(report), 0u);
  report.crash.thread = 1;
  EXPECT_EQ(first_of(report), 3u);
  report.threads[0].frames.resize(100);
  EXPECT_EQ(first_of(report), 40u) << "a signature reads no more";
  report.threads[1].frames = {};
  EXPECT_EQ(first_of(report), 0u);
  report.crash.thread.reset();
  EXPECT_EQ(first_of(report), 40u);
  report.threads.clear();
  EXPECT_EQ(first_of(report), 0u);
}

// Thread 0 crashed; 1 and 2 wait in one place, called from two; 3 has no frames.
TEST(OutcomeTest, TheOtherThreadsOfAReportComeWithEachFrameOnce) {
  model::CrashReport report = MakeReport();
  const std::vector<model::Frame> frames = report.threads[0].frames;
  report.threads.emplace_back().frames = {frames[1], frames[0]};
  report.threads.emplace_back().frames = {frames[1], frames[2]};
  report.threads.emplace_back();
  const auto outcome = ReadOutcome(WriteOutcome(report, OtherThreads::kIncluded));
  ASSERT_TRUE(outcome);
  using Indices = std::vector<std::uint32_t>;
  EXPECT_EQ(outcome->other_threads, (std::vector<Indices>{{0, 1}, {0, 2}, {}}));
  ASSERT_EQ(outcome->other_frames.size(), 3u);
  EXPECT_EQ(outcome->other_frames[0].module, "libx.so");
  EXPECT_EQ(outcome->other_frames[1].names.at(1).function, "Outer");
  EXPECT_EQ(outcome->other_frames[2].module, "");
  EXPECT_EQ(outcome->stack.size(), 3u);
  report.crash.thread.reset();
  EXPECT_EQ(ReadOutcome(WriteOutcome(report, OtherThreads::kIncluded))->other_threads.size(), 4u);
  const auto without = ReadOutcome(WriteOutcome(report, OtherThreads::kLeftOut));
  EXPECT_TRUE(without->other_threads.empty());
  EXPECT_TRUE(without->other_frames.empty());
}

TEST(OutcomeTest, ANamedStackIsTheOutcomesWithoutTheRest) {
  const auto outcome = ReadOutcome(WriteOutcome(MakeReport(), OtherThreads::kIncluded));
  const auto named = ReadNamedStack(WriteNamedStack(MakeReport()));
  ASSERT_TRUE(outcome && named);
  EXPECT_EQ(named->signature, outcome->signature);
  EXPECT_EQ(named->proto_signature, outcome->proto_signature);
  EXPECT_EQ(named->reason, "SIGSEGV / SEGV_MAPERR");
  ASSERT_EQ(named->stack.size(), 3u);
  EXPECT_EQ(named->stack[0].names[1].function, "Outer");
  EXPECT_EQ(named->json_dump, "");
  EXPECT_FALSE(ReadNamedStack("[]"));
}

TEST(OutcomeTest, NonsenseOfAWorkerIsRefusedOrEmpty) {
  EXPECT_FALSE(ReadOutcome(""));
  EXPECT_FALSE(ReadOutcome("[]"));
  EXPECT_FALSE(ReadOutcome("{\"signature\":\"x\"}"));
  EXPECT_FALSE(ReadOutcome(JoinParts(std::array<std::string, 1>{"{}"})));
  EXPECT_FALSE(ReadOutcome(Answer("{}", "[]")));
  EXPECT_FALSE(ReadOutcome(Answer("{}", "{\"no end\":")));
  EXPECT_FALSE(ReadOutcome(Answer("7", "{}")));
  const auto outcome = ReadOutcome(Answer(
      R"({"signature":1,"stack":[7,{"names":3},{"module_offset":"zz"}],"notes":[1],"crashing_thread":-1,
      "other_frames":[{}],"other_threads":[7,[1,-1,"x",0]]})",
      "{}"));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->signature, "");
  EXPECT_EQ(outcome->stack.size(), 3u);
  EXPECT_FALSE(outcome->crashing_thread);
  EXPECT_EQ(outcome->other_threads, (std::vector<std::vector<std::uint32_t>>{{}, {0}}));
}

// A few bytes of a worker may not become many of the server.
TEST(OutcomeTest, FramesThatAreNamedVeryOftenAreCut) {
  const std::string name(kMaxOutcomeTextBytes, 'x');
  std::string threads;
  for (int thread = 0; thread < 3; ++thread) {
    threads += thread == 0 ? "[0" : ",[0";
    for (std::size_t i = 1; i < 2 * kMaxOutcomeFrames; ++i) threads += ",0";
    threads += "]";
  }
  const auto outcome = ReadOutcome(Answer(
      R"({"other_frames":[{"names":[{"function":")" + name + R"("}]}],"other_threads":[)" + threads + "]}",
      "{}"));
  ASSERT_TRUE(outcome);
  ASSERT_EQ(outcome->other_threads.size(), 3u);
  EXPECT_EQ(outcome->other_threads[0].size(), kMaxOutcomeFrames);
  EXPECT_EQ(
      outcome->other_threads[0].size() + outcome->other_threads[1].size() + outcome->other_threads[2].size(),
      kMaxOutcomeOtherBytes / kMaxOutcomeTextBytes);
}

TEST(OutcomeTest, WhatAWorkerSaysTooMuchOfIsCut) {
  model::CrashReport report = MakeReport();
  report.signature.text = std::string(kMaxOutcomeTextBytes - 1, 'x') + "\xc3\xa9 and more";
  report.signature.notes.assign(10 * kMaxOutcomeNotes, "note");
  report.threads[0].frames[0].inlines.assign(10 * kMaxOutcomeNames, {"Inner", "b.h", 3});
  const auto outcome = ReadOutcome(WriteOutcome(report, OtherThreads::kIncluded));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->signature, std::string(kMaxOutcomeTextBytes - 1, 'x')) << "not half a character";
  EXPECT_EQ(outcome->notes.size(), kMaxOutcomeNotes);
  EXPECT_EQ(outcome->stack[0].names.size(), kMaxOutcomeNames);
}

}  // namespace
}  // namespace cairn::worker
