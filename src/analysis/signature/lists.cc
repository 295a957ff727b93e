#include "analysis/signature/lists.h"

#include <re2/re2.h>

#include <algorithm>

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
base::Result<std::unique_ptr<re2::RE2>> CompileList(const std::vector<std::string>& lines,
                                                    std::string_view what) {
  const re2::RE2::Options options = ListOptions();
  std::string all;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (IsSkipped(lines[i])) continue;
    if (!re2::RE2(lines[i], options).ok()) return base::Error{base::Code::kBadValue, i, what};
    if (!all.empty()) all += '|';
    all.append("(?:").append(lines[i]).append(")");
  }
  // An empty list matches nothing, where an empty expression would match everything.
  if (all.empty()) all = "[^\\x00-\\xff]";
  auto list = std::make_unique<re2::RE2>(all, options);
  if (!list->ok()) return base::Error{base::Code::kLimitExceeded, lines.size(), what};
  return list;
}

bool MatchesAtStart(const re2::RE2& list, std::string_view text) {
  const re2::StringPiece piece(text.data(), text.size());
  return list.Match(piece, 0, piece.size(), re2::RE2::ANCHOR_START, nullptr, 0);
}

}  // namespace

base::Result<SignatureLists> SignatureLists::Create(const SignatureListLines& lines) {
  SignatureLists lists;
  ASSIGN_OR_RETURN(lists.irrelevant_, CompileList(lines.irrelevant, "irrelevant list: a pattern"));
  ASSIGN_OR_RETURN(lists.prefix_, CompileList(lines.prefix, "prefix list: a pattern"));
  ASSIGN_OR_RETURN(lists.line_numbers_, CompileList(lines.line_numbers, "line number list: a pattern"));
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
bool SignatureLists::IsIrrelevant(std::string_view frame) const {
  return MatchesAtStart(*irrelevant_, frame);
}
bool SignatureLists::IsPrefix(std::string_view frame) const { return MatchesAtStart(*prefix_, frame); }
bool SignatureLists::WantsLineNumber(std::string_view function) const {
  return MatchesAtStart(*line_numbers_, function);
}

}  // namespace cairn::signature
