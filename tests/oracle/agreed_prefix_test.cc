// The oracle: every frame on which Breakpad's minidump_stackwalk and rust-minidump agree, `cairn stackwalk`
// finds too, in their order; but for words that only scans took for return addresses and of which the dump
// itself proves that they are none: no call stands before them, or their memory is not executable.
//
// The dumps and both tools' answers come from $CAIRN_FIXTURES/minidumps (its MANIFEST.md says how they were
// made); none of that is part of this repository. tests/golden does the same for a dump of our own.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "analysis/unwind/x86_calls.h"
#include "formats/minidump/linux_maps.h"
#include "formats/minidump/memory.h"
#include "tests/run_command.h"

namespace cairn::tests {
namespace {

namespace fs = std::filesystem;
using simdjson::dom::element;

// One function on the stack; inlined ones are rows of their own, innermost first.
struct Row {
  std::string module;
  std::string function;
  std::string line;
  friend bool operator==(const Row&, const Row&) = default;
};

std::ostream& operator<<(std::ostream& stream, const Row& row) {
  return stream << row.module << "!" << row.function << ":" << row.line;
}

// A text or a number as text; null and absent as nothing.
std::string Text(const element& object, std::string_view key) {
  element value;
  if (object[key].get(value) != simdjson::SUCCESS || value.is_null()) return {};
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return std::string(text);
  return simdjson::to_string(value);
}

std::vector<Row> FlattenFrames(const element& thread) {
  std::vector<Row> rows;
  for (const element frame : thread["frames"].get_array()) {
    const std::string module = Text(frame, "module");
    simdjson::dom::array inlines;
    if (frame["inlines"].get(inlines) == simdjson::SUCCESS) {
      for (const element inlined : inlines) {
        rows.push_back({module, Text(inlined, "function"), Text(inlined, "line")});
      }
    }
    rows.push_back({module, Text(frame, "function"), Text(frame, "line")});
  }
  return rows;
}

// The threads in Breakpad's numbering, which leaves out the one that wrote the dump.
std::vector<std::vector<Row>> ReadThreads(const element& answer, const element& expected) {
  std::vector<std::vector<Row>> threads;
  const std::string writer = Text(expected, "dump_writer_thread_index");
  std::uint64_t index = 0;
  for (const element thread : answer["threads"].get_array()) {
    if (std::to_string(index++) != writer) threads.push_back(FlattenFrames(thread));
  }
  return threads;
}

// What the dump tells of code.
class DumpCode {
 public:
  // `dump` must outlive this.
  explicit DumpCode(std::string_view dump) {
    model::Diagnostics diagnostics;
    const auto opened = minidump::Minidump::Open(base::AsBytes(dump), diagnostics);
    if (!opened) return;
    mappings_ = minidump::ReadLinuxMaps(*opened, diagnostics);
    memory_ = minidump::Memory::Read(*opened, diagnostics);
  }

  // False if no call can have led to the frame whose return address is right above `instruction`.
  bool CanBeCaller(std::uint64_t instruction) const {
    const auto holds = [&](const model::MemoryMapping& mapping) {
      return mapping.executable && instruction >= mapping.start.value && instruction < mapping.end.value;
    };
    if (!mappings_.empty() && std::ranges::none_of(mappings_, holds)) return false;
    constexpr std::uint64_t kCallBytes = 8;
    const auto range = memory_.Find({instruction});
    if (!range) return true;
    const std::uint64_t end = instruction + 1 - range->start.value;
    const auto code =
        end < kCallBytes ? std::nullopt : base::Slice(range->bytes, end - kCallBytes, kCallBytes);
    return !code || unwind::EndsWithX86Call(*code);
  }

 private:
  std::vector<model::MemoryMapping> mappings_;
  minidump::Memory memory_;
};

bool IsProvenWrong(const element& frame, const DumpCode& code) {
  if (Text(frame, "trust_rust_minidump") != "scan") return false;
  return !code.CanBeCaller(std::stoull(Text(frame, "offset_rust_minidump"), nullptr, 16));
}

void CompareThreads(const element& answer, const element& expected, const DumpCode& code) {
  const std::vector<std::vector<Row>> threads = ReadThreads(answer, expected);
  for (const element thread : expected["threads"].get_array()) {
    const std::uint64_t index = thread["index"].get_uint64();
    ASSERT_LT(index, threads.size());
    std::size_t number = 0;
    for (const element frame : thread["agreed_prefix"].get_array()) {
      if (IsProvenWrong(frame, code)) continue;
      const Row wanted{Text(frame, "module"), Text(frame, "function"), Text(frame, "line")};
      ASSERT_LT(number, threads[index].size()) << "thread " << index << " ends before " << wanted;
      ASSERT_EQ(threads[index][number], wanted) << "thread " << index << ", frame " << number;
      ++number;
    }
  }
}

// rust-minidump refuses this dump's symbol file, which has no newline at its end, so the two agree on
// nothing; the names are Breakpad's.
void CompareInlineDump(const element& answer) {
  const std::vector<Row> rows = FlattenFrames(answer["crashing_thread"]);
  ASSERT_GE(rows.size(), 4u);
  EXPECT_EQ(rows[0].function, "func()");
  EXPECT_EQ(rows[1].function, "bar()");
  EXPECT_EQ(rows[2].function, "foo()");
  EXPECT_EQ(rows[3].function, "main");
}

TEST(AgreedPrefix, EveryLinuxAmd64DumpGivesTheFramesThatBothOldToolsFind) {
  const char* const fixtures = std::getenv("CAIRN_FIXTURES");
  if (fixtures == nullptr || !fs::is_directory(fs::path(fixtures) / "minidumps")) {
    GTEST_SKIP() << "CAIRN_FIXTURES is not set: no dumps to compare with Breakpad and rust-minidump";
  }
  const fs::path folder = fs::path(CAIRN_BINARY_DIR) / "tests" / "oracle";
  fs::remove_all(folder);
  fs::create_directories(folder);
  const fs::path minidumps = folder / "minidumps";
  ASSERT_TRUE(CopyUnpacked(fs::path(fixtures) / "minidumps", minidumps));

  int compared = 0;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(minidumps)) {
    const fs::path& dump = entry.path();
    const std::string expected_path = dump.string() + ".expected.json";
    if (dump.extension() != ".dmp" || !fs::exists(expected_path)) continue;
    SCOPED_TRACE(dump.filename());
    simdjson::dom::parser expected_parser;
    element expected;
    ASSERT_EQ(expected_parser.load(expected_path).get(expected), simdjson::SUCCESS);
    if (Text(expected, "os") != "Linux" || Text(expected, "cpu") != "amd64") continue;

    const CommandResult result = RunCommand(
        {CAIRN_BINARY_DIR "/bin/cairn", "stackwalk", "--json", "--symbols-path",
         (minidumps / "symbols").string(), "--symbols-cache", (folder / "cache").string(), dump.string()},
        folder);
    ASSERT_EQ(result.exit_code, 0) << result.errors;
    simdjson::dom::parser answer_parser;
    element answer;
    ASSERT_EQ(answer_parser.parse(result.output).get(answer), simdjson::SUCCESS);
    const std::string bytes = ReadWhole(dump);
    CompareThreads(answer, expected, DumpCode(bytes));
    if (dump.filename() == "linux_inline.dmp") CompareInlineDump(answer);
    ++compared;
  }
  EXPECT_GT(compared, 0) << "no Linux amd64 dump in " << fixtures;
  fs::remove_all(folder);
}

}  // namespace
}  // namespace cairn::tests
