#include "server/signing/signing_rules.h"

#include <algorithm>
#include <array>
#include <utility>

#include "analysis/signature/default_lists.h"
#include "base/lines.h"
#include "base/utf8.h"
#include "server/search/content_hash.h"
#include "server/worker/signature_annotations.h"

namespace cairn::signing {
namespace {

using signature::CustomRules;
using signature::SignatureLists;

// Another number signs history again when a new Cairn starts: for when the rules themselves have changed.
constexpr std::uint64_t kWayOfSigning = 1;

// Each list is tried alone, so that a bad pattern is known by its file; a line that is bad is told of and
// taken out, so that all are told of at once.
void CheckList(const ListFile& file, std::vector<std::string> lines, Mistakes& mistakes) {
  signature::SignatureListLines alone;
  alone.*file.lines = std::move(lines);
  for (;;) {
    const auto made = SignatureLists::Create(alone);
    if (made || mistakes.size() >= kMaxMistakes) return;
    const std::size_t line = made.error().offset;
    if (line >= (alone.*file.lines).size())
      return mistakes.emplace_back(base::Describe(made.error())), void();
    std::string& text = (alone.*file.lines)[line];
    mistakes.push_back(std::string(file.name) + ", line " + std::to_string(line + 1) + ": `" +
                       text.substr(0, 200) + "` is no regular expression that RE2 takes: correct the line");
    text.clear();
  }
}

std::optional<SignatureLists> MakeLists(const ListTexts& texts, Mistakes& mistakes) {
  signature::SignatureListLines lines;
  for (const ListFile& file : kListFiles) {
    const std::string& text = texts.*file.text;
    if (text.size() > kMaxListBytes) {
      mistakes.push_back(std::string(file.name) + ", line 1: the list is longer than 256 KiB: shorten it");
    } else if (!base::IsUtf8(text)) {
      mistakes.push_back(std::string(file.name) + ", line 1: the list is not UTF-8: save it as such");
    } else {
      lines.*file.lines = base::SplitLines(text);
      CheckList(file, lines.*file.lines, mistakes);
    }
  }
  if (!mistakes.empty()) return std::nullopt;
  base::Result<SignatureLists> made = SignatureLists::Create(lines);
  if (!made) {
    mistakes.push_back(base::Describe(made.error()));
    return std::nullopt;
  }
  return *std::move(made);
}

std::optional<CustomRules> MakeCustomRules(const std::string& text, Mistakes& mistakes) {
  std::variant<CustomRules, signature::CustomRuleMistakes> parsed = CustomRules::Parse(text);
  const std::string file = std::string(kRulesFile) + ", ";
  if (const auto* const found = std::get_if<signature::CustomRuleMistakes>(&parsed)) {
    for (const std::string& mistake : *found) mistakes.push_back(file + mistake);
    return std::nullopt;
  }
  CustomRules rules = std::get<CustomRules>(std::move(parsed));
  const std::vector<std::string_view> kept = KeptAnnotations();
  for (const signature::CustomRule& rule : rules.rows()) {
    if (rule.annotation.empty() || std::ranges::find(kept, rule.annotation) != kept.end()) continue;
    std::string all;
    for (const std::string_view name : kept) all += (all.empty() ? "" : ", ") + std::string(name);
    mistakes.push_back(file + "line " + std::to_string(rule.line) + ": the annotation " + rule.annotation +
                       " is not kept for signing: ask for one of " + all);
  }
  return rules;
}

std::int64_t StampOf(const Settings& settings) {
  search::ContentHash hash;
  hash.Add(kWayOfSigning);
  if (settings.text.lists) {
    for (const ListFile& file : kListFiles) hash.Add((*settings.text.lists).*file.text);
  } else {
    for (const signature::ListRow& row : signature::DefaultListRows()) {
      hash.Add(static_cast<std::uint64_t>(row.kind)).Add(row.pattern);
    }
  }
  hash.Add(settings.text.rules);
  for (const Decision& decision : settings.decisions) {
    hash.Add(decision.from.size());
    for (const std::string& name : decision.from) hash.Add(name);
    hash.Add(decision.to);
  }
  return hash.Finish();
}

}  // namespace

std::string_view DecisionName(DecisionKind kind) { return kind == DecisionKind::kMerge ? "merge" : "rename"; }

std::vector<std::string_view> KeptAnnotations() {
  std::vector<std::string_view> names(worker::kSignatureAnnotations.begin(),
                                      worker::kSignatureAnnotations.end());
  names.push_back(worker::kProductName);
  return names;
}

std::unordered_map<std::string, std::string> FoldDecisions(std::span<const Decision> decisions) {
  // From the last to the first: where a decision leads, later ones may lead on from.
  std::unordered_map<std::string, std::string> folded;
  for (std::size_t i = decisions.size(); i-- > 0;) {
    const auto onward = folded.find(decisions[i].to);
    const std::string to = onward == folded.end() ? decisions[i].to : onward->second;
    for (const std::string& name : decisions[i].from) folded[name] = to;
  }
  return folded;
}

std::variant<std::shared_ptr<const SigningRules>, Mistakes> SigningRules::Create(Settings settings) {
  Mistakes mistakes;
  std::shared_ptr<SigningRules> rules(new SigningRules);
  if (settings.text.lists) rules->lists_ = MakeLists(*settings.text.lists, mistakes);
  if (!settings.text.rules.empty()) rules->custom_ = MakeCustomRules(settings.text.rules, mistakes);
  if (mistakes.size() > kMaxMistakes) mistakes.resize(kMaxMistakes);
  if (!mistakes.empty()) return mistakes;
  rules->decided_ = FoldDecisions(settings.decisions);
  rules->stamp_ = StampOf(settings);
  rules->settings_ = std::move(settings);
  return std::shared_ptr<const SigningRules>(std::move(rules));
}

std::shared_ptr<const SigningRules> SigningRules::Default() {
  return std::get<std::shared_ptr<const SigningRules>>(Create({}));
}

const std::string& SigningRules::Decide(const std::string& signature) const {
  const auto decided = decided_.find(signature);
  return decided == decided_.end() ? signature : decided->second;
}

}  // namespace cairn::signing
