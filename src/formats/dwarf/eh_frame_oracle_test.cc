// Compares our rows with those that llvm-dwarfdump prints, over real files.
#include <cstdio>
#include <cstdlib>
#include <map>
#include <sstream>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/hex.h"
#include "formats/dwarf/elf_unwind_tables.h"

namespace cairn::dwarf {
namespace {

using model::Rule;
using model::RuleOp;

std::string ReadAll(FILE* stream) {
  std::string text;
  char buffer[1 << 16];
  while (const std::size_t size = fread(buffer, 1, sizeof buffer, stream)) text.append(buffer, size);
  return text;
}

std::string ReadWhole(const std::string& path) {
  FILE* file = fopen(path.c_str(), "rb");
  if (file == nullptr) return {};
  std::string text = ReadAll(file);
  fclose(file);
  return text;
}

std::string Upper(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) c = static_cast<char>(toupper(c));
  return upper;
}

class Formatter {
 public:
  std::string Row(const model::UnwindRow& row) const {
    std::string text = "CFA=" + Value(row.cfa);
    std::string registers;
    for (const model::RegisterRule& rule : row.registers) Append(registers, rule.index, rule.rule);
    Append(registers, model::kRip, row.return_address);
    return text + ":" + registers;
  }

 private:
  void Append(std::string& text, model::RegisterIndex index, const Rule& rule) const {
    text += (text.empty() ? " " : ", ") + Name(index) + "=" + (rule.empty() ? "undefined" : Value(rule));
  }
  std::string Name(std::int64_t index) const {
    return Upper(model::FindRegisterTable(model::Cpu::kAmd64)->names[static_cast<std::size_t>(index)]);
  }
  // [CFA-8], RSP+16, RBP; "?" for other shapes, which expressions alone have.
  std::string Value(const Rule& rule) const {
    const bool load = rule.back().op == RuleOp::kDereference;
    std::string text = rule[0].op == RuleOp::kCfa ? "CFA" : Name(rule[0].value);
    const std::size_t size = rule.size() - (load ? 1 : 0);
    if (size == 3 && rule[1].op == RuleOp::kConstant) {
      text += (rule[2].op == RuleOp::kAdd ? "+" : "-") + std::to_string(rule[1].value);
    } else if (size != 1) {
      return "?";
    }
    return load ? "[" + text + "]" : text;
  }
};

// Address to row, for all rows of FDEs that dwarfdump prints: "  0x1020: CFA=RSP+16: RIP=[CFA-8]".
std::map<std::uint64_t, std::string> DumpRows(const std::string& path) {
  std::map<std::uint64_t, std::string> rows;
  FILE* pipe = popen(("llvm-dwarfdump-19 --eh-frame " + path).c_str(), "r");
  std::istringstream lines(ReadAll(pipe));
  pclose(pipe);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t colon = line.find(": CFA=");
    if (!line.starts_with("  0x") || colon == std::string::npos) continue;
    rows[*base::ParseHex(std::string_view(line).substr(4, colon - 4))] = line.substr(colon + 2);
  }
  return rows;
}

void CompareWithDwarfdump(const std::string& path) {
  if (std::system("llvm-dwarfdump-19 --version >/dev/null 2>&1") != 0) {
    GTEST_SKIP() << "llvm-dwarfdump-19 is not installed: nothing to compare with";
  }
  const std::string bytes = ReadWhole(path);
  if (bytes.empty()) GTEST_SKIP() << path << " is not here";
  const auto file = object::ElfFile::Open(base::AsBytes(bytes));
  ASSERT_TRUE(file);
  const auto tables = ElfUnwindTables::Create(*file);
  ASSERT_TRUE(tables);
  EXPECT_EQ(tables->eh_frame().bad_entries(), 0u);

  std::map<std::uint64_t, std::string> expected = DumpRows(path);
  ASSERT_GT(expected.size(), 100u);
  std::size_t differences = 0;
  for (const FrameRange& range : tables->eh_frame().ranges()) {
    for (const FrameRow& row : tables->eh_frame().Rows(range)) {
      const std::uint64_t address = row.start.value + file->load_base().value;
      const auto found = expected.find(address);
      const std::string theirs = found == expected.end() ? "no row" : found->second;
      // Expressions have a test of their own; here it counts that a row stands where theirs does.
      const bool expression = theirs.find("DW_OP") != std::string::npos;
      const std::string ours = row.row ? Formatter().Row(*row.row) : "no rule";
      if (!expression && ours != theirs && ++differences < 10) {
        ADD_FAILURE() << std::hex << address << ": " << ours << "; dwarfdump: " << theirs;
      }
      EXPECT_EQ(tables->FindUnwindRow(row.start), row.row);
      EXPECT_EQ(tables->FindUnwindRow({row.start.value + row.size - 1}), row.row);
      if (found != expected.end()) expected.erase(found);
    }
  }
  EXPECT_TRUE(expected.empty()) << expected.size() << " rows are missing, the first at " << std::hex
                                << expected.begin()->first << ": " << expected.begin()->second;
  EXPECT_EQ(differences, 0u);
}

TEST(EhFrameOracle, OwnProgramHasDwarfdumpsRows) {
  CompareWithDwarfdump("/proc/" + std::to_string(getpid()) + "/exe");
}
TEST(EhFrameOracle, CLibraryHasDwarfdumpsRows) { CompareWithDwarfdump("/lib/x86_64-linux-gnu/libc.so.6"); }
TEST(EhFrameOracle, CxxLibraryHasDwarfdumpsRows) {
  CompareWithDwarfdump("/lib/x86_64-linux-gnu/libstdc++.so.6");
}

}  // namespace
}  // namespace cairn::dwarf
