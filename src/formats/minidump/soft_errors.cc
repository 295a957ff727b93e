#include "formats/minidump/soft_errors.h"

#include <algorithm>
#include <optional>

#include "base/utf8.h"
#include "formats/minidump/limits.h"

namespace cairn::minidump {
namespace {

// Goes over a JSON text once. Every function says whether what it names stood there, and goes behind it.
class JsonScanner {
 public:
  explicit JsonScanner(std::string_view text) : rest_(text) {}

  bool Document() {
    if (!Value(0)) return false;
    SkipBlanks();
    return rest_.empty();
  }

 private:
  bool Value(int depth) {
    if (depth > kMaxJsonDepth) return false;
    SkipBlanks();
    if (Take('{')) return Members(depth, '}');
    if (Take('[')) return Members(depth, ']');
    if (rest_.starts_with('"')) return String();
    return Word("true") || Word("false") || Word("null") || Number();
  }

  // The inside of an object or array, and its end.
  bool Members(int depth, char end) {
    SkipBlanks();
    if (Take(end)) return true;
    do {
      SkipBlanks();
      if (end == '}' && (!String() || !Colon())) return false;
      if (!Value(depth + 1)) return false;
      SkipBlanks();
    } while (Take(','));
    return Take(end);
  }

  bool Colon() {
    SkipBlanks();
    return Take(':');
  }

  bool String() {
    if (!Take('"')) return false;
    while (!rest_.empty()) {
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '"') return true;
      if (static_cast<unsigned char>(c) < ' ' || (c == '\\' && !Escape())) return false;
    }
    return false;
  }

  // What follows a backslash.
  bool Escape() {
    if (Take('u')) {
      constexpr std::size_t kDigits = 4;
      if (rest_.size() < kDigits) return false;
      const std::string_view digits = rest_.substr(0, kDigits);
      rest_.remove_prefix(kDigits);
      return digits.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
    }
    if (rest_.empty() || std::string_view("\"\\/bfnrt").find(rest_.front()) == std::string_view::npos)
      return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool Number() {
    Take('-');
    if (!Take('0') && !Digits()) return false;
    if (Take('.') && !Digits()) return false;
    if (Take('e') || Take('E')) {
      if (!Take('+')) Take('-');
      return Digits();
    }
    return true;
  }

  bool Digits() {
    const std::size_t count = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    rest_.remove_prefix(count);
    return count != 0;
  }

  bool Word(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  bool Take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void SkipBlanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size())); }

  std::string_view rest_;
};

}  // namespace

bool IsJson(std::string_view text) { return base::IsUtf8(text) && JsonScanner(text).Document(); }

std::string ReadSoftErrors(const Minidump& dump, model::Diagnostics& diagnostics) {
  const std::optional<base::Bytes> stream = dump.Stream(wire::StreamType::kMozSoftErrors);
  if (!stream) return {};
  std::string_view text = base::AsText(*stream);
  text = text.substr(0, text.find('\0'));  // Padding of the stream.
  if (text.empty()) return {};
  if (text.size() > kMaxSoftErrorBytes) {
    diagnostics.Add(model::Stage::kMinidump,
                    {base::Code::kLimitExceeded, text.size(), "errors of the writer"});
    return {};
  }
  if (!IsJson(text)) {
    diagnostics.Add(model::Stage::kMinidump, {base::Code::kBadValue, 0, "errors of the writer"});
    return {};
  }
  return std::string(text);
}

}  // namespace cairn::minidump
