// What `cairn serve` is told: by a TOML file, by the environment, which wins over it, and by options, which
// win over both.
//
//   listen = "127.0.0.1:8000"               # HOST:PORT; port 0 takes a free one
//   data = "/var/lib/cairn"                 # everything that is kept
//   web = "/usr/share/cairn/web"            # the built site
//   roles = "all"
//   anonymous_permissions = ["view_pings"]  # what callers without a token may do; default none
//   anonymous_view = true                   # whether callers without a token see what is public
//   symbols_public = true                   # whether anybody may fetch symbols of no product, or of one that
//                                           # is not in the directory; default on loopback only
//   symbol_upload_hosts = ["ci.example.org"]  # from where uploads by URL are fetched; default nowhere
//   public_url = "https://crash.example.org"  # under which clients reach this server; default as they ask
//   trusted_proxies = ["127.0.0.1", "10.1.0.0/16"]  # whose X-Forwarded-For says who asks; default nobody's
//   ping_schemas = "/etc/cairn/schemas"     # JSON schemas of pings that go before Cairn's own
//   ping_namespaces = ["my-app"]            # of Glean pings that are taken; default all
//   insecure = false                        # listen beyond loopback without TLS
//   profile = "firefox"                     # quirks of a product: a name of schema/profiles, or a file
//   annotations = "annotations.yaml"        # own rows of the annotation registry (registry_file.h)
//   scrub_dumps = true                      # whether dumps lose environment, command line and the like
//   rules = "general"                       # which reports are kept: general, firefox, or the path of a file
//   log_format = "text"                     # of the log on standard error: text, or json
//   access_log = true                       # whether each request has a line there
//   metrics_public = true                   # whether anybody may read /metrics; default on loopback only
//   disk_free_min_mib = 512                 # less room than this is trouble, for the heartbeat and doctor
//   index_memory_mib = 256                  # of the index's buffers: 64 to 1048576; they fill up to it
//
//   [rate_limits]                           # requests for the API; 0: as many as there are
//   anonymous_per_minute = 100              # of one address
//   caller_per_minute = 1000                # of a user, or a token that is nobody's
//   pages_per_minute = 1000                 # of the site's pages in browsers of one address
//                                           # by default these, but for who asks from this machine
//
//   [search]                                # how long one may take, in seconds: 1 to 86400
//   seconds = 30
//   long_seconds = 300                      # of who has run_long_queries
//
//   [symbols]
//   cache_mib = 10240                       # of what comes from the servers below; the oldest goes first
//   allowed_addresses = ["10.1.0.0/16"]     # that these servers may have beside public ones
//   [[symbols.upstream]]                    # asked, in this order, for symbols that were not uploaded
//   url = "https://symbols.mozilla.org/try"
//   kind = "breakpad"                       # or "symstore" (Microsoft's), or "debuginfod"; default breakpad
//
//   [sql]                                   # of who has run_custom_queries
//   days = 30                               # how old the crashes are at most that SQL sees: 1 to 3650
//   refresh_minutes = 15                    # how old the copy is at most that it runs on: 1 to 1440
//
//   [bugs]
//   poll_minutes = 60                       # how often trackers are asked what became of bugs; default never
//   allowed_addresses = ["10.1.0.0/16"]     # that trackers may have beside public ones
//   [[bugs.tracker]]                        # the first one is meant where none is named
//   name = "bmo"                            # default its kind
//   kind = "bugzilla"                       # or "github", "gitlab", "jira"
//   url = "https://bugzilla.mozilla.org"    # of a repository: "https://github.com/OWNER/REPOSITORY"
//
//   [[source_link]]                         # where source files can be looked at; the first that fits
//   prefix = "git:git.example.org/"         # of what symbols say of a file (accounts/source_link.h)
//   url = "https://git.example.org/{name}/src/commit/{revision}/{path}#L{line}"
//
//   [oidc]                                  # a provider of OpenID Connect; needs public_url
//   issuer = "https://login.example.org"
//   label = "Example"                       # what the button says; default the issuer
//   client_id = "cairn"
//   client_secret = "..."                   # better in the variable CAIRN_OIDC_CLIENT_SECRET
//   create_users = false                    # whether who signs in there becomes a user here
//   permissions = ["view_pings"]            # of users who are made so; or roles: ["Hackers"]
//   allowed_addresses = ["10.1.0.0/16"]     # that endpoints of other hosts than the issuer's may have beside
//                                           # public ones
//
//   [[accounts.role]]                       # permissions that are given together, beside "Hackers" and
//                                           # "Hackers Plus"; wherever permissions are named roles may be
//   name = "Triage"
//   permissions = ["view_pings", "edit_bugs"]
//
//   [retention]                             # for how many days what is kept (retention/policy.h)
//   report_days = 180
//   ping_days = 365
//   rejected_days = 30                      # pings that were refused
//   activity_days = 730                     # sums of usage and crashes
//   symbol_days = 0                         # symbol files; 0: for ever
//   try_symbol_days = 28                    # symbol files of try builds
//   [[retention.rule]]                      # the first that is about a crash decides
//   kind = "report"                         # or "ping"; default both
//   product = "Crashy"                      # default every one
//   rule = "sampled"                        # the rule that kept it; default every one
//   days = 14
//
// In the environment a key is CAIRN_ and its name in capitals, with "_" for ".": CAIRN_LISTEN,
// CAIRN_SCRUB_DUMPS=false, CAIRN_ANONYMOUS_PERMISSIONS=view_pings,upload_symbols. CAIRN_CONFIG names the
// file. A variable that is empty counts as none.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/accounts/source_link.h"
#include "server/api/search_limits.h"
#include "server/bugs/tracker.h"
#include "server/retention/policy.h"
#include "server/sql/sql_routes.h"
#include "server/store/roles.h"
#include "server/symbol_lookup/upstream.h"

namespace cairn::apps {

struct ServerConfig {
  std::string listen = "127.0.0.1:8000";
  std::string data = "cairn-data";
  std::string web;  // Empty: beside the executable.
  std::string roles = "all";
  std::vector<std::string> anonymous_permissions;
  bool anonymous_view = true;
  std::optional<bool> symbols_public;
  std::vector<std::string> symbol_upload_hosts;
  std::string public_url;
  std::vector<std::string> trusted_proxies;
  std::optional<std::int64_t> anonymous_per_minute;
  std::optional<std::int64_t> caller_per_minute;
  std::optional<std::int64_t> pages_per_minute;
  std::string ping_schemas;
  std::vector<std::string> ping_namespaces;
  bool insecure = false;
  std::string profile;
  std::string annotations;
  bool scrub_dumps = true;
  std::string rules = "general";  // A profile or a path: collector/rule_source.h.
  std::string log_format = "text";
  bool access_log = true;
  std::optional<bool> metrics_public;
  std::int64_t disk_free_min_mib = 512;
  std::int64_t index_memory_mib = 256;
  api::SearchLimits search_limits;
  std::int64_t symbol_cache_mib = 10'240;
  std::vector<std::string> allowed_symbol_addresses;
  std::vector<symbol_lookup::Upstream> upstreams;
  std::int64_t sql_days = sql::kSqlDays;
  std::int64_t sql_refresh_minutes = sql::kSqlRefreshMinutes;
  std::int64_t bug_poll_minutes = 0;
  std::vector<std::string> allowed_bug_addresses;
  std::vector<bugs::Tracker> trackers;
  std::vector<accounts::SourceLink> source_links;
  std::string oidc_issuer;
  std::string oidc_label;
  std::string oidc_client_id;
  std::string oidc_client_secret;
  bool oidc_create_users = false;
  std::vector<std::string> oidc_permissions;
  std::vector<std::string> allowed_oidc_addresses;
  retention::Policy retention;
  std::vector<store::Role> permission_roles = store::BuiltInRoles();
};

// A configuration and where each of its values comes from.
struct LoadedConfig {
  ServerConfig config;
  // By key, of those that are not the default: "cairn.toml: line 3", "CAIRN_LISTEN", "--listen".
  std::map<std::string, std::string, std::less<>> origins;
  // Variables that begin like ours and name no key. They are no mistake: systems of containers make some of
  // their own, such as CAIRN_SERVICE_HOST.
  std::vector<std::string> ignored_variables;
};

// Each of these gives a sentence with file and line, or the variable, if something cannot be read, is an
// unknown key or a value of another type; else an empty text.

// Fills in what the file says.
std::string ReadConfigFile(const std::string& path, LoadedConfig& loaded);
// Fills in what the environment says: "NAME=value" each, a null pointer at the end.
std::string ReadConfigVariables(const char* const* environment, LoadedConfig& loaded);
// The file, if `path` or CAIRN_CONFIG names one, then the environment of this process.
std::string LoadServerConfig(const std::string& path, LoadedConfig& loaded);

// Notes that an option set a key.
void NoteOption(LoadedConfig& loaded, std::string_view key);

// Every key with its value as TOML (an empty text: not set) and where it comes from.
struct ConfigLine {
  std::string key;
  std::string value;
  std::string origin;
};
std::vector<ConfigLine> ListConfig(const LoadedConfig& loaded);

struct ListenAddress {
  std::string host;  // Without brackets.
  std::uint16_t port = 0;
};

// "HOST:PORT" or "[IPv6]:PORT".
std::optional<ListenAddress> ParseListenAddress(std::string_view text);

}  // namespace cairn::apps
