// The lists and rules that signatures are made by, from files.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "analysis/signature/custom_rules.h"
#include "analysis/signature/lists.h"

namespace cairn::apps {

// Why files cannot be used: one line each, "lists/prefix_signature_re.txt, line 3: what: what to do".
struct SettingsTrouble {
  std::vector<std::string> lines;
  bool is_unreadable = false;  // A file could not be read, so it is not known what is in it.
};

// The four lists of a folder, named and written as Socorro's: one pattern a line.
std::variant<signature::SignatureLists, SettingsTrouble> LoadSignatureLists(const std::string& folder);

// docs/formats/signature-rules.md
std::variant<signature::CustomRules, SettingsTrouble> LoadCustomRules(const std::string& path);

}  // namespace cairn::apps
