#include "server/symbols/relaxed_json.h"

#include <utility>

namespace cairn::symbols {
namespace {

using base::Code;
using base::Error;

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// Of names without quotes, of numbers and of true, false and null.
bool IsWordByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '+' || c == '.';
}

std::string Folded(std::string_view name) {
  std::string folded;
  for (const char c : name) {
    if (c != '_') folded += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return folded;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  base::Result<std::map<std::string, std::string>> Read() {
    RETURN_IF_ERROR(ReadObject("", 0));
    SkipBlanks();
    if (at_ != text_.size()) return Bad();
    return std::move(values_);
  }

 private:
  Error Bad() const { return {Code::kBadValue, at_, "object of an upload"}; }
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void SkipBlanks() {
    while (at_ < text_.size() && IsBlank(text_[at_])) ++at_;
  }
  bool Take(char c) {
    SkipBlanks();
    const bool is_there = at_ < text_.size() && text_[at_] == c;
    at_ += is_there ? 1 : 0;
    return is_there;
  }

  base::Status ReadObject(const std::string& prefix, int depth) {
    if (depth == kMaxRelaxedDepth) return Error{Code::kLimitExceeded, at_, "object of an upload: depth"};
    if (!Take('{')) return Bad();
    while (!Take('}')) {
      if (++members_ > kMaxRelaxedMembers)
        return Error{Code::kLimitExceeded, at_, "object of an upload: members"};
      ASSIGN_OR_RETURN(const std::string name, ReadText());
      if (!Take(':')) return Bad();
      const std::string path = prefix + Folded(name);
      SkipBlanks();
      if (Peek() == '{') {
        RETURN_IF_ERROR(ReadObject(path + ".", depth + 1));
      } else {
        ASSIGN_OR_RETURN(std::string value, ReadText());
        values_.try_emplace(path, std::move(value));
      }
      if (Take(',')) continue;
      SkipBlanks();
      if (Peek() != '}') return Bad();
    }
    return {};
  }

  // In quotes, or a word.
  base::Result<std::string> ReadText() {
    SkipBlanks();
    if (Peek() == '"') return ReadQuoted();
    const std::size_t begin = at_;
    while (at_ < text_.size() && IsWordByte(text_[at_])) ++at_;
    if (at_ == begin) return Bad();
    return std::string(text_.substr(begin, at_ - begin));
  }

  // The uploaders escape nothing; proper JSON's short escapes are read, \u is not.
  base::Result<std::string> ReadQuoted() {
    constexpr std::string_view kEscaped = "\"\\/bfnrt";
    constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
    std::string value;
    for (++at_; at_ < text_.size(); ++at_) {
      char c = text_[at_];
      if (c == '"') {
        ++at_;
        return value;
      }
      if (c == '\\') {
        ++at_;
        const std::size_t which = at_ < text_.size() ? kEscaped.find(text_[at_]) : std::string_view::npos;
        if (which == std::string_view::npos) return Bad();
        c = kMeant[which];
      }
      value += c;
    }
    return Error{Code::kTruncated, at_, "object of an upload"};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t members_ = 0;
  std::map<std::string, std::string> values_;
};

}  // namespace

base::Result<std::map<std::string, std::string>> ReadRelaxedObject(std::string_view text) {
  return Reader(text).Read();
}

}  // namespace cairn::symbols
