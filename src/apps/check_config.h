// What a server's configuration names, read and checked: before the server starts, and by
// `cairn serve --check-config`, which touches no data.
#pragma once

#include <string>
#include <vector>

#include "apps/event_log.h"
#include "apps/server_config.h"
#include "formats/ping/schema_set.h"
#include "net/address_guard.h"
#include "server/http/static_site.h"
#include "server/registry/registry.h"
#include "server/store/permissions.h"

namespace cairn::apps {

struct CheckedConfig {
  ListenAddress address;
  LogFormat log_format = LogFormat::kText;
  registry::Registry registry = registry::Registry::BuiltIn();
  ping::SchemaSet schemas = ping::SchemaSet::BuiltIn();
  std::vector<net::AddressRange> allowed_symbol_addresses;
  std::vector<net::AddressRange> trusted_proxies;
  std::vector<net::AddressRange> allowed_bug_addresses;
  std::vector<net::AddressRange> allowed_oidc_addresses;
  store::PermissionSet oidc_permissions;
  std::vector<std::string> anonymous_permissions;  // Their names, without roles.
};

// Everything but rules and site. One sentence for each mistake, with file and line or variable and what to
// do; if there is none, `checked` holds what was named.
std::vector<std::string> ReadConfigured(const LoadedConfig& loaded, CheckedConfig& checked);

// The built site and the folder that it is from. By default it lies beside the executable; a folder that was
// named and has no site is an error, and without either there is none.
struct FoundSite {
  std::string folder;  // Empty: there is none.
  http::StaticSite site = http::StaticSite::Missing();
  std::string mistake;  // Not empty: the folder that was named cannot be used.
};
FoundSite FindSite(const std::string& web);

// Prints what is in effect, and whether the server would start with it; an exit code.
int CheckConfig(const LoadedConfig& loaded);

}  // namespace cairn::apps
