// Frames made comparable: a function's name without its return type, template arguments and parameters, so
// that builds, compilers and instantiations of one function read the same.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/signature/lists.h"

namespace cairn::signature {

// One function on the stack, inlined or not. Borrows its text. Empty or zero fields are unknown.
struct NormalizerFrame {
  std::string_view module;
  std::string_view function;
  std::string_view file;
  std::uint32_t line = 0;
  std::string_view offset;
  std::string_view unloaded_module;
};

// Normalizes frame after frame; keeps its memory from one to the next. One thread at a time.
class Normalizer {
 public:
  // Borrows the lists, for the functions whose line number belongs to their name.
  explicit Normalizer(const SignatureLists& lists) : lists_(lists) {}

  // The function if there is one, else "file#line", else the module, "(unloaded module)" or "@0xaddress",
  // else nothing.
  void Append(const NormalizerFrame& frame, std::string& to);

  // What Append does with a function; false: its line number was appended too.
  bool AppendFunction(std::string_view function, bool is_rust, std::uint32_t line, std::string& to);

  void AppendCpp(std::string_view function, std::uint32_t line, std::string& to);
  void AppendRust(std::string_view function, std::uint32_t line, std::string& to);

 private:
  // The buffer that the text of the step before is not in, empty.
  std::string& NextBuffer();
  void AppendLineNumber(std::string_view function, std::uint32_t line, std::string& to);

  const SignatureLists& lists_;
  std::array<std::string, 2> buffers_;
  std::size_t buffer_ = 0;
  bool has_line_number_ = false;  // Behind the last function.
};

// The same for one frame.
std::string NormalizeFrame(const NormalizerFrame& frame, const SignatureLists& lists);
std::string NormalizeCppFunction(std::string_view function, std::uint32_t line, const SignatureLists& lists);
std::string NormalizeRustFunction(std::string_view function, std::uint32_t line, const SignatureLists& lists);

// The parts of the above, for tests.

// Whether a frame's file is Rust: its path within the repository, or its absolute one, ends in ".rs".
bool IsRustFile(std::string_view file);

// "hg:server/repository:path:revision" to its path; "c:\path" to "\path"; an absolute path stays; else empty.
std::string_view ParseSourceFile(std::string_view file);

// "static int A::B(int) [clone .x]" to "A::B(int) [clone .x]".
std::string_view DropPrefixAndReturnType(std::string_view function);

// "A<B<C> >::D<E>" to "A<T>::D<T>"; names that only look like types, and operators, stay.
std::string CollapseTypes(std::string_view function);

// "A::B(int, C(*)(D))" to "A::B"; "(anonymous namespace)" and "operator()" stay.
std::string CollapseArguments(std::string_view function);

// The outermost parts of `text` from an `open` to its `close`, half-open; one that is never closed goes to
// the end.
std::vector<std::pair<std::size_t, std::size_t>> FindEnclosed(std::string_view text, char open, char close);

// Old compilers' Rust symbols name panic functions without their path; the source file tells which is meant.
// Gives the full name, or `function` as it is.
std::string_view CompleteRustFunction(std::string_view file, std::string_view function);

}  // namespace cairn::signature
