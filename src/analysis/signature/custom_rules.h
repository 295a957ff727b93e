// CustomRules are what a team says of its own frames, on top of the lists: docs/formats/signature-rules.md.
//
// They are read from TOML. Each row names the frames that it means by module, function, file and an
// annotation of the crash, and what becomes of them. Immutable once made: any number of threads may ask at
// once.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace re2 {
class RE2;
}

namespace cairn::signature {

inline constexpr std::size_t kMaxCustomRuleBytes = 256 << 10;  // Of a file.
inline constexpr std::size_t kMaxCustomRules = 100;            // Each is tried on each of forty frames.
inline constexpr std::size_t kMaxCustomPatternBytes = 1000;

enum class CustomEffect : unsigned char {
  kSkip,        // The frame is left out.
  kPrefix,      // It is put in, and the next one too.
  kStop,        // It is put in, and is the last.
  kSentinel,    // The signature begins here, if no other beginning lies further in.
  kRename,      // It gets another name, of which lists and later rows are asked.
  kGroupUnder,  // The crash's stack is signed by this text alone.
};
// "group-under"; a literal.
std::string_view CustomEffectName(CustomEffect effect);

using Annotations = std::map<std::string, std::string, std::less<>>;

// A frame as rows see it. Borrows.
struct CustomFrame {
  std::string_view module;
  std::string_view function;  // Normalised; the module or address of a frame without a function.
  std::string_view file;
};

struct CustomRule {
  std::string name;
  std::uint32_t line = 0;  // In the file of rules.
  CustomEffect effect = CustomEffect::kSkip;
  std::string to;  // kRename, kGroupUnder.
  // RE2, matched at the start; nullptr means any.
  std::shared_ptr<const re2::RE2> module, function, file;  // Shared so that rules can be copied.
  std::string annotation;                                  // Empty: the crash's annotations do not matter.
  std::shared_ptr<const re2::RE2> annotation_value;

  bool Matches(const CustomFrame& frame) const;
};

// One sentence each: "line 12: what: what to do".
using CustomRuleMistakes = std::vector<std::string>;

class CustomRules {
 public:
  static std::variant<CustomRules, CustomRuleMistakes> Parse(std::string_view toml);

  // In the file's order.
  const std::vector<CustomRule>& rows() const { return rows_; }

  // The annotations that any row asks for: what a SignatureInput should have.
  std::vector<std::string> AnnotationNames() const;

  // The rows for a crash with these annotations, in the file's order.
  void Select(const Annotations& annotations, std::vector<const CustomRule*>& rows) const;

 private:
  friend class CustomRuleReader;

  std::vector<std::string> products_;  // Values of the annotation ProductName; none: all products.
  std::vector<CustomRule> rows_;
};

}  // namespace cairn::signature
