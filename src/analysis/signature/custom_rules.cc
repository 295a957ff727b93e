#include "analysis/signature/custom_rules.h"

#include <re2/re2.h>

#include <algorithm>
#include <set>

namespace cairn::signature {
namespace {

bool MatchesAtStart(const re2::RE2* pattern, std::string_view text) {
  const re2::StringPiece piece(text.data(), text.size());
  return pattern == nullptr || pattern->Match(piece, 0, piece.size(), re2::RE2::ANCHOR_START, nullptr, 0);
}

}  // namespace

std::string_view CustomEffectName(CustomEffect effect) {
  switch (effect) {
    case CustomEffect::kSkip: return "skip";
    case CustomEffect::kPrefix: return "prefix";
    case CustomEffect::kStop: return "stop";
    case CustomEffect::kSentinel: return "sentinel";
    case CustomEffect::kRename: return "rename";
    case CustomEffect::kGroupUnder: return "group-under";
  }
  return "unknown";
}

bool CustomRule::Matches(const CustomFrame& frame) const {
  return MatchesAtStart(function.get(), frame.function) && MatchesAtStart(module.get(), frame.module) &&
         MatchesAtStart(file.get(), frame.file);
}

std::vector<std::string> CustomRules::AnnotationNames() const {
  std::set<std::string> names;
  if (!products_.empty()) names.insert("ProductName");
  for (const CustomRule& row : rows_) {
    if (!row.annotation.empty()) names.insert(row.annotation);
  }
  return {names.begin(), names.end()};
}

void CustomRules::Select(const Annotations& annotations, std::vector<const CustomRule*>& rows) const {
  const auto value = [&](std::string_view name) {
    const auto found = annotations.find(name);
    return found == annotations.end() ? nullptr : &found->second;
  };
  if (!products_.empty()) {
    const std::string* const product = value("ProductName");
    if (product == nullptr || std::ranges::find(products_, *product) == products_.end()) return;
  }
  for (const CustomRule& row : rows_) {
    if (!row.annotation.empty()) {
      const std::string* const text = value(row.annotation);
      if (text == nullptr || !MatchesAtStart(row.annotation_value.get(), *text)) continue;
    }
    rows.push_back(&row);
  }
}

}  // namespace cairn::signature
