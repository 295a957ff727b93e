// What `cairn serve` is told: by a TOML file, and by options that win over it.
//
//   listen = "127.0.0.1:8000"               # HOST:PORT; port 0 takes a free one
//   data = "/var/lib/cairn"                 # everything that is kept
//   web = "/usr/share/cairn/web"            # the built site
//   roles = "all"
//   anonymous_permissions = ["view_pings"]  # what callers without a token may do; default none
//   symbols_public = true                   # whether anybody may fetch symbols; default on loopback only
//   ping_schemas = "/etc/cairn/schemas"     # JSON schemas of pings that go before Cairn's own
//   ping_namespaces = ["my-app"]            # of Glean pings that are taken; default all
//   insecure = false                        # listen beyond loopback without TLS
//   profile = "firefox"                     # quirks of a product: a name of schema/profiles, or a file
//   annotations = "annotations.yaml"        # own rows of the annotation registry (registry_file.h)
//   scrub_dumps = true                      # whether dumps lose environment, command line and the like
//   rules = "general"                       # which reports are kept: general, firefox, or the path of a file
//
//   [retention]                             # for how many days what is kept (retention/policy.h)
//   report_days = 180
//   ping_days = 365
//   rejected_days = 30                      # pings that were refused
//   [[retention.rule]]                      # the first that is about a crash decides
//   kind = "report"                         # or "ping"; default both
//   product = "Crashy"                      # default every one
//   rule = "sampled"                        # the rule that kept it; default every one
//   days = 14
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/retention/policy.h"

namespace cairn::apps {

struct ServerConfig {
  std::string listen = "127.0.0.1:8000";
  std::string data = "cairn-data";
  std::string web;  // Empty: beside the executable.
  std::string roles = "all";
  std::vector<std::string> anonymous_permissions;
  std::optional<bool> symbols_public;
  std::string ping_schemas;
  std::vector<std::string> ping_namespaces;
  bool insecure = false;
  std::string profile;
  std::string annotations;
  bool scrub_dumps = true;
  std::string rules = "general";  // A profile or a path: collector/rule_source.h.
  retention::Policy retention;
};

// Fills in what the file says. A sentence with file and line if it cannot be read, holds an unknown key or a
// value of another type; else empty.
std::string ReadServerConfig(const std::string& path, ServerConfig& config);

struct ListenAddress {
  std::string host;  // Without brackets.
  std::uint16_t port = 0;
};

// "HOST:PORT" or "[IPv6]:PORT".
std::optional<ListenAddress> ParseListenAddress(std::string_view text);

}  // namespace cairn::apps
