// CustomRules::Parse. Apart from the rest, so that what only signs does not link a reader of TOML.
#include <re2/re2.h>

#include <algorithm>
#include <utility>

#include "analysis/signature/custom_rules.h"
#include "base/toml.h"

namespace cairn::signature {
namespace {

constexpr CustomEffect kEffects[] = {CustomEffect::kSkip,   CustomEffect::kPrefix,
                                     CustomEffect::kStop,   CustomEffect::kSentinel,
                                     CustomEffect::kRename, CustomEffect::kGroupUnder};

bool NeedsText(CustomEffect effect) {
  return effect == CustomEffect::kRename || effect == CustomEffect::kGroupUnder;
}

bool IsPrintable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c <= 0x7e; });
}

constexpr std::size_t kMaxNameBytes = 100;
constexpr std::size_t kMaxToBytes = 200;  // A signature has 255.

}  // namespace

class CustomRuleReader {
 public:
  std::variant<CustomRules, CustomRuleMistakes> Read(std::string_view text) {
    if (text.size() > kMaxCustomRuleBytes) {
      return CustomRuleMistakes{"line 1: the file is longer than 256 KiB: take out what is not needed"};
    }
    const toml::parse_result parsed = toml::parse(text);
    if (!parsed) {
      Say(parsed.error().source(), std::string(parsed.error().description()));
      return std::move(mistakes_);
    }
    const toml::table& root = parsed.table();
    for (const auto& [key, node] : root) {
      if (key == "products") {
        ReadProducts(node);
      } else if (key != "rule") {
        Say(node.source(), "`" + std::string(key.str()) + "` is not known: there are [[rule]] and products");
      }
    }
    if (const toml::node* const node = root.get("rule")) {
      if (const toml::array* const rows = node->as_array()) {
        for (const toml::node& row : *rows) ReadRule(row);
      } else {
        Say(node->source(), "`rule` must be a list of tables: write [[rule]]");
      }
    }
    if (!mistakes_.empty()) return std::move(mistakes_);
    return std::move(rules_);
  }

 private:
  void Say(const toml::source_region& where, const std::string& what) {
    mistakes_.push_back("line " + std::to_string(where.begin.line) + ": " + what);
  }

  void ReadProducts(const toml::node& node) {
    const toml::array* const products = node.as_array();
    if (products == nullptr || products->empty()) {
      return Say(node.source(), "`products` must be a list of names: write products = [\"…\"]");
    }
    for (const toml::node& product : *products) {
      if (const auto* const name = product.as_string()) {
        rules_.products_.push_back(name->get());
      } else {
        Say(product.source(), "the name of a product is a text");
      }
    }
  }

  void ReadRule(const toml::node& node) {
    const toml::table* const table = node.as_table();
    if (table == nullptr) return Say(node.source(), "`rule` must be a table: write [[rule]]");
    if (rules_.rows_.size() == kMaxCustomRules) {
      if (!std::exchange(too_many_, true)) Say(node.source(), "there may be 100 rules: join some by |");
      return;
    }
    CustomRule rule;
    rule.line = static_cast<std::uint32_t>(node.source().begin.line);
    for (const auto& [key, value] : *table) ReadKey(key.str(), value, rule);
    if (!table->contains("name")) Say(node.source(), "the rule has no name: give it one");
    if (!table->contains("effect")) {
      Say(node.source(), "the rule has no effect: give it one, such as effect = \"skip\"");
    } else if (NeedsText(rule.effect) != table->contains("to")) {
      Say(node.source(), "`to` belongs to rename and group-under, and to no other effect");
    }
    const bool asks = table->contains("module") || table->contains("function") || table->contains("file");
    const bool asks_crash = rule.effect == CustomEffect::kGroupUnder && table->contains("annotation");
    if (!asks && !asks_crash) {
      Say(node.source(), "the rule means every frame: give it module, function or file");
    }
    rules_.rows_.push_back(std::move(rule));
  }

  void ReadKey(std::string_view key, const toml::node& value, CustomRule& rule) {
    if (key == "module" || key == "function" || key == "file") {
      std::shared_ptr<const re2::RE2>& pattern = key == "module"     ? rule.module
                                                 : key == "function" ? rule.function
                                                                     : rule.file;
      pattern = ReadPattern(key, value);
    } else if (key == "name") {
      rule.name = ReadText(key, value, kMaxNameBytes);
    } else if (key == "to") {
      rule.to = ReadText(key, value, kMaxToBytes);
    } else if (key == "about") {
      if (!value.is_string()) Say(value.source(), "`about` must be a text");
    } else if (key == "effect") {
      ReadEffect(value, rule);
    } else if (key == "annotation") {
      ReadAnnotation(value, rule);
    } else {
      Say(value.source(), "`" + std::string(key) +
                              "` is not known: a rule has name, about, module, function, file, annotation, "
                              "effect, to");
    }
  }

  std::string ReadText(std::string_view key, const toml::node& value, std::size_t max_bytes) {
    const auto* const text = value.as_string();
    if (text == nullptr || text->get().empty() || text->get().size() > max_bytes ||
        !IsPrintable(text->get())) {
      Say(value.source(), "`" + std::string(key) + "` must be a text of 1 to " + std::to_string(max_bytes) +
                              " printable ASCII characters");
      return {};
    }
    return text->get();
  }

  std::shared_ptr<const re2::RE2> ReadPattern(std::string_view key, const toml::node& value) {
    const auto* const text = value.as_string();
    if (text == nullptr || text->get().size() > kMaxCustomPatternBytes) {
      Say(value.source(), "`" + std::string(key) + "` must be a pattern of at most 1000 characters");
      return nullptr;
    }
    re2::RE2::Options options(re2::RE2::Latin1);
    options.set_log_errors(false);
    options.set_max_mem(1 << 20);
    auto pattern = std::make_shared<const re2::RE2>(text->get(), options);
    if (!pattern->ok()) {
      Say(value.source(),
          "`" + std::string(key) + "` is no regular expression that RE2 takes: " + pattern->error());
      return nullptr;
    }
    return pattern;
  }

  void ReadEffect(const toml::node& value, CustomRule& rule) {
    const auto* const text = value.as_string();
    const auto* const effect = std::ranges::find_if(
        kEffects, [&](CustomEffect e) { return text != nullptr && text->get() == CustomEffectName(e); });
    if (effect == std::end(kEffects)) {
      return Say(value.source(), "`effect` must be skip, prefix, stop, sentinel, rename or group-under");
    }
    rule.effect = *effect;
  }

  void ReadAnnotation(const toml::node& value, CustomRule& rule) {
    const toml::table* const table = value.as_table();
    const toml::node* const name = table == nullptr ? nullptr : table->get("name");
    const toml::node* const matches = table == nullptr ? nullptr : table->get("matches");
    if (name == nullptr || matches == nullptr || table->size() != 2) {
      return Say(value.source(), "`annotation` must be { name = \"…\", matches = \"…\" }");
    }
    rule.annotation = ReadText("name", *name, kMaxNameBytes);
    rule.annotation_value = ReadPattern("matches", *matches);
  }

  CustomRules rules_;
  CustomRuleMistakes mistakes_;
  bool too_many_ = false;
};

std::variant<CustomRules, CustomRuleMistakes> CustomRules::Parse(std::string_view toml) {
  return CustomRuleReader().Read(toml);
}

}  // namespace cairn::signature
