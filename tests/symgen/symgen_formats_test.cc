// PE with PDB and with DWARF, Mach-O with a dSYM bundle: functions, lines and inlined calls at every line row
// compared with llvm-symbolizer, and unwind rows where lines begin with what the readers of the tables
// themselves say.
//
// The binaries are those of make_fixtures. Names of inlined functions have no arguments at llvm-symbolizer.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/native_unwind/binary_symbols.h"
#include "formats/symfile/compile.h"
#include "formats/symfile/symbol_cache.h"
#include "llvm_oracle.h"
#include "os/file.h"

namespace cairn {
namespace {

using namespace symgen_test;  // NOLINT: this file is about nothing else.
using testing::HasSubstr;
using testing::StartsWith;

struct Format {
  const char* name;
  const char* file;
  const char* debug_file;  // nullptr: the file itself has it.
  const char* module;      // The MODULE record but for the id, and what follows it.
  int longest_epilogue;    // Bytes before a return at which symbols cannot know that the frame is being taken
                           // down.
};

std::string Path(const std::string& name) { return std::string(FIXTURES) + "/" + name; }

class Formats : public testing::TestWithParam<Format> {
 protected:
  void SetUp() override {
    file_ = Map(GetParam().file);
    if (GetParam().debug_file != nullptr) debug_file_ = Map(GetParam().debug_file);
    ASSERT_TRUE(file_);
    symgen::GenerateInput input = {.file = file_->bytes(), .name = "debug name", .code_file = "code.dll"};
    if (debug_file_) input.debug_file = debug_file_->bytes();
    auto symbols = Generate(input);
    ASSERT_TRUE(symbols) << base::Describe(symbols.error());
    symbols_ = *symbols;
    auto compiled = symfile::CompileSymbolCache(base::AsBytes(symbols_));
    ASSERT_TRUE(compiled);
    EXPECT_EQ(compiled->report.bad_lines, 0u) << symbols_;
    cache_bytes_ = std::move(compiled->cache);
  }

  static std::optional<os::MappedFile> Map(const std::string& name) {
    auto file = os::MappedFile::Open(Path(name));
    EXPECT_TRUE(file) << name;
    return file ? std::optional(*std::move(file)) : std::nullopt;
  }

  std::optional<os::MappedFile> file_;
  std::optional<os::MappedFile> debug_file_;
  std::string symbols_;
  std::vector<std::byte> cache_bytes_;
};

bool NamesAgree(const std::string& ours, const std::string& theirs) {
  return ours == theirs || (ours.starts_with(theirs) && ours[theirs.size()] == '(') ||
         theirs.starts_with(ours + "(");
}

TEST_P(Formats, LinesAndInlinesAreThoseOfLlvm) {
  if (!HasSymbolizer()) GTEST_SKIP() << "llvm-symbolizer-19 is not installed: nothing to compare with";
  const auto cache = symfile::SymbolCache::Open(cache_bytes_);
  ASSERT_TRUE(cache);
  const std::vector<std::uint64_t> addresses = LineAddresses(symbols_);
  ASSERT_GT(addresses.size(), 20u);
  const std::vector<Places> expected = Symbolize("--obj=" + Path(GetParam().file), addresses);
  ASSERT_EQ(expected.size(), addresses.size());
  std::size_t inlined = 0;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const Places ours = Ours(*cache, addresses[i]);
    if (ours.size() > 1) ++inlined;
    // Of a PDB's lines that begin at one address, a function's first, llvm-symbolizer takes the first and
    // Cairn the last, which is that of the call.
    const bool first_of_pdb = std::string(GetParam().name).starts_with("Msvc") &&
                              cache->Symbolize({addresses[i]})->function_start.value == addresses[i];
    const bool agree = std::ranges::equal(ours, expected[i], [&](const Place& a, const Place& b) {
      const bool lines = a.line == b.line || (first_of_pdb && ours.size() > 1 && a.line > b.line);
      return lines && NamesAgree(a.function, b.function) && (a.line == 0 || a.file == b.file);
    });
    EXPECT_TRUE(agree) << std::hex << addresses[i] << std::dec << "\n  ours:" << Show(ours)
                       << "\n  llvm-symbolizer:" << Show(expected[i]);
  }
  EXPECT_GE(inlined, 10u);
}

TEST_P(Formats, FunctionsOfAllKindsHaveTheirNames) {
  for (const char* const name :
       {"sample::Counter::Next(int)", "sample::ManyLocals(int)", "LeafOfC", "Entry"}) {
    EXPECT_THAT(symbols_, testing::ContainsRegex("FUNC [0-9a-f]+ [0-9a-f]+ [0-9a-f]+ " +
                                                 std::string(name).substr(0, std::string(name).find('('))))
        << name;
  }
  EXPECT_THAT(symbols_, HasSubstr("sample::ManyLocals(int)\n"));
  EXPECT_THAT(symbols_, HasSubstr("::Hidden(int, "));
  EXPECT_THAT(symbols_, HasSubstr(" sample::Power<3>::Of(int)\n"));
}

TEST_P(Formats, ModuleRecordsAreThoseOfTheSystem) {
  EXPECT_THAT(symbols_, testing::ContainsRegex(std::string("^") + GetParam().module));
}

// Bytes before the next return, in code of Intel's CPUs.
bool IsNearReturn(const model::ModuleSymbols& binary, std::uint64_t offset, int distance) {
  const base::Bytes code = binary.ReadCode({offset}, static_cast<std::size_t>(distance));
  return std::ranges::any_of(code, [](std::byte byte) { return byte == std::byte{0xc3}; });
}

TEST_P(Formats, UnwindRowsAreThoseOfTheTables) {
  const auto cache = symfile::SymbolCache::Open(cache_bytes_);
  ASSERT_TRUE(cache);
  const auto binary = native::OpenBinary(file_->bytes());
  if (std::string(GetParam().name).starts_with("MsvcX86_32")) {
    EXPECT_TRUE(cache->FindStackWin({0x1000}));
    return;
  }
  ASSERT_TRUE(binary);
  std::size_t rows = 0;
  for (const auto& [address, size] : LineRows(symbols_)) {
    const auto expected = (*binary)->FindUnwindRow({address});
    const auto found = cache->FindUnwindRow({address});
    if (!found) continue;  // A leaf, of which tables say nothing.
    ++rows;
    ASSERT_TRUE(expected) << std::hex << address;
    const bool same = expected->cfa == found->cfa && expected->return_address == found->return_address;
    EXPECT_TRUE(same || IsNearReturn(**binary, address, GetParam().longest_epilogue)) << std::hex << address;
  }
  EXPECT_GT(rows, 8u);
}

INSTANTIATE_TEST_SUITE_P(
    All, Formats,
    testing::Values(
        Format{"MsvcAmd64", "msvc-x86_64.dll", "msvc-x86_64.pdb",
               "MODULE windows x86_64 [0-9A-F]+ debug name\nINFO CODE_ID [0-9A-F]{8}[0-9a-f]+ code.dll\n",
               24},
        Format{"MsvcX86_32", "msvc-i686.dll", "msvc-i686.pdb",
               "MODULE windows x86 [0-9A-F]+ debug name\nINFO CODE_ID [0-9A-F]{8}[0-9a-f]+ code.dll\n", 0},
        Format{"MsvcArm64", "msvc-aarch64.dll", "msvc-aarch64.pdb",
               "MODULE windows arm64 [0-9A-F]+ debug name\nINFO CODE_ID [0-9A-F]{8}[0-9a-f]+ code.dll\n", 0},
        Format{"MingwDwarf4", "mingw-dwarf4.dll", nullptr,
               "MODULE windows x86_64 [0-9A-F]+ debug name\nINFO CODE_ID [0-9A-F]{8}[0-9a-f]+ code.dll\n",
               24},
        Format{"MingwDwarf5", "mingw-dwarf5.dll", nullptr,
               "MODULE windows x86_64 [0-9A-F]+ debug name\nINFO CODE_ID [0-9A-F]{8}[0-9a-f]+ code.dll\n",
               24},
        Format{"MacAmd64", "macos-x86_64.dylib",
               "macos-x86_64.dylib.dSYM/Contents/Resources/DWARF/macos-x86_64.dylib",
               "MODULE mac x86_64 [0-9A-F]{32}0 debug name\nINFO CODE_ID [0-9A-F]{32}\n", 24},
        Format{"MacArm64", "macos-arm64.dylib",
               "macos-arm64.dylib.dSYM/Contents/Resources/DWARF/macos-arm64.dylib",
               "MODULE mac arm64 [0-9A-F]{32}0 debug name\nINFO CODE_ID [0-9A-F]{32}\n", 0}),
    [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace cairn
