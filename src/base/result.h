// Result<T> is a value or an Error; Status is a Result without a value.
//
// Everything that can fail on input returns one of the two. An Error is small and owns nothing, so it can be
// made where bytes are read without cost. The names are std::expected's, so that C++23 can take over. Nothing
// here throws.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace cairn::base {

// What went wrong, in classes that a caller can act on. CodeSentence() has the words.
enum class Code : std::uint8_t {
  kTruncated,      // The bytes end before the structure does.
  kBadMagic,       // The file is not of the kind that it should be.
  kBadValue,       // A field holds a value that its format forbids.
  kLimitExceeded,  // A stated limit (a kMax... constant) was passed.
  kNotFound,       // What was asked for is not there.
  kUnsupported,    // Valid, but of a kind that Cairn does not read.
  kOverflow,       // Arithmetic on sizes or addresses left its range.
  kIo,             // The operating system refused; Error::offset is the errno.
  kTimeout,        // A deadline passed.
  kRefused,        // A peer answered with a refusal; Error::offset is its status code.
  kUnreachable,    // A peer gave no whole answer, whatever the reason.
};

// The sentence that stands for a code in messages.
constexpr std::string_view CodeSentence(Code code) {
  switch (code) {
    case Code::kTruncated: return "the data ends too early";
    case Code::kBadMagic: return "not a file of this kind";
    case Code::kBadValue: return "a value is not allowed here";
    case Code::kLimitExceeded: return "a limit was exceeded";
    case Code::kNotFound: return "not found";
    case Code::kUnsupported: return "not supported";
    case Code::kOverflow: return "a size or address is out of range";
    case Code::kIo: return "the operating system refused";
    case Code::kTimeout: return "it took too long";
    case Code::kRefused: return "the other side refused";
    case Code::kUnreachable: return "no whole answer came";
  }
  return "unknown error";
}

// Why something failed. `what` names the field or step in words and must be a literal: an Error owns nothing.
struct [[nodiscard]] Error {
  Code code = Code::kBadValue;
  std::uint64_t offset = 0;  // Byte offset in the input; errno for kIo; status for kRefused.
  std::string_view what;

  friend bool operator==(const Error&, const Error&) = default;
};

// "module list: the data ends too early (at byte 32)"; for kIo the text of the errno.
std::string Describe(const Error& error);

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit on purpose.
  Result(Error error) : state_(std::in_place_index<1>, error) {}         // NOLINT: implicit on purpose.

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  // Asserts (std::get throws, and nothing catches) that there is a value.
  T& operator*() & { return std::get<0>(state_); }
  const T& operator*() const& { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }

  const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Error error) : error_(error), ok_(false) {}  // NOLINT: implicit on purpose.

  bool has_value() const { return ok_; }
  explicit operator bool() const { return ok_; }
  const Error& error() const { return error_; }

 private:
  Error error_;
  bool ok_ = true;
};

}  // namespace cairn::base

#define CAIRN_CONCAT_INNER(a, b) a##b
#define CAIRN_CONCAT(a, b) CAIRN_CONCAT_INNER(a, b)

// ASSIGN_OR_RETURN(const Header header, ReadHeader(bytes)); leaves the function with the Error if there is
// one. A declaration and a name can not stand in parentheses.
// NOLINTBEGIN(bugprone-macro-parentheses)
#define ASSIGN_OR_RETURN(declaration, expression) \
  ASSIGN_OR_RETURN_INNER(CAIRN_CONCAT(result_, __LINE__), declaration, expression)
#define ASSIGN_OR_RETURN_INNER(result, declaration, expression) \
  auto result = (expression);                                   \
  if (!result.has_value()) return result.error();               \
  declaration = *std::move(result)
// NOLINTEND(bugprone-macro-parentheses)

// RETURN_IF_ERROR(WriteFile(...)); for a Status, or a Result whose value is of no interest.
#define RETURN_IF_ERROR(expression)                              \
  do {                                                           \
    if (const auto status = (expression); !status.has_value()) { \
      return status.error();                                     \
    }                                                            \
  } while (false)
