#include "analysis/signature/java_signature.h"

#include <algorithm>

#include "analysis/signature/java_trace.h"
#include "analysis/signature/unicode.h"

namespace cairn::signature {
namespace {

constexpr std::size_t kMaxCharacters = 255;  // Of a signature with what the exception says.
constexpr std::size_t kMaxBytes = 64 << 10;  // That are read of a stack trace.
constexpr std::string_view kAddress = "@<addr>";

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsSmallHexDigit(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f'); }

// "Thing@4054b560 is gone" to "Thing@<addr> is gone": the object's place differs in every process.
std::string WithoutAddresses(std::string_view words) {
  constexpr std::size_t kDigits = 8;
  std::string result;
  for (std::size_t at; (at = words.find('@')) != std::string_view::npos;) {
    const std::string_view digits = words.substr(at + 1, kDigits);
    result.append(words.substr(0, at));
    if (digits.size() == kDigits && std::ranges::all_of(digits, IsSmallHexDigit)) {
      result.append(kAddress);
      words.remove_prefix(at + 1 + kDigits);
    } else {
      result += '@';
      words.remove_prefix(at + 1);
    }
  }
  return result.append(words);
}

// "at a.B.f(B.java:12)" to "at a.B.f(B.java)". Files of other languages keep their number, as in the
// reference.
std::string WithoutLineNumber(std::string_view method) {
  constexpr std::string_view kJava = ".java:";
  if (!method.ends_with(')')) return std::string(method);
  std::string_view rest = method.substr(0, method.size() - 1);
  const std::size_t digits = rest.find_last_not_of("0123456789") + 1;
  rest = rest.substr(0, digits);
  if (digits + 1 == method.size() || !rest.ends_with(kJava)) return std::string(method);
  return std::string(rest.substr(0, rest.size() - 1)).append(")");
}

// Those of the parts that are not empty.
std::string Join(std::string_view separator, std::initializer_list<std::string_view> parts) {
  std::string joined;
  bool first = true;
  for (const std::string_view part : parts) {
    if (part.empty()) continue;
    if (!first) joined.append(separator);
    joined.append(part);
    first = false;
  }
  return joined;
}

}  // namespace

JavaSignature SignJavaStackTrace(std::string_view stack_trace) {
  const std::vector<std::string_view> lines = SplitTextLines(stack_trace.substr(0, kMaxBytes), 2);
  JavaSignature signature;
  const auto note = [&](std::string_view words) {
    signature.notes.push_back("JavaSignatureTool: " + std::string(words));
  };
  if (lines.empty()) {
    note("stack trace not in expected format");
    signature.text = "EMPTY: Java stack trace not in expected format";
    return signature;
  }
  const std::string_view first = StripSpaces(lines.front());
  const std::size_t colon = first.find(':');
  const std::string_view thrown = StripSpaces(first.substr(0, colon));
  std::string words;
  if (colon == std::string_view::npos) {
    note("stack trace line 1 is not in the expected format");
  } else {
    words = StripSpaces(WithoutAddresses(first.substr(colon + 1)));
  }
  std::string method;
  if (lines.size() < 2) {
    note("stack trace line 2 is missing");
  } else {
    method = WithoutLineNumber(StripSpaces(lines[1]));
    if (method.empty()) note("stack trace line 2 is empty");
  }
  // Between the words and the method stands a colon only if the words end in an address: an old slip of the
  // reference, on which signatures rest by now.
  signature.text = words.ends_with("<addr>") ? Join(": ", {thrown, words, method})
                                             : Join(": ", {thrown, Join(" ", {words, method})});
  if (CountCharacters(signature.text) > kMaxCharacters) {
    signature.text = std::string(thrown).append(": ").append(method);
    note("dropped Java exception description due to length");
  }
  return signature;
}

std::string ReduceJavaStackTrace(std::string_view stack_trace) {
  stack_trace = stack_trace.substr(0, kMaxBytes);
  std::string reduced;
  while (!stack_trace.empty()) {
    const std::size_t end = std::min(stack_trace.find('\n'), stack_trace.size());
    const std::vector<std::string_view> line = SplitTextLines(stack_trace.substr(0, end), 1);
    stack_trace.remove_prefix(std::min(end + 1, stack_trace.size()));
    if (reduced.empty()) {
      const std::string_view first = line.empty() ? std::string_view() : StripSpaces(line.front());
      const std::string_view thrown = StripSpaces(first.substr(0, first.find(':')));
      if (!IsJavaClassName(thrown)) return {};
      reduced = std::string(thrown.substr(0, kMaxJavaNameBytes)).append(":");
      continue;
    }
    const std::string_view place =
        line.empty() ? std::string_view() : StripSpaces(JavaStackLine(line.front()));
    if (!place.empty() && place.size() <= kMaxJavaNameBytes) return reduced.append("\n\t").append(place);
  }
  return reduced;
}

JavaSignature SignJavaException(const JavaException& exception) {
  JavaSignature signature;
  if (!exception.has_stack) {
    signature.text = "EMPTY: Java exception not in expected format";
    signature.notes.emplace_back("JavaExceptionSignatureTool: value not in expected format");
    return signature;
  }
  const auto name = [](std::string_view text) { return FirstBytes(text, kMaxJavaNameBytes); };
  if (!exception.type.empty()) signature.text = Join(".", {name(exception.module), name(exception.type)});
  if (!exception.frame) return signature;
  const JavaFrame& frame = *exception.frame;
  std::string place = Join(".", {name(frame.module), name(frame.function)});
  if (place.empty()) {
    place = "unknown";
  } else if (!frame.file.empty()) {
    place.append("(").append(name(frame.file)).append(")");
  }
  signature.text.append(": at ").append(place);
  return signature;
}

}  // namespace cairn::signature
