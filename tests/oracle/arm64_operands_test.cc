// The oracle: llvm-mc's disassembler on thousands of random words of arm64's loads and stores. For each that
// it knows, its text must name the address that Cairn's table reads from the encoding, and the direction.
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <random>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "analysis/instruction/arm64_operands.h"
#include "base/hex.h"
#include "tests/run_command.h"

namespace cairn::tests {
namespace {

namespace fs = std::filesystem;
using crash::AddressForm;
using model::AccessKind;

constexpr int kWords = 6000;

// Words of "Loads and Stores": bits 28 to 25 are x1x0.
std::vector<std::uint32_t> RandomWords() {
  std::mt19937 random(1);
  std::vector<std::uint32_t> words;
  while (words.size() < kWords)
    words.push_back((static_cast<std::uint32_t>(random()) & ~0x0a000000u) | 0x08000000u);
  return words;
}

// Each word's text by llvm-mc, one a line; a word that it does not know is left out, with a warning that
// names the line.
std::map<std::size_t, std::string> Disassemble(const std::vector<std::uint32_t>& words,
                                               const fs::path& folder) {
  std::string input;
  for (const std::uint32_t word : words) {
    for (int shift = 0; shift < 32; shift += 8) input += "0x" + base::ToHex(word >> shift & 0xff, 2) + " ";
    input += "\n";
  }
  WriteWhole(folder / "words.txt", input);
  const CommandResult result = RunCommand({"llvm-mc-19", "--disassemble", "--arch=aarch64", "-mattr=+all",
                                           "--output-asm-variant=0", (folder / "words.txt").string()},
                                          folder);
  std::vector<bool> is_unknown(words.size(), false);
  const std::regex warning(R"(:(\d+):\d+: warning: (invalid|potentially undefined))");
  std::istringstream errors(result.errors);
  for (std::string line; std::getline(errors, line);) {
    std::smatch match;
    // What is undefined is printed none the less.
    if (std::regex_search(line, match, warning) && match[2] == "invalid")
      is_unknown[std::stoul(match[1]) - 1] = true;
  }
  std::map<std::size_t, std::string> texts;
  std::size_t index = 0;
  std::istringstream output(result.output);
  for (std::string line; std::getline(output, line);) {
    if (line.empty() || line[0] != '\t' || line.starts_with("\t.")) continue;
    while (index < words.size() && is_unknown[index]) ++index;
    for (char& letter : line) letter = letter == '\t' ? ' ' : letter;
    texts[index++] = line.substr(1);
  }
  return texts;
}

int RegisterNumber(const std::string& name) { return name == "sp" ? 31 : std::stoi(name.substr(1)); }

// "[x1, w2, sxtw #2]", "[sp], #16", "[x3, #-8]!" as a form.
std::optional<AddressForm> ParseAddress(const std::string& text) {
  static const std::regex memory(
      R"(\[(x\d+|sp)(?:, (?:#(-?\d+)|([xw]\d+|[xw]zr)(?:, (lsl|uxtw|sxtw|sxtx)(?: #(\d+))?)?))?\])");
  std::smatch match;
  if (!std::regex_search(text, match, memory)) return std::nullopt;
  AddressForm form{.base = static_cast<model::RegisterIndex>(RegisterNumber(match[1]))};
  if (match[2].matched) form.displacement = std::stoll(match[2]);
  if (match[3].matched && match[3].str().substr(1) != "zr") {
    form.index = static_cast<model::RegisterIndex>(RegisterNumber(match[3]));
    if (match[4] == "uxtw") form.index_extend = AddressForm::Extend::kUnsigned32;
    if (match[4] == "sxtw") form.index_extend = AddressForm::Extend::kSigned32;
    if (match[5].matched) form.shift = static_cast<std::uint8_t>(std::stoi(match[5]));
  }
  return form;
}

AccessKind KindOf(const std::string& text) {
  static const std::regex atomic(
      R"(^(cas|swp|ld(add|clr|eor|set|smax|smin|umax|umin|tadd|tclr|tset|bf|f(add|max|min))|st(add|clr|)"
      R"(eor|set|smax|smin|umax|umin|tadd|tclr|tset|bf|f(add|max|min))|rcw))");
  if (std::regex_search(text, atomic)) return AccessKind::kReadWrite;
  return text.starts_with("ld") || text.starts_with("gcsldr") ? AccessKind::kRead : AccessKind::kWrite;
}

// What the table marks as not known on purpose, or what is no access.
bool IsLeftOut(const std::string& text) {
  static const std::regex left_out(R"(^(prfm|prfum|rprfm|cpy|set[gpme]|ldraa|ldrab|ldgm|stgm|stzgm))");
  return std::regex_search(text, left_out);
}

TEST(Arm64Operands, AgreeWithTheDisassembler) {
  const fs::path folder = fs::path(CAIRN_BINARY_DIR) / "tests" / "arm64_oracle";
  fs::create_directories(folder);
  if (RunCommand({"llvm-mc-19", "--version"}, folder).exit_code != 0) {
    GTEST_SKIP() << "llvm-mc-19 is not installed: nothing to compare with";
  }
  const std::vector<std::uint32_t> words = RandomWords();
  int compared = 0;
  for (const auto& [index, text] : Disassemble(words, folder)) {
    crash::Instruction instruction;
    instruction::AddArm64Operands(words[index], {0}, instruction);
    const std::optional<AddressForm> theirs = ParseAddress(text);
    if (!theirs || IsLeftOut(text)) continue;
    if (!instruction.operands_complete) continue;
    ASSERT_EQ(instruction.operands.size(), 1u) << base::ToAddress(words[index], 8) << " " << text;
    const crash::MemoryOperand& ours = instruction.operands[0];
    const std::string where = base::ToAddress(words[index], 8) + " " + text;
    EXPECT_EQ(ours.form.base, theirs->base) << where;
    EXPECT_EQ(ours.form.index, theirs->index) << where;
    EXPECT_EQ(ours.form.index_extend, theirs->index_extend) << where;
    EXPECT_EQ(ours.form.shift, theirs->shift) << where;
    EXPECT_EQ(ours.form.displacement, theirs->displacement) << where;
    EXPECT_EQ(ours.kind, KindOf(text)) << where;
    ++compared;
  }
  EXPECT_GT(compared, kWords / 3);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace cairn::tests
