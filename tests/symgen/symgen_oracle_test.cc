// Function, line and inlined calls at every line row, compared with llvm-symbolizer over the same binary.
//
// The symbols go the whole way: generated, compiled to a cache, looked up. Differences that are allowed, each
// counted:
// - llvm-symbolizer takes a function's outer name from the symbol table, where cold pieces and clones have a
// suffix;
//   ours comes from the debug information, which has none.
// - GCC gives no linkage names to lambdas and to functions of anonymous namespaces. Ours are then
//   "space::(anonymous namespace)::f" and "f(int)::{lambda}::operator()"; llvm-symbolizer's are "f" and
//   "operator()" where the call was inlined, and what the symbol table says, with arguments, where not.
// - A line number of 0 (no source line) may come with any file.
// - Paths are compared without "folder/..", which ours leave out.
#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "formats/symfile/compile.h"
#include "formats/symfile/symbol_cache.h"
#include "llvm_oracle.h"
#include "os/file.h"

namespace cairn {
namespace {

using namespace symgen_test;  // NOLINT: this file is about nothing else.

// "f(int) [clone .cold]", "f(int) (.cold)", and of a name that is not mangled "main.cold".
std::string WithoutCloneSuffix(const std::string& name) {
  if (name.find('(') == std::string::npos) return name.substr(0, name.find('.'));
  return name.substr(0, std::min(name.find(" [clone "), name.find(" (.")));
}

bool NamesAgree(const std::string& ours, const std::string& theirs) {
  if (ours == theirs) return true;
  const bool without_linkage_name =
      ours.find("(anonymous namespace)::") != std::string::npos || ours.find("{lambda}") != std::string::npos;
  if (!without_linkage_name) return false;
  return ours.ends_with("::" + theirs) || theirs.starts_with(ours + "(");
}

bool Agree(const Places& ours, Places theirs) {
  if (ours.size() != theirs.size()) return false;
  if (!theirs.empty()) theirs.back().function = WithoutCloneSuffix(theirs.back().function);
  for (std::size_t i = 0; i < ours.size(); ++i) {
    if (ours[i].line != theirs[i].line || !NamesAgree(ours[i].function, theirs[i].function)) return false;
    if (ours[i].file != theirs[i].file && ours[i].line != 0) return false;
  }
  return true;
}

void CompareWithLlvm(const std::string& path) {
  if (!HasSymbolizer()) GTEST_SKIP() << "llvm-symbolizer-19 is not installed: nothing to compare with";
  const auto binary = os::MappedFile::Open(path);
  ASSERT_TRUE(binary) << path << ": " << base::Describe(binary.error());
  const auto symbols = Generate({.file = binary->bytes(), .name = "sample"});
  ASSERT_TRUE(symbols);
  const auto compiled = symfile::CompileSymbolCache(base::AsBytes(*symbols));
  ASSERT_TRUE(compiled);
  EXPECT_EQ(compiled->report.bad_lines, 0u);
  const auto cache = symfile::SymbolCache::Open(compiled->cache);
  ASSERT_TRUE(cache);

  const std::vector<std::uint64_t> addresses = LineAddresses(*symbols);
  ASSERT_GT(addresses.size(), 20u);
  const std::vector<Places> expected = Symbolize("--obj=" + path, addresses);
  ASSERT_EQ(expected.size(), addresses.size());
  std::size_t differences = 0;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const Places ours = Ours(*cache, addresses[i]);
    if (Agree(ours, expected[i])) continue;
    if (++differences <= 5) {
      ADD_FAILURE() << std::hex << addresses[i] << std::dec << "\n  ours:" << Show(ours)
                    << "\n  llvm-symbolizer:" << Show(expected[i]);
    }
  }
  EXPECT_EQ(differences, 0u) << "of " << addresses.size();
}

std::string Sample(const std::string& name) { return std::string(SAMPLES) + "/" + name; }

TEST(SymgenOracle, ProgramWithDwarf4) { CompareWithLlvm(Sample("symgen_sample_dwarf4")); }
TEST(SymgenOracle, ProgramWithDwarf5) { CompareWithLlvm(Sample("symgen_sample_dwarf5")); }
TEST(SymgenOracle, LibraryWithDwarf4) { CompareWithLlvm(Sample("libsymgen_library_dwarf4.so")); }
TEST(SymgenOracle, LibraryWithDwarf5) { CompareWithLlvm(Sample("libsymgen_library_dwarf5.so")); }

std::string SymbolsOf(const std::string& name) {
  const auto binary = os::MappedFile::Open(Sample(name));
  if (!binary) return {};
  const auto symbols = Generate({.file = binary->bytes(), .name = name});
  return symbols ? *symbols : std::string();
}

std::size_t Count(const std::string& text, const std::string& what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

class Samples : public testing::TestWithParam<const char*> {};

TEST_P(Samples, SplitFunctionHasARecordForEachPiece) {
  const std::string symbols = SymbolsOf(std::string("symgen_sample_dwarf") + GetParam());
  EXPECT_EQ(Count(symbols, " 0 sample::HotAndCold("), 2u);
}

TEST_P(Samples, DroppedFunctionHasNoRecord) {
  const std::string symbols = SymbolsOf(std::string("symgen_sample_dwarf") + GetParam());
  EXPECT_EQ(Count(symbols, " sample::Dropped("), 0u);
  EXPECT_EQ(Count(symbols, "FUNC 0 "), 0u);
}

TEST_P(Samples, TemplatesHaveTheirArguments) {
  const std::string symbols = SymbolsOf(std::string("symgen_sample_dwarf") + GetParam());
  EXPECT_EQ(Count(symbols, " sample::Power<int, 13>::Of(int)\n"), 1u);
  EXPECT_EQ(Count(symbols, " double sample::Square<double>(double)\n"), 1u);
}

TEST_P(Samples, DebugFrameGivesWhatEhFrameLacks) {
  const std::string symbols = SymbolsOf(std::string("libsymgen_library_dwarf") + GetParam() + ".so");
  const std::size_t function = symbols.find(" 0 WithoutUnwindTables\n");
  ASSERT_NE(function, std::string::npos);
  const std::size_t line = symbols.rfind('\n', function) + 1;
  std::istringstream fields(symbols.substr(line, function - line));
  std::string word;
  std::string start;
  fields >> word >> start;
  EXPECT_EQ(Count(symbols, "STACK CFI INIT " + start + " "), 1u);
}

INSTANTIATE_TEST_SUITE_P(BothVersions, Samples, testing::Values("4", "5"));

}  // namespace
}  // namespace cairn
