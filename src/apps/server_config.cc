#include "apps/server_config.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <utility>

#include "base/json_writer.h"
#include "base/toml.h"

namespace cairn::apps {
namespace {

constexpr std::string_view kVariablePrefix = "CAIRN_";
constexpr std::string_view kFileVariable = "CAIRN_CONFIG";

// One type of value: what it is called, how it is taken from TOML and from a variable, how it is shown.
// Taking says whether the value fits.
template <typename T>
struct ValueKind;

template <>
struct ValueKind<std::string> {
  static constexpr std::string_view kWanted = "give a text";
  static bool FromToml(const toml::node& node, std::string& target) {
    const toml::value<std::string>* const value = node.as<std::string>();
    if (value != nullptr) target = value->get();
    return value != nullptr;
  }
  static bool FromText(std::string_view text, std::string& target) {
    target = text;
    return true;
  }
  static std::string Show(const std::string& value) { return base::QuoteJson(value); }
};

template <>
struct ValueKind<bool> {
  static constexpr std::string_view kWanted = "give true or false";
  static bool FromToml(const toml::node& node, bool& target) {
    const toml::value<bool>* const value = node.as<bool>();
    if (value != nullptr) target = value->get();
    return value != nullptr;
  }
  static bool FromText(std::string_view text, bool& target) {
    target = text == "true";
    return text == "true" || text == "false";
  }
  static std::string Show(bool value) { return value ? "true" : "false"; }
};

template <>
struct ValueKind<std::optional<bool>> {
  static constexpr std::string_view kWanted = ValueKind<bool>::kWanted;
  static bool FromToml(const toml::node& node, std::optional<bool>& target) {
    return ValueKind<bool>::FromToml(node, target.emplace());
  }
  static bool FromText(std::string_view text, std::optional<bool>& target) {
    return ValueKind<bool>::FromText(text, target.emplace());
  }
  static std::string Show(const std::optional<bool>& value) {
    return value ? ValueKind<bool>::Show(*value) : std::string();
  }
};

template <>
struct ValueKind<std::int64_t> {
  static constexpr std::string_view kWanted = "give a whole number, 0 or more";
  static bool FromToml(const toml::node& node, std::int64_t& target) {
    const toml::value<std::int64_t>* const value = node.as<std::int64_t>();
    if (value != nullptr) target = value->get();
    return value != nullptr && target >= 0;
  }
  static bool FromText(std::string_view text, std::int64_t& target) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), target);
    return error == std::errc() && end == text.data() + text.size() && target >= 0;
  }
  static std::string Show(std::int64_t value) { return std::to_string(value); }
};

template <>
struct ValueKind<std::optional<std::int64_t>> {
  using Kind = ValueKind<std::int64_t>;
  static constexpr std::string_view kWanted = Kind::kWanted;
  static bool FromToml(const toml::node& node, std::optional<std::int64_t>& target) {
    return Kind::FromToml(node, target.emplace());
  }
  static bool FromText(std::string_view text, std::optional<std::int64_t>& target) {
    return Kind::FromText(text, target.emplace());
  }
  static std::string Show(const std::optional<std::int64_t>& value) {
    return value ? Kind::Show(*value) : std::string();
  }
};

template <>
struct ValueKind<std::vector<std::string>> {
  static constexpr std::string_view kWanted =
      "give texts: in brackets in the file, between commas in a variable";
  static bool FromToml(const toml::node& node, std::vector<std::string>& target) {
    const toml::array* const array = node.as_array();
    if (array == nullptr) return false;
    target.clear();
    for (const toml::node& element : *array) {
      if (!ValueKind<std::string>::FromToml(element, target.emplace_back())) return false;
    }
    return true;
  }
  static bool FromText(std::string_view text, std::vector<std::string>& target) {
    target.clear();
    while (!text.empty()) {
      const std::string_view part = text.substr(0, text.find(','));
      text.remove_prefix(std::min(text.size(), part.size() + 1));
      if (!part.empty()) target.emplace_back(part);
    }
    return true;
  }
  static std::string Show(const std::vector<std::string>& value) {
    std::string shown;
    for (const std::string& text : value) shown += (shown.empty() ? "" : ", ") + base::QuoteJson(text);
    return "[" + shown + "]";
  }
};

struct Key {
  std::string_view name;  // "table.key" for what stands in a table of the file.
  std::string_view wanted;
  std::function<bool(const toml::node&, ServerConfig&)> from_toml;
  std::function<bool(std::string_view, ServerConfig&)> from_text;
  std::function<std::string(const ServerConfig&)> show;
};

template <typename T>
Key KeyOf(std::string_view name, T ServerConfig::* member) {
  using Kind = ValueKind<T>;
  return {
      name, Kind::kWanted,
      [member](const toml::node& node, ServerConfig& config) { return Kind::FromToml(node, config.*member); },
      [member](std::string_view text, ServerConfig& config) { return Kind::FromText(text, config.*member); },
      [member](const ServerConfig& config) { return Kind::Show(config.*member); }};
}

// Of a value that is never shown.
Key SecretKeyOf(std::string_view name, std::string ServerConfig::* member) {
  Key key = KeyOf(name, member);
  key.show = [member](const ServerConfig& config) {
    return std::string((config.*member).empty() ? "" : "\"(not shown)\"");
  };
  return key;
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

constexpr std::int64_t kMinIndexMemoryMib = 64;  // With less, batches of rows do not fit.
constexpr std::int64_t kMaxIndexMemoryMib = 1 << 20;
constexpr std::string_view kDaysMistake = "give a whole number of days, 1 to 36500";
constexpr std::string_view kDaysOrForeverMistake = "give a whole number of days, 1 to 36500, or 0 for ever";

std::optional<Mistake> TakeRetentionRule(const toml::node& node, retention::Policy& policy) {
  const toml::table* const table = node.as_table();
  if (table == nullptr) return MistakeAt("retention.rule", node);
  retention::Rule rule;
  for (const auto& [key, value] : *table) {
    const std::string name = "retention.rule." + std::string(key.str());
    std::string kind;
    bool taken = false;
    if (key == "product") taken = ValueKind<std::string>::FromToml(value, rule.product);
    if (key == "rule") taken = ValueKind<std::string>::FromToml(value, rule.rule);
    if (key == "kind" && ValueKind<std::string>::FromToml(value, kind)) {
      for (const search::CrashKind known : {search::CrashKind::kReport, search::CrashKind::kPing}) {
        if (kind == search::CrashKindName(known)) rule.kind = known;
      }
      if (!rule.kind) return Mistake{name, value.source().begin.line, "give report or ping"};
      taken = true;
    }
    if (key == "days") {
      const bool fits = ValueKind<std::int64_t>::FromToml(value, rule.days) && rule.days >= 1 &&
                        rule.days <= retention::kMaxDays;
      if (!fits) return Mistake{name, value.source().begin.line, kDaysMistake};
      taken = true;
    }
    if (!taken) return MistakeAt(name, value);
  }
  if (rule.days == 0) return Mistake{"retention.rule", node.source().begin.line, "it has no days"};
  policy.rules.push_back(std::move(rule));
  return std::nullopt;
}

constexpr std::array<std::pair<std::string_view, symbol_lookup::UpstreamKind>, 3> kUpstreamKinds = {
    {{"breakpad", symbol_lookup::UpstreamKind::kBreakpad},
     {"symstore", symbol_lookup::UpstreamKind::kSymstore},
     {"debuginfod", symbol_lookup::UpstreamKind::kDebuginfod}}};

std::optional<Mistake> TakeUpstream(const toml::node& node, std::vector<symbol_lookup::Upstream>& upstreams) {
  const toml::table* const table = node.as_table();
  if (table == nullptr) return MistakeAt("symbols.upstream", node);
  symbol_lookup::Upstream upstream;
  for (const auto& [key, value] : *table) {
    const std::string name = "symbols.upstream." + std::string(key.str());
    std::string text;
    if ((key != "url" && key != "kind") || !ValueKind<std::string>::FromToml(value, text))
      return MistakeAt(name, value);
    if (key == "url") {
      upstream.url = text;
      continue;
    }
    const auto* const kind =
        std::ranges::find(kUpstreamKinds, text, [](const auto& row) { return row.first; });
    if (kind == kUpstreamKinds.end())
      return Mistake{name, value.source().begin.line, "give breakpad, symstore or debuginfod"};
    upstream.kind = kind->second;
  }
  if (!upstream.url.starts_with("https://") && !upstream.url.starts_with("http://"))
    return Mistake{"symbols.upstream.url", node.source().begin.line, "give a URL with https:// or http://"};
  upstreams.push_back(std::move(upstream));
  return std::nullopt;
}

// What is wrong with it, but for its name; else an empty text.
std::string_view MistakeIn(const bugs::Tracker& tracker) {
  const std::size_t scheme = tracker.url.find("://");
  if (!tracker.url.starts_with("https://") && !tracker.url.starts_with("http://"))
    return "give a url with https:// or http://";
  const bool has_path = tracker.url.find('/', scheme + 3) != std::string::npos;
  const bool needs_path =
      tracker.kind == bugs::TrackerKind::kGithub || tracker.kind == bugs::TrackerKind::kGitlab;
  return needs_path && !has_path ? "give the url of a repository or project" : "";
}

std::optional<Mistake> TakeTracker(const toml::node& node, std::vector<bugs::Tracker>& trackers) {
  const toml::table* const table = node.as_table();
  if (table == nullptr) return MistakeAt("bugs.tracker", node);
  bugs::Tracker tracker;
  for (const auto& [key, value] : *table) {
    const std::string name = "bugs.tracker." + std::string(key.str());
    std::string text;
    if (!ValueKind<std::string>::FromToml(value, text)) return MistakeAt(name, value);
    if (key == "url") {
      while (text.ends_with('/')) text.pop_back();
      tracker.url = text;
    } else if (key == "name") {
      tracker.name = text;
    } else if (key == "kind") {
      const std::optional<bugs::TrackerKind> kind = bugs::ParseTrackerKind(text);
      if (!kind) return Mistake{name, value.source().begin.line, "give bugzilla, github, gitlab or jira"};
      tracker.kind = *kind;
    } else {
      return MistakeAt(name, value);
    }
  }
  if (tracker.name.empty()) tracker.name = bugs::NameOf(tracker.kind);
  std::string_view wrong = MistakeIn(tracker);
  if (std::ranges::find(trackers, tracker.name, &bugs::Tracker::name) != trackers.end())
    wrong = "give each tracker another name";
  if (!wrong.empty()) return Mistake{"bugs.tracker", node.source().begin.line, wrong};
  trackers.push_back(std::move(tracker));
  return std::nullopt;
}

// A role may be made of those before it.
std::optional<Mistake> TakeRole(const toml::node& node, std::vector<store::Role>& roles) {
  const toml::table* const table = node.as_table();
  if (table == nullptr) return MistakeAt("accounts.role", node);
  store::Role role;
  for (const auto& [key, value] : *table) {
    const std::string name = "accounts.role." + std::string(key.str());
    std::vector<std::string> permissions;
    if (key == "name" && ValueKind<std::string>::FromToml(value, role.name)) continue;
    if (key != "permissions" || !ValueKind<std::vector<std::string>>::FromToml(value, permissions))
      return MistakeAt(name, value);
    for (const std::string& permission : permissions) {
      const base::Result<store::PermissionSet> one = store::ParseRights(permission, roles);
      if (!one) return Mistake{name, value.source().begin.line, "give names of permissions"};
      role.permissions.AddAll(*one);
    }
  }
  const bool is_name = !role.name.empty() && role.name.find(',') == std::string::npos &&
                       !store::PermissionSet::Parse(role.name);
  std::string_view wrong = is_name ? "" : "give a name without commas that is no permission's";
  if (std::ranges::find(roles, role.name, &store::Role::name) != roles.end())
    wrong = "give each role another name; Hackers and Hackers Plus are there";
  if (!wrong.empty()) return Mistake{"accounts.role", node.source().begin.line, wrong};
  roles.push_back(std::move(role));
  return std::nullopt;
}

std::optional<Mistake> TakeSourceLink(const toml::node& node, std::vector<accounts::SourceLink>& links) {
  const toml::table* const table = node.as_table();
  if (table == nullptr) return MistakeAt("source_link", node);
  accounts::SourceLink link;
  for (const auto& [key, value] : *table) {
    std::string* const target = key == "prefix" ? &link.prefix : key == "url" ? &link.url : nullptr;
    if (target == nullptr || !ValueKind<std::string>::FromToml(value, *target))
      return MistakeAt("source_link." + std::string(key.str()), value);
  }
  std::string_view wrong = accounts::MistakeIn(link);
  if (links.size() == accounts::kMaxSourceLinks) wrong = "there are more than 100";
  if (!wrong.empty()) return Mistake{"source_link", node.source().begin.line, wrong};
  links.push_back(std::move(link));
  return std::nullopt;
}

// Each table of a list.
template <typename T>
std::optional<Mistake> TakeTables(const std::string& name, const toml::node& node, T& target,
                                  std::optional<Mistake> (*take)(const toml::node&, T&)) {
  const toml::array* const list = node.as_array();
  if (list == nullptr) return MistakeAt(name, node);
  for (const toml::node& table : *list) {
    if (std::optional<Mistake> mistake = take(table, target)) return mistake;
  }
  return std::nullopt;
}

// Tables of which there may be several.
std::optional<std::optional<Mistake>> TakeList(std::string_view name, const toml::node& node,
                                               ServerConfig& config) {
  const std::string key(name);
  if (key == "retention.rule") return TakeTables(key, node, config.retention, TakeRetentionRule);
  if (key == "symbols.upstream") return TakeTables(key, node, config.upstreams, TakeUpstream);
  if (key == "accounts.role") return TakeTables(key, node, config.permission_roles, TakeRole);
  if (key == "bugs.tracker") return TakeTables(key, node, config.trackers, TakeTracker);
  if (key == "source_link") return TakeTables(key, node, config.source_links, TakeSourceLink);
  return std::nullopt;
}

// A number from `least` to `most`; `number_of` gives the member of a configuration.
template <typename NumberOf>
Key NumberKeyOf(std::string_view name, std::string_view wanted, NumberOf number_of, std::int64_t least,
                std::int64_t most) {
  using Kind = ValueKind<std::int64_t>;
  const auto fits = [=](std::int64_t number) { return number >= least && number <= most; };
  return {name, wanted,
          [=](const toml::node& node, ServerConfig& config) {
            return Kind::FromToml(node, number_of(config)) && fits(number_of(config));
          },
          [=](std::string_view text, ServerConfig& config) {
            return Kind::FromText(text, number_of(config)) && fits(number_of(config));
          },
          [=](const ServerConfig& config) { return Kind::Show(number_of(config)); }};
}

// Of how many days something is kept; with a `least` of 0 that is for ever.
Key DaysKeyOf(std::string_view name, std::int64_t retention::Policy::* member, std::int64_t least = 1) {
  return NumberKeyOf(
      name, least == 0 ? kDaysOrForeverMistake : kDaysMistake,
      [member](auto& config) -> auto& { return config.retention.*member; }, least, retention::kMaxDays);
}

Key IndexMemoryKey() {
  return NumberKeyOf(
      "index_memory_mib", "give a whole number of MiB, 64 to 1048576",
      [](auto& config) -> auto& { return config.index_memory_mib; }, kMinIndexMemoryMib, kMaxIndexMemoryMib);
}

Key SearchKey(std::string_view name, std::int64_t api::SearchLimits::* seconds) {
  constexpr std::int64_t kDaySeconds = 86'400;
  return NumberKeyOf(
      name, "give a whole number of seconds, 1 to 86400",
      [seconds](auto& config) -> auto& { return config.search_limits.*seconds; }, 1, kDaySeconds);
}

Key SqlDaysKey() {
  return NumberKeyOf(
      "sql.days", kDaysMistake, [](auto& config) -> auto& { return config.sql_days; }, 1,
      retention::kMaxDays);
}

Key SqlRefreshKey() {
  constexpr std::int64_t kDayMinutes = 1440;
  return NumberKeyOf(
      "sql.refresh_minutes", "give a whole number of minutes, 1 to 1440",
      [](auto& config) -> auto& { return config.sql_refresh_minutes; }, 1, kDayMinutes);
}

// Every key. Whoever adds one adds a line here, and it is known to the file, the environment and
// --check-config.
const std::vector<Key>& Keys() {
  static const std::vector<Key> keys = {
      KeyOf("listen", &ServerConfig::listen),
      KeyOf("data", &ServerConfig::data),
      KeyOf("web", &ServerConfig::web),
      KeyOf("roles", &ServerConfig::roles),
      KeyOf("anonymous_permissions", &ServerConfig::anonymous_permissions),
      KeyOf("anonymous_view", &ServerConfig::anonymous_view),
      KeyOf("symbols_public", &ServerConfig::symbols_public),
      KeyOf("symbol_upload_hosts", &ServerConfig::symbol_upload_hosts),
      KeyOf("public_url", &ServerConfig::public_url),
      KeyOf("trusted_proxies", &ServerConfig::trusted_proxies),
      KeyOf("rate_limits.anonymous_per_minute", &ServerConfig::anonymous_per_minute),
      KeyOf("rate_limits.caller_per_minute", &ServerConfig::caller_per_minute),
      KeyOf("rate_limits.pages_per_minute", &ServerConfig::pages_per_minute),
      KeyOf("ping_schemas", &ServerConfig::ping_schemas),
      KeyOf("ping_namespaces", &ServerConfig::ping_namespaces),
      KeyOf("insecure", &ServerConfig::insecure),
      KeyOf("profile", &ServerConfig::profile),
      KeyOf("annotations", &ServerConfig::annotations),
      KeyOf("scrub_dumps", &ServerConfig::scrub_dumps),
      KeyOf("rules", &ServerConfig::rules),
      KeyOf("log_format", &ServerConfig::log_format),
      KeyOf("access_log", &ServerConfig::access_log),
      KeyOf("metrics_public", &ServerConfig::metrics_public),
      KeyOf("disk_free_min_mib", &ServerConfig::disk_free_min_mib),
      IndexMemoryKey(),
      SearchKey("search.seconds", &api::SearchLimits::seconds),
      SearchKey("search.long_seconds", &api::SearchLimits::long_seconds),
      KeyOf("symbols.cache_mib", &ServerConfig::symbol_cache_mib),
      KeyOf("symbols.allowed_addresses", &ServerConfig::allowed_symbol_addresses),
      SqlDaysKey(),
      SqlRefreshKey(),
      KeyOf("bugs.poll_minutes", &ServerConfig::bug_poll_minutes),
      KeyOf("bugs.allowed_addresses", &ServerConfig::allowed_bug_addresses),
      KeyOf("oidc.issuer", &ServerConfig::oidc_issuer),
      KeyOf("oidc.label", &ServerConfig::oidc_label),
      KeyOf("oidc.client_id", &ServerConfig::oidc_client_id),
      SecretKeyOf("oidc.client_secret", &ServerConfig::oidc_client_secret),
      KeyOf("oidc.create_users", &ServerConfig::oidc_create_users),
      KeyOf("oidc.permissions", &ServerConfig::oidc_permissions),
      KeyOf("oidc.allowed_addresses", &ServerConfig::allowed_oidc_addresses),
      DaysKeyOf("retention.report_days", &retention::Policy::report_days),
      DaysKeyOf("retention.ping_days", &retention::Policy::ping_days),
      DaysKeyOf("retention.rejected_days", &retention::Policy::rejected_days),
      DaysKeyOf("retention.activity_days", &retention::Policy::activity_days),
      DaysKeyOf("retention.symbol_days", &retention::Policy::symbol_days, 0),
      DaysKeyOf("retention.try_symbol_days", &retention::Policy::try_symbol_days),
  };
  return keys;
}

const Key* FindKey(std::string_view name) {
  const auto found = std::ranges::find(Keys(), name, &Key::name);
  return found == Keys().end() ? nullptr : &*found;
}

std::string VariableOf(std::string_view key) {
  std::string variable(kVariablePrefix);
  for (const char c : key)
    variable += c == '.' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return variable;
}

// `prefix` is "" or "table.".
std::string ReadTable(const std::string& path, const toml::table& table, const std::string& prefix,
                      LoadedConfig& loaded) {
  for (const auto& [toml_key, node] : table) {
    const std::string name = prefix + std::string(toml_key.str());
    const std::string where = path + ": line " + std::to_string(node.source().begin.line);
    if (const auto taken = TakeList(name, node, loaded.config)) {
      if (const std::optional<Mistake>& mistake = *taken)
        return path + ": line " + std::to_string(mistake->line) + ": " + mistake->key + ": " +
               std::string(mistake->what);
      loaded.origins[name] = where;
      continue;
    }
    const Key* const key = FindKey(name);
    if (key == nullptr && prefix.empty() && node.is_table()) {
      if (std::string mistake = ReadTable(path, *node.as_table(), name + ".", loaded); !mistake.empty())
        return mistake;
    } else if (key == nullptr) {
      return where + ": " + name + ": there is no such key: `cairn serve --check-config` lists them";
    } else if (!key->from_toml(node, loaded.config)) {
      return where + ": " + name + ": " + std::string(key->wanted);
    } else {
      loaded.origins[name] = where;
    }
  }
  return {};
}

}  // namespace

std::string ReadConfigFile(const std::string& path, LoadedConfig& loaded) {
  const toml::parse_result parsed = toml::parse_file(path);
  if (!parsed) {
    return path + ": line " + std::to_string(parsed.error().source().begin.line) + ": " +
           std::string(parsed.error().description());
  }
  return ReadTable(path, parsed.table(), "", loaded);
}

std::string ReadConfigVariables(const char* const* environment, LoadedConfig& loaded) {
  for (; *environment != nullptr; ++environment) {
    const std::string_view entry = *environment;
    const std::string_view variable = entry.substr(0, entry.find('='));
    const std::string_view value = entry.substr(std::min(entry.size(), variable.size() + 1));
    if (!variable.starts_with(kVariablePrefix) || variable == kFileVariable || value.empty()) continue;
    const auto named = [variable](const Key& key) { return VariableOf(key.name) == variable; };
    const auto key = std::ranges::find_if(Keys(), named);
    if (key == Keys().end()) {
      loaded.ignored_variables.emplace_back(variable);
      continue;
    }
    if (!key->from_text(value, loaded.config)) {
      return std::string(variable) + ": " + std::string(key->wanted) + ", not `" + std::string(value) + "`";
    }
    loaded.origins[std::string(key->name)] = variable;
  }
  return {};
}

std::string LoadServerConfig(const std::string& path, LoadedConfig& loaded) {
  const char* const named = std::getenv(std::string(kFileVariable).c_str());
  const std::string file = path.empty() && named != nullptr ? std::string(named) : path;
  if (!file.empty()) {
    if (std::string mistake = ReadConfigFile(file, loaded); !mistake.empty()) return mistake;
  }
  return ReadConfigVariables(environ, loaded);
}

void NoteOption(LoadedConfig& loaded, std::string_view key) {
  loaded.origins[std::string(key)] = "--" + std::string(key);
}

std::vector<ConfigLine> ListConfig(const LoadedConfig& loaded) {
  std::vector<ConfigLine> lines;
  for (const Key& key : Keys()) {
    const auto origin = loaded.origins.find(key.name);
    lines.push_back({std::string(key.name), key.show(loaded.config),
                     origin == loaded.origins.end() ? "default" : origin->second});
  }
  return lines;
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
