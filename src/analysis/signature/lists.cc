#include "analysis/signature/lists.h"

#include <re2/re2.h>

#include <algorithm>
#include <utility>

namespace cairn::signature {
namespace {

std::string_view StripLine(std::string_view line) {
  constexpr std::string_view kWhitespace = " \t\n\v\f\r";
  const std::size_t begin = line.find_first_not_of(kWhitespace);
  if (begin == std::string_view::npos) return {};
  return line.substr(begin, line.find_last_not_of(kWhitespace) - begin + 1);
}

re2::RE2::Options ListOptions() {
  // Latin1: a frame is matched byte for byte, so a name in a broken encoding is matched as well.
  re2::RE2::Options options(re2::RE2::Latin1);
  options.set_log_errors(false);
  return options;
}

struct ListOfLines {
  ListKind kind;
  std::string_view name;
  std::string_view mistake;
  std::vector<std::string> SignatureListLines::* lines;
};
constexpr ListOfLines kLists[] = {
    {ListKind::kSentinel, "sentinel", "sentinel list: a name", &SignatureListLines::sentinels},
    {ListKind::kIrrelevant, "irrelevant", "irrelevant list: a pattern", &SignatureListLines::irrelevant},
    {ListKind::kPrefix, "prefix", "prefix list: a pattern", &SignatureListLines::prefix},
    {ListKind::kLineNumber, "line_number", "line number list: a pattern", &SignatureListLines::line_numbers},
};

const ListOfLines& ListOf(ListKind kind) { return kLists[static_cast<std::size_t>(kind)]; }

constexpr std::uint8_t TagOf(ListKind kind) {
  return kind == ListKind::kPrefix ? SignatureLists::kPrefixTag : SignatureLists::kIrrelevantTag;
}

}  // namespace

std::string_view ListName(ListKind kind) { return ListOf(kind).name; }

struct SignatureLists::Re2Line {
  std::uint32_t line;  // Index in lines_.
  std::unique_ptr<re2::RE2> pattern;

  bool Matches(std::string_view text) const {
    const re2::StringPiece piece(text.data(), text.size());
    return pattern->Match(piece, 0, piece.size(), re2::RE2::ANCHOR_START, nullptr, 0);
  }
};

base::Result<SignatureLists> SignatureLists::Create(const SignatureListLines& lines) {
  std::vector<ListLine> all;
  for (const ListOfLines& list : kLists) {
    std::uint32_t number = 0;
    for (const std::string& line : lines.*list.lines) {
      ++number;
      const std::string_view text = StripLine(line);
      if (text.empty() || text.front() == '#') continue;
      all.push_back({.kind = list.kind, .number = number, .text = std::string(text)});
    }
  }
  return CreateOf(std::move(all));
}

base::Result<SignatureLists> SignatureLists::CreateOf(std::vector<ListLine> lines) {
  SignatureLists lists;
  lists.lines_ = std::move(lines);
  for (std::uint32_t i = 0; i < lists.lines_.size(); ++i) RETURN_IF_ERROR(lists.Add(i));
  std::ranges::sort(lists.sentinels_);
  lists.number_starts_ = lists.number_patterns_.FirstBytes();
  for (const Re2Line& other : lists.others_) {
    if (lists.lines_[other.line].kind == ListKind::kLineNumber) lists.number_starts_.set();
  }
  return lists;
}

base::Status SignatureLists::Add(std::uint32_t index) {
  const ListLine& line = lines_[index];
  if (line.kind == ListKind::kSentinel) {
    sentinel_lengths_[static_cast<unsigned char>(line.text.front())] |= std::uint64_t{1}
                                                                        << line.text.size() % 64;
    sentinels_.push_back(line.text);
    return {};
  }
  const bool is_number = line.kind == ListKind::kLineNumber;
  if ((is_number ? number_patterns_ : patterns_).Add(line.text, TagOf(line.kind))) {
    (is_number ? number_lines_ : pattern_lines_).push_back(index);
    return {};
  }
  auto compiled = std::make_unique<re2::RE2>(line.text, ListOptions());
  if (!compiled->ok()) return base::Error{base::Code::kBadValue, line.number - 1, ListOf(line.kind).mistake};
  others_.push_back({index, std::move(compiled)});
  return {};
}

SignatureLists::SignatureLists() = default;
SignatureLists::SignatureLists(SignatureLists&&) noexcept = default;
SignatureLists& SignatureLists::operator=(SignatureLists&&) noexcept = default;
SignatureLists::~SignatureLists() = default;

bool SignatureLists::IsSentinel(std::string_view frame) const {
  if (frame.empty()) return false;
  const std::uint64_t lengths = sentinel_lengths_[static_cast<unsigned char>(frame.front())];
  return (lengths >> frame.size() % 64 & 1) != 0 &&
         std::binary_search(sentinels_.begin(), sentinels_.end(), frame);
}

bool SignatureLists::IsIrrelevant(std::string_view frame) const {
  return Find(ListKind::kIrrelevant, frame) != nullptr;
}
bool SignatureLists::IsPrefix(std::string_view frame) const {
  return Find(ListKind::kPrefix, frame) != nullptr;
}

bool SignatureLists::WantsLineNumber(std::string_view function) const {
  const unsigned char first = function.empty() ? 0 : static_cast<unsigned char>(function.front());
  return number_starts_[first] && Find(ListKind::kLineNumber, function) != nullptr;
}

const ListLine* SignatureLists::Find(ListKind kind, std::string_view frame) const {
  switch (kind) {
    case ListKind::kSentinel: {
      const auto line = std::ranges::find_if(
          lines_, [&](const ListLine& l) { return l.kind == ListKind::kSentinel && l.text == frame; });
      return line == lines_.end() ? nullptr : &*line;
    }
    case ListKind::kLineNumber: return FirstOf(number_patterns_, number_lines_, TagOf(kind), kind, frame);
    case ListKind::kIrrelevant:
    case ListKind::kPrefix: return FirstOf(patterns_, pattern_lines_, TagOf(kind), kind, frame);
  }
  return nullptr;
}

const ListLine* SignatureLists::FirstOf(const PatternSet& set, const std::vector<std::uint32_t>& numbers,
                                        std::uint8_t tags, ListKind kind, std::string_view frame) const {
  const ListLine* first = nullptr;
  if (const auto number = set.FirstMatch(frame, tags)) first = &lines_[numbers[*number]];
  for (const Re2Line& other : others_) {
    const ListLine& line = lines_[other.line];
    if (line.kind != kind || (first != nullptr && first->number < line.number)) continue;
    if (other.Matches(frame)) first = &line;
  }
  return first;
}

std::uint8_t SignatureLists::OtherTags(std::string_view frame) const {
  std::uint8_t tags = 0;
  for (const Re2Line& other : others_) {
    const ListKind kind = lines_[other.line].kind;
    if (kind != ListKind::kLineNumber && other.Matches(frame)) tags |= TagOf(kind);
  }
  return tags;
}

}  // namespace cairn::signature
