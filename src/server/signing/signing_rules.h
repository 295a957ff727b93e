// SigningRules are settings made ready to sign by. Immutable: any number of threads may sign by them at once,
// each with an InputSigner of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "analysis/signature/custom_rules.h"
#include "analysis/signature/lists.h"
#include "server/signing/settings.h"

namespace cairn::signing {

// Annotations that are kept with a crash's signature input, so that history can be signed again: custom rules
// may ask for these.
std::vector<std::string_view> KeptAnnotations();

class SigningRules {
 public:
  static std::variant<std::shared_ptr<const SigningRules>, Mistakes> Create(Settings settings);

  // Cairn's own lists, and nothing else.
  static std::shared_ptr<const SigningRules> Default();

  const Settings& settings() const { return settings_; }
  const signature::SignatureLists& lists() const {
    return lists_ ? *lists_ : signature::SignatureLists::Default();
  }
  const signature::CustomRules* custom_rules() const { return custom_ ? &*custom_ : nullptr; }

  // What decisions make of the signature that the rules give: itself, where they say nothing.
  const std::string& Decide(const std::string& signature) const;

  // Equal for equal settings, and another if Cairn's own lists or the way of signing become others.
  std::int64_t stamp() const { return stamp_; }

 private:
  SigningRules() = default;

  Settings settings_;
  std::optional<signature::SignatureLists> lists_;
  std::optional<signature::CustomRules> custom_;
  std::unordered_map<std::string, std::string> decided_;  // To where all decisions together lead.
  std::int64_t stamp_ = 0;
};

// Where decisions, applied one after the other, lead from each name that one of them speaks of.
std::unordered_map<std::string, std::string> FoldDecisions(std::span<const Decision> decisions);

}  // namespace cairn::signing
