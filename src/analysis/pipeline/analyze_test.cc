#include "analysis/pipeline/analyze.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "testing/context_builder.h"
#include "testing/sample_crash.h"
#include "testing/stack_builder.h"
#include "testing/stream_builders.h"
#include "testing/table_symbols.h"
#include "testing/x64_unwind_builder.h"

namespace cairn::pipeline {
namespace {

using testing::MinidumpBuilder;

class AnalyzeTest : public ::testing::Test {
 protected:
  AnalyzeTest() {
    symbols_.Function(0x1000, 0x100, "Inner()")
        .Function(0x1100, 0x100, "Outer(int)")
        .Function(0x1200, 0x100, "main");
    symbols_.Row(0x1000, 0x100, testing::RowAboveRsp(16));
  }

  // Runs to the end; module 0 has symbols.
  model::CrashReport Finish(Analysis analysis) {
    while (const std::optional<NeedSymbols> need = analysis.Next()) {
      analysis.Provide(need->module, need->module == 0 ? &symbols_ : nullptr);
    }
    return analysis.Finish();
  }
  model::CrashReport Run(MinidumpBuilder builder, AnalysisOptions options = {}) {
    return Run(builder.Build(), options);
  }
  model::CrashReport Run(const std::vector<std::byte>& dump, AnalysisOptions options = {}) {
    base::Result<Analysis> analysis = Analysis::Create(dump, options);
    if (!analysis) {
      ADD_FAILURE() << Describe(analysis.error());
      return {};
    }
    return Finish(*std::move(analysis));
  }

  static std::vector<std::string> Names(const model::Thread& thread) {
    std::vector<std::string> names;
    for (const model::Frame& frame : thread.frames) names.push_back(frame.location.function);
    return names;
  }
  static bool Notes(const model::CrashReport& report, std::string_view what) {
    return std::ranges::any_of(report.diagnostics.kept(),
                               [&](const auto& note) { return note.what == what; });
  }

  testing::TableSymbols symbols_;
};

const std::vector<std::string> kSampleNames = {"Inner()", "Outer(int)", "", "main"};

TEST_F(AnalyzeTest, SampleGivesAWholeReport) {
  const model::CrashReport report = Run(testing::SampleCrash());
  EXPECT_EQ(report.process_id, 4711u);
  EXPECT_EQ(report.crash_time_s, 1700000000u);
  EXPECT_EQ(report.crash.reason, "SIGSEGV / SEGV_MAPERR");
  EXPECT_EQ(report.crash.address, model::ProcessAddress{0x10});
  EXPECT_EQ(report.crash.thread, 0u);
  EXPECT_EQ(report.linux_memory_map_count, 3u);
  EXPECT_EQ(report.annotations.at("channel"), "nightly");
  ASSERT_EQ(report.threads.size(), 1u);
  EXPECT_EQ(Names(report.threads[0]), kSampleNames);
  EXPECT_EQ(report.threads[0].frames[1].function_offset, 0x20u);
  EXPECT_TRUE(report.threads[0].frames[2].missing_symbols);
  EXPECT_EQ(report.modules[0].symbols, model::SymbolStatus::kLoaded);
  EXPECT_EQ(report.modules[1].symbols, model::SymbolStatus::kMissing);
  EXPECT_NE(report.signature.text.find("Inner"), std::string::npos) << report.signature.text;
  EXPECT_TRUE(report.diagnostics.kept().empty());
}

TEST_F(AnalyzeTest, NoDumpIsAnError) {
  EXPECT_FALSE(Analysis::Create(base::AsBytes("PK and more of no dump at all, 32 bytes"), {}).has_value());
}

// Wherever the file ends, what is left is a report, and it says that something is missing.
TEST_F(AnalyzeTest, DumpCutAtEachStreamIsStillACrash) {
  MinidumpBuilder builder = testing::SampleCrash();
  const std::vector<std::byte> whole = builder.Build();
  for (const auto& [type, range] : builder.stream_ranges()) {
    for (const std::size_t size : {range.first, (range.first + range.second) / 2, range.second - 1}) {
      const std::vector<std::byte> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      const model::CrashReport report = Run(cut);
      EXPECT_FALSE(report.diagnostics.kept().empty()) << "stream " << type << " cut at " << size;
    }
  }
}

TEST_F(AnalyzeTest, CutBehindTheThreadsKeepsTheStack) {
  MinidumpBuilder builder = testing::SampleCrash();
  std::vector<std::byte> dump = builder.Build();
  dump.resize(builder.stream_ranges().at(6).first);  // The exception and all behind it.
  const model::CrashReport report = Run(dump);
  EXPECT_TRUE(report.crash.reason.empty());
  EXPECT_EQ(Names(report.threads.at(0)), kSampleNames);
}

TEST_F(AnalyzeTest, ExceptionOfAThreadThatIsNotListedIsKept) {
  MinidumpBuilder builder;
  builder.System({}).Module({.base = testing::kSampleMain, .size = 0x10000, .name = "crashy"});
  builder.Memory(testing::SampleStack());
  builder.Exception(
      {.thread_id = 7, .code = 11, .context = testing::Amd64Context(testing::SampleRegisters())});
  const model::CrashReport report = Run(std::move(builder));
  ASSERT_EQ(report.threads.size(), 1u);
  EXPECT_EQ(report.crash.thread, 0u);
  EXPECT_EQ(report.threads[0].id, 7u);
  EXPECT_EQ(Names(report.threads[0]).at(1), "Outer(int)");
  EXPECT_TRUE(Notes(report, "thread list"));
  EXPECT_TRUE(Notes(report, "the exception's thread"));
}

TEST_F(AnalyzeTest, ExceptionContextIsTheCrashingThreads) {
  model::Registers in_handler = testing::SampleRegisters();
  in_handler.Set(model::kRip, testing::kSampleMain + 0x1250);
  MinidumpBuilder builder = testing::SampleCrash();
  builder.Thread({.id = 101, .context = testing::Amd64Context(in_handler), .stack = testing::SampleStack()});
  builder.Exception({.thread_id = 101, .context = testing::Amd64Context(testing::SampleRegisters())});
  const model::CrashReport report = Run(std::move(builder));
  EXPECT_EQ(report.crash.thread, 1u);
  EXPECT_EQ(Names(report.threads.at(1)), kSampleNames);
}

// A JavaScript engine's code lies in no module; a stream of the dump has its unwind table. Between its frame
// and the main program's lies a word that a scan would take for a return address.
TEST_F(AnalyzeTest, CodeMadeAtRunTimeIsUnwoundByItsFunctionTable) {
  constexpr std::uint64_t kJit = 0x2'0000'0000;
  constexpr std::uint64_t kStack = 0x1000'0000;
  testing::ByteSink info;  // sub rsp, 0x28
  testing::AppendX64Info(info, {.codes = {testing::X64Code(0, 2, 4)}});
  testing::StackBuilder stack(kStack);
  stack.Words(3, 0).Word(testing::kSampleMain + 0x1110).Word(0).Word(testing::kSampleMain + 0x1211);
  stack.Words(8, 0);
  model::Registers registers;
  registers.Set(model::kRip, kJit + 0x150);
  registers.Set(model::kRsp, kStack);

  const auto dump = [&](bool with_table) {
    MinidumpBuilder builder;
    builder.System({.platform = 2}).Module({.base = testing::kSampleMain, .size = 0x10000, .name = "a.exe"});
    builder.Thread({.id = 1, .context = testing::Amd64Context(registers), .stack = stack.Build()});
    builder.Memory({kJit + 0x800, info.bytes()});
    if (with_table) {
      builder.StreamFrom(13, testing::FunctionTables({{kJit, kJit + 0x1000, {0x100, 0x200, 0x800}}}));
    }
    return Run(std::move(builder));
  };
  EXPECT_EQ(Names(dump(true).threads.at(0)), (std::vector<std::string>{"", "main"}));
  EXPECT_EQ(dump(true).threads.at(0).frames.at(1).trust, model::Trust::kCfi);
  EXPECT_EQ(Names(dump(false).threads.at(0)).at(1), "Outer(int)") << "what a scan makes of it";
}

TEST_F(AnalyzeTest, ArgumentsAreGuessedOnX86WhereTheyAreWanted) {
  constexpr std::uint64_t kStack = 0x1000'0000;
  testing::StackBuilder stack(kStack, std::endian::little, 4);
  stack.Word(kStack + 0x20).Word(testing::kSampleMain + 0x1210).Word(42).Words(8, 0);
  model::Registers registers;
  registers.Set(model::kEip, testing::kSampleMain + 0x1150);
  registers.Set(model::kEsp, kStack);
  registers.Set(model::kEbp, kStack);
  MinidumpBuilder builder;
  builder.System({.architecture = 0}).Module({.base = testing::kSampleMain, .size = 0x10000, .name = "app"});
  builder.Thread({.id = 1, .context = testing::X86Context(registers), .stack = stack.Build()});
  const std::vector<std::byte> dump = builder.Build();

  const model::CrashReport guessed = Run(dump, {.guess_arguments = true});
  const std::vector<model::Frame>& frames = guessed.threads.at(0).frames;
  ASSERT_GE(frames.size(), 2u);
  ASSERT_EQ(frames[0].location.function, "Outer(int)");
  ASSERT_EQ(frames[0].arguments.size(), 1u);
  EXPECT_EQ(frames[0].arguments[0].type, "int");
  EXPECT_EQ(frames[0].arguments[0].value, 42u);
  EXPECT_TRUE(frames[1].arguments.empty()) << "main has no list";
  EXPECT_TRUE(Run(dump).threads.at(0).frames.at(0).arguments.empty());
}

TEST_F(AnalyzeTest, StackIsFoundInTheMemoryList) {
  // The descriptor of the first points nowhere (Windows); that of the second is an alternate signal stack.
  MinidumpBuilder builder = testing::SampleCrash();
  const std::vector<std::byte> context = testing::Amd64Context(testing::SampleRegisters());
  builder.Thread(
      {.id = 2, .context = context, .stack = testing::SampleStack(), .stack_only_in_memory_list = true});
  builder.Thread({.id = 3, .context = context, .stack = {0x1000, std::vector<std::byte>(64)}});
  const model::CrashReport report = Run(std::move(builder));
  EXPECT_EQ(Names(report.threads.at(1)), kSampleNames);
  EXPECT_EQ(Names(report.threads.at(2)), kSampleNames);
}

TEST_F(AnalyzeTest, WriterOfTheDumpHasNoFramesAndTheRequesterIsMarked) {
  MinidumpBuilder builder;
  builder.System({}).Module({.base = testing::kSampleMain, .size = 0x10000, .name = "crashy"});
  const std::vector<std::byte> context = testing::Amd64Context(testing::SampleRegisters());
  builder.Thread({.id = 1, .context = context, .stack = testing::SampleStack()});
  builder.Thread({.id = 2, .context = context, .stack = testing::SampleStack()});
  builder.BreakpadInfo(1, 2);
  const model::CrashReport report = Run(std::move(builder));
  EXPECT_TRUE(report.threads.at(0).frames.empty());
  EXPECT_EQ(report.crash.thread, 1u);
  EXPECT_FALSE(report.threads.at(1).frames.empty());
  EXPECT_TRUE(report.crash.reason.empty());
}

TEST_F(AnalyzeTest, OtherThreadsCanBeLeftUnwalked) {
  MinidumpBuilder builder = testing::SampleCrash();
  builder.Thread({.id = 2,
                  .context = testing::Amd64Context(testing::SampleRegisters()),
                  .stack = testing::SampleStack()});
  const model::CrashReport report = Run(std::move(builder), {.crashing_thread_only = true});
  ASSERT_EQ(report.threads.size(), 2u);
  EXPECT_EQ(Names(report.threads[0]), kSampleNames);
  EXPECT_TRUE(report.threads[1].frames.empty());
}

TEST_F(AnalyzeTest, FramesOfAllThreadsTogetherAreBounded) {
  testing::StackBuilder endless(testing::kSampleStack);
  endless.Words(2000, testing::kSampleMain + 0x1021);  // Inner calls itself, 16 bytes a frame.
  MinidumpBuilder builder;
  builder.System({}).Module({.base = testing::kSampleMain, .size = 0x10000, .name = "crashy"});
  builder.Memory(endless.Build());
  constexpr std::uint32_t kThreads = 200;
  const std::vector<std::byte> context = testing::Amd64Context(testing::SampleRegisters());
  for (std::uint32_t id = 1; id <= kThreads; ++id) builder.Thread({.id = id, .context = context});
  builder.Exception({.thread_id = kThreads, .code = 11, .context = context});
  const model::CrashReport report = Run(std::move(builder));

  EXPECT_GT(report.threads.at(0).frames.size(), 900u);
  EXPECT_GT(report.threads.at(kThreads - 1).frames.size(), 900u) << "the thread that crashed comes first";
  EXPECT_TRUE(report.threads.at(kThreads - 2).frames.empty());
  EXPECT_TRUE(report.threads.at(kThreads - 2).truncated);
  EXPECT_TRUE(Notes(report, "frames of all threads"));
}

TEST_F(AnalyzeTest, NamesOfAllFramesTogetherAreBounded) {
  const std::string name(std::size_t{1} << 20, 'f');
  symbols_.Function(0x2000, 0x100, name);
  model::CrashReport walked;
  walked.modules = {{.base = {testing::kSampleMain}, .size = 0x10000, .code_file = "crashy"}};
  model::Frame frame;
  frame.instruction = {testing::kSampleMain + 0x2000};
  frame.module = 0;
  walked.threads.resize(2);
  walked.threads[0].frames.resize(100, frame);
  walked.threads[1].frames.resize(1, frame);
  walked.crash.thread = 1;
  const model::CrashReport report = Finish(Analysis::FromFrames(std::move(walked), {}));
  EXPECT_EQ(report.threads[1].frames[0].location.function.size(), name.size());
  EXPECT_EQ(report.threads[0].frames[0].location.function.size(), name.size());
  EXPECT_TRUE(report.threads[0].frames[99].location.function.empty());
  EXPECT_TRUE(Notes(report, "names of frames"));
}

TEST_F(AnalyzeTest, BigEndianDumpGivesTheSame) {
  EXPECT_EQ(Names(Run(testing::SampleCrash(std::endian::big)).threads.at(0)), kSampleNames);
}

TEST_F(AnalyzeTest, PingsGetNamesAndSignatureOnly) {
  model::CrashReport ping;
  ping.modules = {{.base = {testing::kSampleMain}, .size = 0x10000, .code_file = "crashy"}};
  ping.crash.thread = 0;
  model::Frame known;
  known.instruction = {testing::kSampleMain + 0x1120};
  known.trust = model::Trust::kPrewalked;
  known.module = 0;
  model::Frame outside = known;
  outside.module = 5;  // No such module: the ping is not to be trusted.
  ping.threads.push_back({.frames = {known, outside}});
  const model::CrashReport report = Finish(Analysis::FromFrames(std::move(ping), {}));
  EXPECT_EQ(report.threads.at(0).frames[0].location.function, "Outer(int)");
  EXPECT_EQ(report.threads[0].frames[1].module, std::nullopt);
  EXPECT_NE(report.signature.text.find("Outer"), std::string::npos) << report.signature.text;
}

}  // namespace
}  // namespace cairn::pipeline
