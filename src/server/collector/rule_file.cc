#include "server/collector/rule_file.h"

#include <algorithm>
#include <utility>

#include "base/hex.h"
#include "server/collector/rule_tests.h"
#include "server/intake/sha256.h"

namespace cairn::collector {
namespace {

constexpr std::size_t kRevisionBytes = 4;

bool IsRuleName(std::string_view name) {
  return !name.empty() && name.size() <= 100 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

std::vector<std::string> SplitAtDots(std::string_view text) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t dot = text.find('.');
    parts.emplace_back(text.substr(0, dot));
    if (dot == std::string_view::npos) return parts;
    text.remove_prefix(dot + 1);
  }
}

class RuleFileReader {
 public:
  std::variant<RuleSet, RuleMistakes> Read(std::string_view text) {
    const toml::parse_result parsed = toml::parse(text);
    if (!parsed) {
      Say(parsed.error().source(), std::string(parsed.error().description()));
      return std::move(mistakes_);
    }
    RuleSet set;
    const toml::table& root = parsed.table();
    for (const auto& [key, node] : root) {
      if (key != "rule" && key != "lists") {
        Say(node.source(), "`" + std::string(key.str()) + "` is not known: there are [[rule]] and [lists]");
      }
    }
    if (const toml::node* const lists = root.get("lists")) ReadLists(*lists);
    const toml::array* const rules = root.get_as<toml::array>("rule");
    if (rules == nullptr || rules->empty()) {
      mistakes_.emplace_back("line 1: there is no rule, and all would be rejected: write a [[rule]]");
    } else {
      for (const toml::node& node : *rules) ReadRule(node, set);
    }
    if (!mistakes_.empty()) return std::move(mistakes_);
    set.text = std::string(text);
    set.revision = base::BytesToHex(base::Bytes(intake::Sha256().Add(text).Finish()).first(kRevisionBytes));
    return set;
  }

 private:
  void Say(const toml::source_region& where, const std::string& what) {
    mistakes_.push_back("line " + std::to_string(where.begin.line) + ": " + what);
  }

  void ReadLists(const toml::node& node) {
    const toml::table* const table = node.as_table();
    if (table == nullptr) return Say(node.source(), "`lists` must be a table: write [lists]");
    for (const auto& [name, list] : *table) {
      std::optional<std::vector<std::string>> texts = TextsOf(list);
      if (!texts) Say(list.source(), "the list `" + std::string(name.str()) + "` must be an array of texts");
      lists_[std::string(name.str())] = texts.value_or(std::vector<std::string>{});
    }
  }

  void ReadRule(const toml::node& node, RuleSet& set) {
    const toml::table* const table = node.as_table();
    if (table == nullptr) return Say(node.source(), "`rule` must be a table: write [[rule]]");
    if (set.rules.size() == kMaxRules) {
      if (!std::exchange(too_many_, true)) Say(node.source(), "there may be 500 rules: join some with `in`");
      return;
    }
    if (!takes_all_.empty()) {
      Say(node.source(),
          "this rule is never asked, because `" + takes_all_ + "` above decides for all: move it up");
    }
    Rule rule;
    for (const auto& [key, value] : *table) ReadRuleKey(key.str(), value, rule);
    if (!table->contains("name")) Say(node.source(), "the rule has no name: give it one");
    if (!table->contains("result"))
      Say(node.source(), "the rule has no result: give it one, such as \"accept\"");
    if (table->contains("otherwise") && !table->contains("percent")) {
      Say(node.source(), "`otherwise` never happens without `percent`: give both or none");
    }
    if (table->contains("percent") && rule.result == rule.otherwise) {
      Say(node.source(), "`result` and `otherwise` are the same: give only `result`, without `percent`");
    }
    const bool decides =
        rule.result != Verdict::kContinue && (rule.percent >= 100 || rule.otherwise != Verdict::kContinue);
    if (rule.when.empty() && !table->contains("when") && decides) takes_all_ = rule.name;
    set.rules.push_back(std::move(rule));
  }

  void ReadRuleKey(std::string_view key, const toml::node& value, Rule& rule) {
    if (key == "name") {
      const auto* const name = value.as_string();
      if (name != nullptr) rule.name = name->get();
      if (!IsRuleName(rule.name)) Say(value.source(), "a name is made of letters, digits and _, at most 100");
    } else if (key == "about") {
      if (!value.is_string()) Say(value.source(), "`about` must be a text");
    } else if (key == "result" || key == "otherwise") {
      const auto* const text = value.as_string();
      const std::optional<Verdict> verdict = text != nullptr ? ParseVerdict(text->get()) : std::nullopt;
      if (!verdict) {
        Say(value.source(),
            "`" + std::string(key) + "` must be accept, reject, defer, fake-accept or continue");
      }
      (key == "result" ? rule.result : rule.otherwise) = verdict.value_or(Verdict::kReject);
    } else if (key == "percent") {
      rule.percent = value.value<double>().value_or(-1);
      if (!(rule.percent >= 0 && rule.percent <= 100)) {
        Say(value.source(), "`percent` must be a number from 0 to 100");
      }
    } else if (key == "when") {
      ReadWhen(value, rule);
    } else {
      Say(value.source(), "`" + std::string(key) +
                              "` is not known: a rule has name, about, when, result, percent, otherwise");
    }
  }

  void ReadWhen(const toml::node& value, Rule& rule) {
    const toml::array* const conditions = value.as_array();
    if (conditions == nullptr || conditions->empty() || conditions->size() > kMaxConditions) {
      return Say(value.source(),
                 "`when` must be an array of 1 to 32 conditions, { field = …, … }: all must hold");
    }
    for (const toml::node& node : *conditions) {
      const toml::table* const table = node.as_table();
      if (table == nullptr) {
        Say(node.source(), "a condition is a table: write { field = \"…\", equals = \"…\" }");
        continue;
      }
      ReadCondition(*table, rule.when.emplace_back());
    }
  }

  void ReadCondition(const toml::table& table, Condition& condition) {
    const TestMaker maker{.lists = lists_, .ignore_case = table["ignore_case"].value_or(false)};
    std::size_t tests = 0;
    for (const auto& [key, value] : table) {
      std::string mistake;
      if (IsTestName(key.str())) {
        ++tests;
        mistake = maker.Make(key.str(), value, condition);
      } else {
        mistake = ReadConditionKey(key.str(), value, condition);
      }
      if (!mistake.empty()) Say(value.source(), mistake);
    }
    if (condition.field.empty()) Say(table.source(), "the condition has no field: name an annotation");
    if (tests != 1) Say(table.source(), "a condition has one test of " + AllTestNames());
    if (condition.present && (condition.negated || condition.default_text)) {
      Say(table.source(), "`present` goes with neither `not` nor `default`: write present = false");
    }
  }

  static std::string ReadConditionKey(std::string_view key, const toml::node& value, Condition& condition) {
    const std::string quoted = "`" + std::string(key) + "`";
    if (key == "not" || key == "ignore_case") {
      if (!value.is_boolean()) return quoted + " must be true or false";
      if (key == "not") condition.negated = value.value_or(false);
      return {};
    }
    if (key != "field" && key != "path" && key != "default") {
      return quoted +
             " is not known: a condition has field, path, default, not, ignore_case and one test of " +
             AllTestNames();
    }
    const auto* const text = value.as_string();
    if (text == nullptr) return quoted + " must be a text";
    if (key == "field") condition.field = text->get();
    if (key == "default") condition.default_text = text->get();
    if (key == "path") condition.path = SplitAtDots(text->get());
    return {};
  }

  TestLists lists_;
  std::string takes_all_;  // The rule behind which no other is asked.
  bool too_many_ = false;
  RuleMistakes mistakes_;
};

}  // namespace

std::variant<RuleSet, RuleMistakes> ParseRules(std::string_view toml) {
  if (toml.size() > kMaxRuleFileBytes)
    return RuleMistakes{"line 1: the file is larger than 1 MiB: use fewer rules"};
  // toml++ 3.3 takes some characters, such as U+3001, to what its author took for unreachable.
  const auto foreign =
      std::ranges::find_if(toml, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
  if (foreign != toml.end()) {
    const auto line = 1 + std::count(toml.begin(), foreign, '\n');
    return RuleMistakes{"line " + std::to_string(line) +
                        ": a character that is not ASCII: write it as \\uXXXX in a text, or leave it out"};
  }
  return RuleFileReader().Read(toml);
}

const std::vector<RuleProfile>& RuleProfiles() {
  static const std::vector<RuleProfile> profiles = {
#include "server/collector/rule_profiles.inc"
  };
  return profiles;
}

}  // namespace cairn::collector
