// A Firefox of Android on 32-bit ARM, of whose frames nothing but scans of the stack tell.
//
// Breakpad and rust-minidump agree there on 7,489 frames. Two thirds of those lie in memory that is not
// executable (the heap of ART, data of libraries, mapped fonts), or in the middle of an ARM instruction: no
// call returns there. Cairn leaves these out and finds all others, in their order; it also has the callers
// that the link register holds, which the older tools do not look at, so that its frames may have more
// between them.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "formats/minidump/linux_maps.h"
#include "tests/run_command.h"

namespace cairn::tests {
namespace {

namespace fs = std::filesystem;
using simdjson::dom::element;

// Where a caller's frame stands: two bytes before its return address, whose bit 0 tells of Thumb.
constexpr std::uint64_t kCallBytesBack = 2;

std::uint64_t Address(const element& frame, std::string_view key) {
  const std::string text(frame[key].get_string().value());
  return std::stoull(text, nullptr, 16);
}

// Where code is: executable mappings, and in them the modules that Cairn has. It leaves out modules that
// overlap others, and believes no return address in none.
class CodeMap {
 public:
  CodeMap(const std::vector<model::MemoryMapping>& mappings, const element& answer) : mappings_(mappings) {
    for (const element module : answer["modules"].get_array()) {
      modules_.push_back({.start = {Address(module, "base_addr")}, .end = {Address(module, "end_addr")}});
    }
  }

  bool CanBeCaller(std::uint64_t address) const {
    if (((address + kCallBytesBack) & 3) == 2) return false;
    const model::MemoryMapping* const mapping = Find(mappings_, address);
    return mapping != nullptr && mapping->executable && Find(modules_, address) != nullptr;
  }

 private:
  static const model::MemoryMapping* Find(const std::vector<model::MemoryMapping>& ranges,
                                          std::uint64_t address) {
    for (const model::MemoryMapping& range : ranges) {
      if (address >= range.start.value && address < range.end.value) return &range;
    }
    return nullptr;
  }

  std::vector<model::MemoryMapping> mappings_;
  std::vector<model::MemoryMapping> modules_;
};

// What both older tools found and a call can have led to, the context first; inlined functions only once.
std::vector<std::uint64_t> Wanted(const element& thread, const CodeMap& code) {
  std::vector<std::uint64_t> wanted;
  for (const element frame : thread["agreed_prefix"].get_array()) {
    const std::uint64_t address = Address(frame, "offset_rust_minidump");
    if (!wanted.empty() && !code.CanBeCaller(address)) continue;
    if (wanted.empty() || wanted.back() != (address & ~std::uint64_t{1})) {
      wanted.push_back(address & ~std::uint64_t{1});
    }
  }
  return wanted;
}

// The first of `wanted` that `thread` does not have in its order, or nothing.
std::optional<std::uint64_t> FindMissing(const std::vector<std::uint64_t>& wanted, const element& thread) {
  auto next = wanted.begin();
  for (const element frame : thread["frames"].get_array()) {
    if (next != wanted.end() && Address(frame, "offset") == *next) ++next;
  }
  if (next == wanted.end()) return std::nullopt;
  return *next;
}

TEST(AndroidArm, EveryAgreedFrameThatCanBeOneIsFound) {
  const char* const fixtures = std::getenv("CAIRN_FIXTURES");
  const fs::path source = fs::path(fixtures != nullptr ? fixtures : "") / "minidumps";
  if (fixtures == nullptr || !fs::is_directory(source)) {
    GTEST_SKIP() << "CAIRN_FIXTURES is not set: no dump to compare with Breakpad and rust-minidump";
  }
  const fs::path folder = fs::path(CAIRN_BINARY_DIR) / "tests" / "oracle_android";
  fs::remove_all(folder);
  fs::create_directories(folder);
  const std::string dump_path = (folder / "android-arm.dmp").string();
  for (const std::string name : {"android-arm.dmp.xz", "android-arm.dmp.expected.json.xz"}) {
    fs::copy_file(source / "moz-minidump-stackwalk" / name, folder / name);
    ASSERT_EQ(RunCommand({"xz", "-d", (folder / name).string()}, folder).exit_code, 0);
  }

  const std::string dump_bytes = ReadWhole(dump_path);
  model::Diagnostics diagnostics;
  const auto dump = minidump::Minidump::Open(base::AsBytes(dump_bytes), diagnostics);
  ASSERT_TRUE(dump.has_value());
  const std::vector<model::MemoryMapping> mappings = minidump::ReadLinuxMaps(*dump, diagnostics);
  ASSERT_FALSE(mappings.empty());

  simdjson::dom::parser expected_parser;
  element expected;
  ASSERT_EQ(expected_parser.load(dump_path + ".expected.json").get(expected), simdjson::SUCCESS);
  const CommandResult result = RunCommand({CAIRN_BINARY_DIR "/bin/cairn", "stackwalk", "--json",
                                           "--symbols-cache", (folder / "cache").string(), dump_path},
                                          folder);
  ASSERT_EQ(result.exit_code, 0) << result.errors;
  simdjson::dom::parser answer_parser;
  element answer;
  ASSERT_EQ(answer_parser.parse(result.output).get(answer), simdjson::SUCCESS);

  const CodeMap code(mappings, answer);
  // Breakpad's numbering leaves out the thread that wrote the dump.
  ASSERT_TRUE(expected["dump_writer_thread_index"].is_null());
  std::size_t wanted_frames = 0;
  for (const element thread : expected["threads"].get_array()) {
    const std::uint64_t index = thread["index"].get_uint64();
    const std::vector<std::uint64_t> wanted = Wanted(thread, code);
    const auto missing = FindMissing(wanted, answer["threads"].at(index));
    EXPECT_FALSE(missing.has_value()) << "thread " << index << " lacks 0x" << std::hex << missing.value_or(0);
    wanted_frames += wanted.size();
  }
  EXPECT_GT(wanted_frames, 2000u);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace cairn::tests
