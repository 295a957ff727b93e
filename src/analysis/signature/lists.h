// SignatureLists say what frames mean to a signature: which are noise, which only lead to the next, where to
// begin.
//
// Patterns are RE2 and match at the start of a normalised frame, so "raise" also matches "raise_error";
// sentinels are compared whole. Immutable once made: any number of threads may ask at once.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cairn::signature {

// The four lists as lines, one pattern or name each; blank lines and lines that begin with '#' are skipped.
struct SignatureListLines {
  std::vector<std::string> sentinels;
  std::vector<std::string> irrelevant;
  std::vector<std::string> prefix;
  std::vector<std::string> line_numbers;
};

class PatternList;

class SignatureLists {
 public:
  // Fails at a pattern that RE2 refuses; the error's offset is the line's index in its list.
  static base::Result<SignatureLists> Create(const SignatureListLines& lines);

  // Cairn's own lists (default_lists.cc).
  static const SignatureLists& Default();

  SignatureLists(SignatureLists&&) noexcept;
  SignatureLists& operator=(SignatureLists&&) noexcept;
  ~SignatureLists();

  bool IsSentinel(std::string_view frame) const;    // Frames above it are not looked at.
  bool IsIrrelevant(std::string_view frame) const;  // Left out of the signature.
  bool IsPrefix(std::string_view frame) const;      // Put in, and the next frame too.
  bool WantsLineNumber(std::string_view function) const;

 private:
  SignatureLists();

  std::vector<std::string> sentinels_;  // Sorted.
  std::unique_ptr<PatternList> irrelevant_;
  std::unique_ptr<PatternList> prefix_;
  std::unique_ptr<PatternList> line_numbers_;
};

}  // namespace cairn::signature
