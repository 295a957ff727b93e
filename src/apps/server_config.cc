#include "apps/server_config.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <string_view>
#include <utility>

#include "base/toml.h"

namespace cairn::apps {
namespace {

template <typename T, typename Target>
bool Take(const toml::node& node, Target& target) {
  const toml::value<T>* const value = node.as<T>();
  if (value != nullptr) target = value->get();
  return value != nullptr;
}

bool TakeTexts(const toml::node& node, std::vector<std::string>& texts) {
  const toml::array* const array = node.as_array();
  if (array == nullptr) return false;
  texts.clear();
  for (const toml::node& element : *array) {
    std::string text;
    if (!Take<std::string>(element, text)) return false;
    texts.push_back(text);
  }
  return true;
}

bool TakeDays(const toml::node& node, std::int64_t& days) {
  return Take<std::int64_t>(node, days) && days >= 1 && days <= retention::kMaxDays;
}

// A key that cannot be taken, and where it stands.
struct Mistake {
  std::string key;
  std::uint32_t line = 0;
  std::string_view what = "unknown key, or a value of another type";
};
std::optional<Mistake> MistakeAt(std::string key, const toml::node& node) {
  return Mistake{std::move(key), node.source().begin.line};
}

constexpr std::string_view kDaysMistake = "give a whole number of days, 1 to 36500";

std::optional<Mistake> TakeRetentionRule(const toml::node& node, retention::Policy& policy) {
  const toml::table* const table = node.as_table();
  if (table == nullptr) return MistakeAt("retention.rule", node);
  retention::Rule rule;
  for (const auto& [key, value] : *table) {
    const std::string name = "retention.rule." + std::string(key.str());
    std::string kind;
    bool taken = false;
    if (key == "product") taken = Take<std::string>(value, rule.product);
    if (key == "rule") taken = Take<std::string>(value, rule.rule);
    if (key == "kind" && Take<std::string>(value, kind)) {
      for (const search::CrashKind known : {search::CrashKind::kReport, search::CrashKind::kPing}) {
        if (kind == search::CrashKindName(known)) rule.kind = known;
      }
      if (!rule.kind) return Mistake{name, value.source().begin.line, "give report or ping"};
      taken = true;
    }
    if (key == "days") {
      if (!TakeDays(value, rule.days)) return Mistake{name, value.source().begin.line, kDaysMistake};
      taken = true;
    }
    if (!taken) return MistakeAt(name, value);
  }
  if (rule.days == 0) return Mistake{"retention.rule", node.source().begin.line, "it has no days"};
  policy.rules.push_back(std::move(rule));
  return std::nullopt;
}

std::optional<Mistake> TakeRetention(const toml::node& node, retention::Policy& policy) {
  const toml::table* const table = node.as_table();
  if (table == nullptr) return MistakeAt("retention", node);
  const std::pair<std::string_view, std::int64_t*> days[] = {{"report_days", &policy.report_days},
                                                             {"ping_days", &policy.ping_days},
                                                             {"rejected_days", &policy.rejected_days}};
  for (const auto& [key, value] : *table) {
    const std::string name = "retention." + std::string(key.str());
    const auto row = std::ranges::find(days, key.str(), &std::pair<std::string_view, std::int64_t*>::first);
    if (row != std::end(days)) {
      if (!TakeDays(value, *row->second)) return Mistake{name, value.source().begin.line, kDaysMistake};
      continue;
    }
    const toml::array* const rules = key == "rule" ? value.as_array() : nullptr;
    if (rules == nullptr) return MistakeAt(name, value);
    for (const toml::node& rule : *rules) {
      if (std::optional<Mistake> mistake = TakeRetentionRule(rule, policy)) return mistake;
    }
  }
  return std::nullopt;
}

// Whether the key is known and its value fits.
bool TakeKey(std::string_view key, const toml::node& node, ServerConfig& config) {
  if (key == "listen") return Take<std::string>(node, config.listen);
  if (key == "data") return Take<std::string>(node, config.data);
  if (key == "web") return Take<std::string>(node, config.web);
  if (key == "roles") return Take<std::string>(node, config.roles);
  if (key == "anonymous_permissions") return TakeTexts(node, config.anonymous_permissions);
  if (key == "symbols_public") return Take<bool>(node, config.symbols_public);
  if (key == "ping_schemas") return Take<std::string>(node, config.ping_schemas);
  if (key == "ping_namespaces") return TakeTexts(node, config.ping_namespaces);
  if (key == "insecure") return Take<bool>(node, config.insecure);
  if (key == "profile") return Take<std::string>(node, config.profile);
  if (key == "annotations") return Take<std::string>(node, config.annotations);
  if (key == "scrub_dumps") return Take<bool>(node, config.scrub_dumps);
  if (key == "rules") return Take<std::string>(node, config.rules);
  return false;
}

}  // namespace

std::string ReadServerConfig(const std::string& path, ServerConfig& config) {
  const toml::parse_result parsed = toml::parse_file(path);
  if (!parsed) {
    return path + ": line " + std::to_string(parsed.error().source().begin.line) + ": " +
           std::string(parsed.error().description());
  }
  for (const auto& [key, node] : parsed.table()) {
    std::optional<Mistake> mistake;
    if (key == "retention") {
      mistake = TakeRetention(node, config.retention);
    } else if (!TakeKey(key.str(), node, config)) {
      mistake = MistakeAt(std::string(key.str()), node);
    }
    if (!mistake) continue;
    return path + ": line " + std::to_string(mistake->line) + ": " + mistake->key + ": " +
           std::string(mistake->what);
  }
  return {};
}

std::optional<ListenAddress> ParseListenAddress(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view digits = text.substr(colon + 1);
  ListenAddress address{std::string(host)};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return address;
}

}  // namespace cairn::apps
