#include "apps/check_config.h"

#include <cstdio>
#include <utility>
#include <variant>

#include "apps/command.h"
#include "apps/load_registry.h"
#include "apps/schema_folder.h"
#include "os/file.h"
#include "os/process.h"
#include "server/collector/rule_file.h"
#include "server/store/permissions.h"

namespace cairn::apps {
namespace {

// "cairn.toml: line 3: listen", or "listen" where nothing set it.
std::string Where(const LoadedConfig& loaded, std::string_view key) {
  const auto origin = loaded.origins.find(key);
  const std::string name(key);
  return origin == loaded.origins.end() ? name : origin->second + ": " + name;
}

void CheckListen(const LoadedConfig& loaded, CheckedConfig& checked, std::vector<std::string>& mistakes) {
  const ServerConfig& config = loaded.config;
  const std::optional<ListenAddress> address = ParseListenAddress(config.listen);
  if (!address) {
    mistakes.push_back(Where(loaded, "listen") + ": " + config.listen +
                       ": give HOST:PORT, such as 127.0.0.1:8000");
    return;
  }
  if (!http::IsLoopback(address->host) && !config.insecure) {
    mistakes.push_back(
        Where(loaded, "listen") + ": " + config.listen +
        ": this is reachable from outside and has no TLS: listen on 127.0.0.1 behind a proxy, or "
        "say --insecure");
  }
  checked.address = *address;
}

// How many rules there are; mistakes are added.
std::size_t CheckRules(const LoadedConfig& loaded, std::string& revision,
                       std::vector<std::string>& mistakes) {
  const std::string& name = loaded.config.rules;
  base::Result<std::string> text = std::string();
  bool is_profile = false;
  for (const collector::RuleProfile& profile : collector::RuleProfiles()) {
    if (profile.name != name) continue;
    is_profile = true;
    text = std::string(profile.toml);
  }
  if (!is_profile) text = os::ReadFile(name, collector::kMaxRuleFileBytes);
  if (!text) {
    mistakes.push_back(Where(loaded, "rules") + ": " + name + ": " + base::Describe(text.error()) +
                       ": name a file, or general or firefox");
    return 0;
  }
  const auto parsed = collector::ParseRules(*text);
  if (const auto* const rules = std::get_if<collector::RuleSet>(&parsed)) {
    revision = rules->revision;
    return rules->rules.size();
  }
  for (const std::string& mistake : std::get<collector::RuleMistakes>(parsed)) {
    mistakes.push_back(name + ": " + mistake);
  }
  return 0;
}

store::PermissionSet ReadPermissions(const LoadedConfig& loaded, const std::string& key,
                                     const std::vector<std::string>& names,
                                     std::vector<std::string>& mistakes) {
  store::PermissionSet all;
  for (const std::string& name : names) {
    if (const base::Result<store::PermissionSet> one =
            store::ParseRights(name, loaded.config.permission_roles)) {
      all.AddAll(*one);
    } else {
      mistakes.push_back(Where(loaded, key) + ": there is no permission or role " + name);
    }
  }
  return all;
}

void CheckOidc(const LoadedConfig& loaded, CheckedConfig& checked, std::vector<std::string>& mistakes) {
  const ServerConfig& config = loaded.config;
  checked.oidc_permissions = ReadPermissions(loaded, "oidc.permissions", config.oidc_permissions, mistakes);
  if (config.oidc_issuer.empty()) return;
  const auto mistake = [&](const std::string& what) {
    mistakes.push_back(Where(loaded, "oidc.issuer") + ": " + what);
  };
  if (!config.oidc_issuer.starts_with("https://") && !config.oidc_issuer.starts_with("http://"))
    mistake("give https://HOST");
  if (config.oidc_client_id.empty()) mistake("oidc.client_id is missing");
  if (config.public_url.empty()) mistake("public_url is missing: the provider sends people back to it");
}

std::vector<net::AddressRange> ReadAddresses(const LoadedConfig& loaded, const std::string& key,
                                             const std::vector<std::string>& texts,
                                             std::vector<std::string>& mistakes) {
  std::vector<net::AddressRange> ranges;
  for (const std::string& text : texts) {
    if (const std::optional<net::AddressRange> range = net::AddressRange::Parse(text)) {
      ranges.push_back(*range);
    } else {
      mistakes.push_back(Where(loaded, key) + ": " + text +
                         ": give addresses such as 10.1.0.0/16 or fd00::/8");
    }
  }
  return ranges;
}

void Print(const std::string& line) { std::printf("%s\n", line.c_str()); }

}  // namespace

std::vector<std::string> ReadConfigured(const LoadedConfig& loaded, CheckedConfig& checked) {
  const ServerConfig& config = loaded.config;
  std::vector<std::string> mistakes;
  if (config.roles != "all") {
    mistakes.push_back(Where(loaded, "roles") + ": " + config.roles +
                       ": the embedded stores have one owner, so only `all` can run");
  }
  CheckListen(loaded, checked, mistakes);
  const store::PermissionSet anonymous =
      ReadPermissions(loaded, "anonymous_permissions", config.anonymous_permissions, mistakes).WithImplied();
  for (const store::PermissionName& row : store::kPermissionNames) {
    if (anonymous.Has(row.permission)) checked.anonymous_permissions.emplace_back(row.name);
  }
  CheckOidc(loaded, checked, mistakes);
  const std::string& public_url = config.public_url;
  if (!public_url.empty() && !public_url.starts_with("https://") && !public_url.starts_with("http://")) {
    mistakes.push_back(Where(loaded, "public_url") + ": " + public_url + ": give https://HOST");
  }
  if (const std::optional<LogFormat> format = ParseLogFormat(config.log_format)) {
    checked.log_format = *format;
  } else {
    mistakes.push_back(Where(loaded, "log_format") + ": " + config.log_format + ": give text or json");
  }
  if (std::string wrong = LoadRegistry(config, checked.registry); !wrong.empty())
    mistakes.push_back(std::move(wrong));
  if (config.symbol_cache_mib < 1)
    mistakes.push_back(Where(loaded, "symbols.cache_mib") + ": give a number of MiB from 1 on");
  checked.allowed_symbol_addresses =
      ReadAddresses(loaded, "symbols.allowed_addresses", config.allowed_symbol_addresses, mistakes);
  checked.allowed_bug_addresses =
      ReadAddresses(loaded, "bugs.allowed_addresses", config.allowed_bug_addresses, mistakes);
  checked.allowed_oidc_addresses =
      ReadAddresses(loaded, "oidc.allowed_addresses", config.allowed_oidc_addresses, mistakes);
  checked.trusted_proxies = ReadAddresses(loaded, "trusted_proxies", config.trusted_proxies, mistakes);
  if (!config.ping_schemas.empty()) {
    if (const std::string wrong = AddSchemasOf(config.ping_schemas, checked.schemas); !wrong.empty()) {
      mistakes.push_back(Where(loaded, "ping_schemas") + ": " + wrong);
    }
  }
  return mistakes;
}

FoundSite FindSite(const std::string& web) {
  const std::string beside = os::ExecutableFolder();
  const std::vector<std::string> candidates =
      web.empty() ? std::vector<std::string>{beside + "/../share/cairn/web", beside + "/../../../web/dist"}
                  : std::vector<std::string>{web};
  FoundSite found;
  for (const std::string& folder : candidates) {
    base::Result<http::StaticSite> site = http::StaticSite::Load(folder);
    if (site) return {.folder = folder, .site = *std::move(site), .mistake = {}};
    if (!web.empty())
      found.mistake = folder + ": " + base::Describe(site.error()) + ": `make build` makes web/dist";
  }
  return found;
}

int CheckConfig(const LoadedConfig& loaded) {
  for (const ConfigLine& line : ListConfig(loaded)) {
    Print((line.value.empty() ? "# " + line.key + " is not set" : line.key + " = " + line.value) + "  # " +
          line.origin);
  }
  for (const std::string& variable : loaded.ignored_variables) {
    Print("# " + variable + " is in the environment and no key of this name exists");
  }
  CheckedConfig checked;
  std::vector<std::string> mistakes = ReadConfigured(loaded, checked);
  std::string revision;
  const std::size_t rules = CheckRules(loaded, revision, mistakes);
  const FoundSite site = FindSite(loaded.config.web);
  if (!site.mistake.empty()) mistakes.push_back(Where(loaded, "web") + ": " + site.mistake);
  if (mistakes.empty()) {
    Print("# rules: " + loaded.config.rules + ": " + std::to_string(rules) + ", revision " + revision);
    Print(site.folder.empty() ? "# the site is not built" : "# the site: " + site.folder);
    return kExitOk;
  }
  std::fflush(stdout);
  for (const std::string& mistake : mistakes) PrintError("serve", mistake);
  return kExitUsage;
}

}  // namespace cairn::apps
