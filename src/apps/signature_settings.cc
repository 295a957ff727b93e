#include "apps/signature_settings.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/lines.h"
#include "os/file.h"

namespace cairn::apps {
namespace {

constexpr std::uint64_t kMaxListBytes = 16 << 20;  // The longest list in use has 20 KB.

using signature::SignatureListLines;
using signature::SignatureLists;

// The files of a folder of lists, as Socorro names them, and where their lines belong.
struct ListFile {
  std::string_view name;
  std::vector<std::string> SignatureListLines::* lines;
};
constexpr ListFile kListFiles[] = {
    {"signature_sentinels.txt", &SignatureListLines::sentinels},
    {"irrelevant_signature_re.txt", &SignatureListLines::irrelevant},
    {"prefix_signature_re.txt", &SignatureListLines::prefix},
    {"signatures_with_line_numbers_re.txt", &SignatureListLines::line_numbers},
};

}  // namespace

std::variant<SignatureLists, SettingsTrouble> LoadSignatureLists(const std::string& folder) {
  SignatureListLines all;
  SettingsTrouble trouble;
  for (const ListFile& file : kListFiles) {
    const std::string path = folder + "/" + std::string(file.name);
    const auto text = os::ReadFile(path, kMaxListBytes);
    if (!text) {
      return SettingsTrouble{{path + ": " + Describe(text.error()) + ": a folder of lists has all four"},
                             true};
    }
    all.*file.lines = base::SplitLines(*text);
    // Each list is tried alone, so that a bad pattern is known by its file; and each line that is bad is
    // taken out and told of, so that all are told of at once.
    SignatureListLines alone;
    alone.*file.lines = all.*file.lines;
    for (;;) {
      const auto lists = SignatureLists::Create(alone);
      if (lists) break;
      const std::size_t line = lists.error().offset;
      trouble.lines.push_back(path + ", line " + std::to_string(line + 1) + ": `" +
                              (alone.*file.lines)[line] +
                              "` is no regular expression that RE2 takes: correct the line");
      (alone.*file.lines)[line].clear();
      if (trouble.lines.size() == 20) return trouble;
    }
  }
  if (!trouble.lines.empty()) return trouble;
  auto lists = SignatureLists::Create(all);
  if (!lists) return SettingsTrouble{{folder + ": " + Describe(lists.error())}};
  return *std::move(lists);
}

std::variant<signature::CustomRules, SettingsTrouble> LoadCustomRules(const std::string& path) {
  const auto text = os::ReadFile(path, signature::kMaxCustomRuleBytes);
  if (!text) {
    return SettingsTrouble{{path + ": " + Describe(text.error()) + ": --rules takes a TOML file of rules"},
                           true};
  }
  auto parsed = signature::CustomRules::Parse(*text);
  auto* const mistakes = std::get_if<signature::CustomRuleMistakes>(&parsed);
  if (mistakes == nullptr) return std::get<signature::CustomRules>(std::move(parsed));
  SettingsTrouble trouble;
  for (const std::string& mistake : *mistakes) trouble.lines.push_back(path + ", " + mistake);
  return trouble;
}

}  // namespace cairn::apps
