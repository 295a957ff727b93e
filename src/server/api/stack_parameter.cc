#include "server/api/stack_parameter.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

namespace cairn::api {
namespace {

using search::FrameOperator;
using search::FramePart;
using search::FrameTest;
using search::StackStep;

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

constexpr std::size_t kMaxTestsOfFrame = 16;

struct PartName {
  std::string_view prefix;
  FramePart part;
};
constexpr std::array<PartName, 5> kParts = {{
    {"module:", FramePart::kModule},
    {"file:", FramePart::kFile},
    {"inline:", FramePart::kInlined},
    {"function:", FramePart::kFunction},
    {"at:", FramePart::kOffset},
}};

// As a regular expression: "*" is any text, "?" any character, and all else itself.
std::string RegexOfWildcards(std::string_view text) {
  std::string regex = "(?s)";
  for (const char c : text) {
    if (c == '*') {
      regex += ".*";
    } else if (c == '?') {
      regex += '.';
    } else {
      constexpr std::string_view kSpecial = "\\.+()[]{}^$|";
      if (kSpecial.find(c) != std::string_view::npos) regex += '\\';
      regex += c;
    }
  }
  return regex;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : rest_(text) {}

  std::variant<std::vector<StackStep>, std::string> Parse() {
    std::vector<StackStep> steps;
    std::optional<std::uint32_t> gap = 0;
    for (;;) {
      std::optional<StackStep> step = ParseStep();
      if (!step) return problem_;
      step->gap_max = gap;
      steps.push_back(*std::move(step));
      if (steps.size() > search::kMaxStackSteps)
        return "more than " + std::to_string(search::kMaxStackSteps) + " frames";
      if (!Take(">")) break;
      if (!ParseGap(gap)) return problem_;
    }
    if (!rest_.empty()) return "there is something behind the last frame: " + std::string(rest_);
    return steps;
  }

 private:
  void SkipBlanks() {
    while (!rest_.empty() && IsBlank(rest_.front())) rest_.remove_prefix(1);
  }
  bool Take(std::string_view word) {
    SkipBlanks();
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  bool Refuse(std::string problem) {
    problem_ = std::move(problem);
    return false;
  }

  // Behind a ">": nothing, or "... >", or "...3 >".
  bool ParseGap(std::optional<std::uint32_t>& gap) {
    gap = 0;
    if (!Take("...") && !Take("\xe2\x80\xa6")) return true;
    gap.reset();
    std::uint32_t most = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), most);
    if (error == std::errc()) {
      gap = most;
      rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    }
    return Take(">") || Refuse("a gap stands between two \">\": A > ... > B");
  }

  std::optional<StackStep> ParseStep() {
    StackStep step;
    for (SkipBlanks(); !rest_.empty() && rest_.front() != '>'; SkipBlanks()) {
      if (!ParseTest(step)) return std::nullopt;
      if (step.tests.size() > kMaxTestsOfFrame && !Refuse("too many conditions of one frame"))
        return std::nullopt;
    }
    if (step.tests.empty() && !Refuse("a frame is missing")) return std::nullopt;
    return step;
  }

  // False: `problem_` says why.
  bool ParseTest(StackStep& step) {
    FrameTest test;
    for (const PartName& row : kParts) {
      if (!rest_.starts_with(row.prefix)) continue;
      test.part = row.part;
      rest_.remove_prefix(row.prefix.size());
      break;
    }
    return test.part == FramePart::kOffset ? ParsePlace(step) : ParseText(std::move(test), step);
  }

  // "module+0x12": two tests.
  bool ParsePlace(StackStep& step) {
    const std::optional<std::string> word = ParseWord();
    if (!word) return false;
    const std::size_t plus = word->rfind("+0x");
    std::uint64_t offset = 0;
    const char* const end = word->data() + word->size();
    const char* const digits = plus == std::string::npos ? end : word->data() + plus + 3;
    const auto [stop, error] = std::from_chars(digits, end, offset, 16);
    // Offsets are kept as signed numbers; no module has 2^63 bytes.
    if (error != std::errc() || stop != end || plus == 0 || offset > INT64_MAX)
      return Refuse("at: a place is a module and a hexadecimal offset: at:\"libxul.so+0x12f\"");
    step.tests.push_back({FramePart::kModule, FrameOperator::kEquals, word->substr(0, plus), 0});
    step.tests.push_back({FramePart::kOffset, FrameOperator::kEquals, "", offset});
    return true;
  }

  bool ParseText(FrameTest test, StackStep& step) {
    const bool contains = rest_.starts_with('~');
    const bool regex = rest_.starts_with('@');
    if (contains || regex) rest_.remove_prefix(1);
    std::optional<std::string> text = ParseWord();
    if (!text) return false;
    if (text->empty()) return Refuse("a name is empty");
    test.text = *std::move(text);
    if (regex) {
      test.op = FrameOperator::kRegex;
    } else if (contains) {
      test.op = FrameOperator::kContains;
    } else if (test.text.find_first_of("*?") != std::string::npos) {
      test.op = FrameOperator::kRegex;
      test.text = RegexOfWildcards(test.text);
    }
    step.tests.push_back(std::move(test));
    return true;
  }

  // In double quotes, in which a backslash keeps the next character; or up to the next blank.
  std::optional<std::string> ParseWord() {
    std::string word;
    if (!rest_.starts_with('"')) {
      while (!rest_.empty() && !IsBlank(rest_.front())) Move(word);
      return word;
    }
    rest_.remove_prefix(1);
    while (!rest_.empty() && rest_.front() != '"') {
      if (rest_.front() == '\\' && rest_.size() > 1) rest_.remove_prefix(1);
      Move(word);
    }
    if (rest_.empty() && !Refuse("a quote is not closed")) return std::nullopt;
    rest_.remove_prefix(1);
    return word;
  }

  void Move(std::string& word) {
    word += rest_.front();
    rest_.remove_prefix(1);
  }

  std::string_view rest_;
  std::string problem_;
};

// "~some text" without any other sign of the language: the whole text, blanks too, is looked for.
bool IsPlainPhrase(std::string_view text) {
  if (!text.starts_with('~') || text.find('"') != std::string_view::npos) return false;
  if (text.find(" > ") != std::string_view::npos) return false;
  for (const PartName& row : kParts) {
    if (text.find(" " + std::string(row.prefix)) != std::string_view::npos) return false;
  }
  return text.size() > 1;
}

}  // namespace

std::variant<std::vector<StackStep>, std::string> ParseStackText(std::string_view text) {
  if (IsPlainPhrase(text)) {
    return std::vector<StackStep>{
        {{{FramePart::kFunction, FrameOperator::kContains, std::string(text.substr(1)), 0}}, 0}};
  }
  return Parser(text).Parse();
}

}  // namespace cairn::api
