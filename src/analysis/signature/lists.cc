#include "analysis/signature/lists.h"

#include <re2/re2.h>

#include <algorithm>
#include <utility>

#include "analysis/signature/pattern_set.h"

namespace cairn::signature {
namespace {

bool IsSkipped(std::string_view line) { return line.empty() || line.front() == '#'; }

re2::RE2::Options ListOptions() {
  // Latin1: a frame is matched byte for byte, so a name in a broken encoding is matched as well.
  re2::RE2::Options options(re2::RE2::Latin1);
  options.set_log_errors(false);
  return options;
}

// One expression that matches where any of the lines does.
base::Result<std::unique_ptr<re2::RE2>> CompileLines(const std::vector<std::string_view>& lines,
                                                     std::string_view what) {
  std::string all;
  for (const std::string_view line : lines) {
    if (!all.empty()) all += '|';
    all.append("(?:").append(line).append(")");
  }
  auto compiled = std::make_unique<re2::RE2>(all, ListOptions());
  if (!compiled->ok()) return base::Error{base::Code::kLimitExceeded, lines.size(), what};
  return compiled;
}

}  // namespace

// What matches where any line of one list does.
class PatternList {
 public:
  static base::Result<PatternList> Create(const std::vector<std::string>& lines, std::string_view what) {
    PatternList list;
    std::vector<std::string_view> others;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (IsSkipped(lines[i]) || list.simple_.Add(lines[i])) continue;
      if (!re2::RE2(lines[i], ListOptions()).ok()) return base::Error{base::Code::kBadValue, i, what};
      others.push_back(lines[i]);
    }
    if (others.empty()) return list;
    ASSIGN_OR_RETURN(list.others_, CompileLines(others, what));
    return list;
  }

  bool Matches(std::string_view text) const {
    if (simple_.MatchesAtStart(text)) return true;
    const re2::StringPiece piece(text.data(), text.size());
    return others_ != nullptr && others_->Match(piece, 0, piece.size(), re2::RE2::ANCHOR_START, nullptr, 0);
  }

 private:
  PatternSet simple_;
  std::unique_ptr<re2::RE2> others_;  // Of what PatternSet does not take; nullptr if it has taken all.
};

base::Result<SignatureLists> SignatureLists::Create(const SignatureListLines& lines) {
  SignatureLists lists;
  ASSIGN_OR_RETURN(PatternList irrelevant,
                   PatternList::Create(lines.irrelevant, "irrelevant list: a pattern"));
  ASSIGN_OR_RETURN(PatternList prefix, PatternList::Create(lines.prefix, "prefix list: a pattern"));
  ASSIGN_OR_RETURN(PatternList line_numbers,
                   PatternList::Create(lines.line_numbers, "line number list: a pattern"));
  lists.irrelevant_ = std::make_unique<PatternList>(std::move(irrelevant));
  lists.prefix_ = std::make_unique<PatternList>(std::move(prefix));
  lists.line_numbers_ = std::make_unique<PatternList>(std::move(line_numbers));
  for (const std::string& line : lines.sentinels) {
    if (!IsSkipped(line)) lists.sentinels_.push_back(line);
  }
  std::ranges::sort(lists.sentinels_);
  return lists;
}

SignatureLists::SignatureLists() = default;
SignatureLists::SignatureLists(SignatureLists&&) noexcept = default;
SignatureLists& SignatureLists::operator=(SignatureLists&&) noexcept = default;
SignatureLists::~SignatureLists() = default;

bool SignatureLists::IsSentinel(std::string_view frame) const {
  return std::binary_search(sentinels_.begin(), sentinels_.end(), frame);
}
bool SignatureLists::IsIrrelevant(std::string_view frame) const { return irrelevant_->Matches(frame); }
bool SignatureLists::IsPrefix(std::string_view frame) const { return prefix_->Matches(frame); }
bool SignatureLists::WantsLineNumber(std::string_view function) const {
  return line_numbers_->Matches(function);
}

}  // namespace cairn::signature
