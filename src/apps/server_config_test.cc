#include "apps/server_config.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>

#include "os/file.h"

namespace cairn::apps {
namespace {

std::string Path() { return ::testing::TempDir() + "config_" + std::to_string(getpid()) + ".toml"; }

std::string Read(const std::string& text, LoadedConfig& loaded) {
  EXPECT_TRUE(os::WriteFileDurably(Path(), base::AsBytes(text)));
  return ReadConfigFile(Path(), loaded);
}

// The line of a key: its value, and where that comes from.
std::string Shown(const LoadedConfig& loaded, const std::string& key) {
  for (const ConfigLine& line : ListConfig(loaded)) {
    if (line.key == key) return line.value + " " + line.origin;
  }
  return "no such key";
}

TEST(ServerConfigTest, TakesWhatTheFileSays) {
  LoadedConfig loaded;
  EXPECT_EQ(
      Read("listen = \"[::1]:0\"\nrules = \"firefox\"\nanonymous_permissions = [\"view_pings\"]\n"
           "symbols_public = false\nprofile = \"firefox\"\nannotations = \"own.yaml\"\nscrub_dumps = false\n"
           "ping_schemas = \"/s\"\nping_namespaces = [\"my-app\"]\n",
           loaded),
      "");
  const ServerConfig& config = loaded.config;
  EXPECT_EQ(config.profile, "firefox");
  EXPECT_EQ(config.annotations, "own.yaml");
  EXPECT_FALSE(config.scrub_dumps);
  EXPECT_EQ(config.listen, "[::1]:0");
  EXPECT_EQ(config.anonymous_permissions, std::vector<std::string>{"view_pings"});
  EXPECT_EQ(config.symbols_public, false);
  EXPECT_EQ(config.ping_schemas, "/s");
  EXPECT_EQ(config.ping_namespaces, std::vector<std::string>{"my-app"});
  EXPECT_EQ(config.roles, "all");
  EXPECT_EQ(config.rules, "firefox");
}

TEST(ServerConfigTest, MistakesAreNamedWithTheirLine) {
  LoadedConfig loaded;
  EXPECT_NE(Read("\nlisten = 5\n", loaded).find("line 2: listen: give a text"), std::string::npos);
  EXPECT_NE(Read("permissions = []\n", loaded).find("line 1: permissions: there is no such key"),
            std::string::npos);
  EXPECT_NE(Read("[listen]\nhost = \"x\"\n", loaded).find("line 1: listen: give a text"), std::string::npos);
  EXPECT_NE(Read("[server]\n\nhost = \"x\"\n", loaded).find("line 3: server.host: there is no such key"),
            std::string::npos);
  EXPECT_NE(Read("disk_free_min_mib = -1\n", loaded).find("line 1: disk_free_min_mib: give a whole number"),
            std::string::npos);
  EXPECT_NE(Read("listen = \n", loaded).find("line 1"), std::string::npos);
  EXPECT_NE(Read("index_memory_mib = 63\n", loaded)
                .find("line 1: index_memory_mib: give a whole number of MiB, 64 to 1048576"),
            std::string::npos);
  EXPECT_NE(ReadConfigFile("/nowhere.toml", loaded), "");
}

TEST(ServerConfigTest, TheEnvironmentKnowsEveryKeyAndWinsOverTheFile) {
  LoadedConfig loaded;
  ASSERT_EQ(Read("listen = \"127.0.0.1:1\"\n\nrules = \"firefox\"\n", loaded), "");
  const char* const environment[] = {"HOME=/home/x",
                                     "CAIRN_LISTEN=127.0.0.1:2",
                                     "CAIRN_SCRUB_DUMPS=false",
                                     "CAIRN_SYMBOLS_PUBLIC=true",
                                     "CAIRN_DISK_FREE_MIN_MIB=7",
                                     "CAIRN_ANONYMOUS_PERMISSIONS=view_pings,upload_symbols",
                                     "CAIRN_RULES=",
                                     "CAIRN_CONFIG=/etc/cairn.toml",
                                     "CAIRN_SERVICE_HOST=10.0.0.1",
                                     nullptr};
  ASSERT_EQ(ReadConfigVariables(environment, loaded), "");
  EXPECT_EQ(loaded.config.listen, "127.0.0.1:2");
  EXPECT_FALSE(loaded.config.scrub_dumps);
  EXPECT_EQ(loaded.ignored_variables, std::vector<std::string>{"CAIRN_SERVICE_HOST"});
  EXPECT_EQ(Shown(loaded, "listen"), "\"127.0.0.1:2\" CAIRN_LISTEN");
  EXPECT_EQ(Shown(loaded, "rules"), "\"firefox\" " + Path() + ": line 3");
  EXPECT_EQ(Shown(loaded, "symbols_public"), "true CAIRN_SYMBOLS_PUBLIC");
  EXPECT_EQ(Shown(loaded, "disk_free_min_mib"), "7 CAIRN_DISK_FREE_MIN_MIB");
  EXPECT_EQ(Shown(loaded, "anonymous_permissions"),
            "[\"view_pings\", \"upload_symbols\"] CAIRN_ANONYMOUS_PERMISSIONS");
  EXPECT_EQ(Shown(loaded, "metrics_public"), " default");
  for (const ConfigLine& line : ListConfig(loaded)) {
    std::string entry = "CAIRN_" + line.key + "=?";
    std::ranges::transform(entry, entry.begin(), [](char c) { return c == '.' ? '_' : std::toupper(c); });
    const char* const one[] = {entry.c_str(), nullptr};
    LoadedConfig other;
    (void)ReadConfigVariables(one, other);
    EXPECT_TRUE(other.ignored_variables.empty()) << entry;
  }
}

TEST(ServerConfigTest, WhatSqlSeesIsSaidWithinBounds) {
  LoadedConfig loaded;
  ASSERT_EQ(Read("[sql]\ndays = 7\nrefresh_minutes = 60\n", loaded), "");
  EXPECT_EQ(loaded.config.sql_days, 7);
  EXPECT_EQ(loaded.config.sql_refresh_minutes, 60);
  EXPECT_NE(Read("[sql]\ndays = 0\n", loaded).find("sql.days"), std::string::npos);
  EXPECT_NE(Read("[sql]\nrefresh_minutes = 1441\n", loaded).find("1 to 1440"), std::string::npos);
}

TEST(ServerConfigTest, SearchesHaveSecondsWithinBounds) {
  LoadedConfig loaded;
  EXPECT_EQ(Shown(loaded, "search.seconds"), "30 default");
  EXPECT_EQ(Shown(loaded, "search.long_seconds"), "300 default");
  ASSERT_EQ(Read("[search]\nseconds = 5\nlong_seconds = 600\n", loaded), "");
  EXPECT_EQ(loaded.config.search_limits.seconds, 5);
  EXPECT_EQ(loaded.config.search_limits.long_seconds, 600);
  EXPECT_NE(Read("[search]\nseconds = 0\n", loaded).find("search.seconds: give a whole number of seconds"),
            std::string::npos);
}

TEST(ServerConfigTest, SourceLinksAreTakenInTheirOrder) {
  LoadedConfig loaded;
  ASSERT_EQ(Read("[[source_link]]\nprefix = \"git:git.example.org/\"\nurl = \"https://git.example.org/"
                 "{name}/{path}\"\n[[source_link]]\nprefix = \"/builds/\"\nurl = \"http://code/{path}\"\n",
                 loaded),
            "");
  ASSERT_EQ(loaded.config.source_links.size(), 2U);
  EXPECT_EQ(loaded.config.source_links[0].prefix, "git:git.example.org/");
  EXPECT_EQ(loaded.config.source_links[1].url, "http://code/{path}");
  const auto mistake = [](const std::string& link) {
    LoadedConfig other;
    return Read("[[source_link]]\n" + link, other);
  };
  EXPECT_NE(mistake("prefix = \"git:\"\n").find("line 1: source_link: give a url"), std::string::npos);
  EXPECT_NE(mistake("match = \"git:\"\n").find("source_link.match"), std::string::npos);
}

TEST(ServerConfigTest, TrackersAreNamed) {
  LoadedConfig loaded;
  ASSERT_EQ(Read("[bugs]\npoll_minutes = 60\n[[bugs.tracker]]\nurl = \"https://bugs.example.org/\"\n"
                 "[[bugs.tracker]]\nname = \"gh\"\nkind = \"github\"\nurl = \"https://github.com/a/b\"\n",
                 loaded),
            "");
  ASSERT_EQ(loaded.config.trackers.size(), 2U);
  EXPECT_EQ(loaded.config.trackers[0].name, "bugzilla");
  EXPECT_EQ(loaded.config.trackers[0].url, "https://bugs.example.org");
  EXPECT_EQ(loaded.config.trackers[1].kind, bugs::TrackerKind::kGithub);
  EXPECT_EQ(loaded.config.bug_poll_minutes, 60);
  const auto mistake = [](const std::string& tracker) {
    LoadedConfig other;
    return Read("[[bugs.tracker]]\n" + tracker, other);
  };
  EXPECT_NE(mistake("kind = \"trac\"\n").find("give bugzilla, github"), std::string::npos);
  EXPECT_NE(mistake("kind = \"jira\"\n").find("give a url"), std::string::npos);
  EXPECT_NE(mistake("kind = \"github\"\nurl = \"https://github.com\"\n").find("repository"),
            std::string::npos);
  EXPECT_NE(mistake("token = \"x\"\n").find("bugs.tracker.token"), std::string::npos);
  EXPECT_NE(mistake("url = \"https://a\"\n[[bugs.tracker]]\nurl = \"https://b\"\n").find("another name"),
            std::string::npos);
}

TEST(ServerConfigTest, ASecretIsTakenAndNotShown) {
  LoadedConfig loaded;
  EXPECT_EQ(Shown(loaded, "oidc.client_secret"), " default");
  const char* const environment[] = {"CAIRN_OIDC_CLIENT_SECRET=planted", nullptr};
  ASSERT_EQ(ReadConfigVariables(environment, loaded), "");
  EXPECT_EQ(loaded.config.oidc_client_secret, "planted");
  EXPECT_EQ(Shown(loaded, "oidc.client_secret"), "\"(not shown)\" CAIRN_OIDC_CLIENT_SECRET");
}

TEST(ServerConfigTest, NumbersMayBeLeftOpen) {
  LoadedConfig loaded;
  EXPECT_EQ(Shown(loaded, "rate_limits.caller_per_minute"), " default");
  ASSERT_EQ(Read("trusted_proxies = [\"127.0.0.1\"]\n[rate_limits]\nanonymous_per_minute = 0\n", loaded), "");
  EXPECT_EQ(loaded.config.trusted_proxies, std::vector<std::string>{"127.0.0.1"});
  EXPECT_EQ(loaded.config.anonymous_per_minute, 0);
  EXPECT_EQ(loaded.config.caller_per_minute, std::nullopt);
  EXPECT_NE(Read("[rate_limits]\ncaller_per_minute = -1\n", loaded).find("give a whole number"),
            std::string::npos);
}

TEST(ServerConfigTest, AVariableThatDoesNotFitIsNamed) {
  LoadedConfig loaded;
  const char* const yes[] = {"CAIRN_SCRUB_DUMPS=yes", nullptr};
  EXPECT_EQ(ReadConfigVariables(yes, loaded), "CAIRN_SCRUB_DUMPS: give true or false, not `yes`");
  const char* const much[] = {"CAIRN_DISK_FREE_MIN_MIB=1G", nullptr};
  EXPECT_EQ(ReadConfigVariables(much, loaded),
            "CAIRN_DISK_FREE_MIN_MIB: give a whole number, 0 or more, not `1G`");
}

TEST(ServerConfigTest, RetentionHasDefaultsAndRulesInTheirOrder) {
  LoadedConfig loaded;
  const ServerConfig& config = loaded.config;
  ASSERT_EQ(Read("listen = \"[::1]:0\"\n", loaded), "");
  EXPECT_EQ(config.retention.report_days, 180);
  EXPECT_EQ(config.retention.ping_days, 365);
  EXPECT_EQ(config.retention.rejected_days, 30);
  EXPECT_EQ(config.retention.activity_days, 730);
  ASSERT_EQ(Read("[retention]\nreport_days = 90\nrejected_days = 3\nactivity_days = 1000\n"
                 "[[retention.rule]]\nkind = \"ping\"\nproduct = \"Crashy\"\ndays = 7\n"
                 "[[retention.rule]]\nrule = \"sampled\"\ndays = 14\n",
                 loaded),
            "");
  EXPECT_EQ(config.retention.report_days, 90);
  EXPECT_EQ(config.retention.ping_days, 365);
  EXPECT_EQ(config.retention.rejected_days, 3);
  EXPECT_EQ(config.retention.activity_days, 1000);
  ASSERT_EQ(config.retention.rules.size(), 2U);
  EXPECT_EQ(config.retention.rules[0].kind, search::CrashKind::kPing);
  EXPECT_EQ(config.retention.rules[0].product, "Crashy");
  EXPECT_EQ(config.retention.rules[0].days, 7);
  EXPECT_FALSE(config.retention.rules[1].kind);
  EXPECT_EQ(config.retention.rules[1].rule, "sampled");
}

TEST(ServerConfigTest, MistakesInRetentionAreNamedWithTheirLine) {
  const std::pair<const char*, const char*> cases[] = {
      {"[retention]\nreport_days = 0\n",
       "line 2: retention.report_days: give a whole number of days, 1 to 36500"},
      {"[retention]\nping_days = \"7\"\n", "line 2: retention.ping_days"},
      {"[retention]\nping_days = 40000\n", "line 2: retention.ping_days"},
      {"[retention]\n\ndays = 7\n", "line 3: retention.days: there is no such key"},
      {"retention = 7\n", "line 1: retention: there is no such key"},
      {"[retention]\nrule = 7\n", "line 2: retention.rule: "},
      {"[[retention.rule]]\nkind = \"crash\"\ndays = 7\n",
       "line 2: retention.rule.kind: give report or ping"},
      {"[[retention.rule]]\nproduct = \"Crashy\"\n", "line 1: retention.rule: it has no days"},
      {"[[retention.rule]]\ndays = 7\nage = 7\n", "line 3: retention.rule.age: unknown key"}};
  for (const auto& [text, mistake] : cases) {
    LoadedConfig loaded;
    const std::string said = Read(text, loaded);
    EXPECT_NE(said.find(mistake), std::string::npos) << text << said;
  }
}

TEST(ServerConfigTest, AddressesAreAllowedToEachKindOfServerByItself) {
  LoadedConfig loaded;
  ASSERT_EQ(Read("[oidc]\nallowed_addresses = [\"10.1.0.0/16\"]\n"
                 "[bugs]\nallowed_addresses = [\"10.2.0.0/16\"]\n",
                 loaded),
            "");
  EXPECT_EQ(loaded.config.allowed_oidc_addresses, std::vector<std::string>{"10.1.0.0/16"});
  EXPECT_EQ(loaded.config.allowed_bug_addresses, std::vector<std::string>{"10.2.0.0/16"});
  EXPECT_TRUE(loaded.config.allowed_symbol_addresses.empty());
}

TEST(ServerConfigTest, OtherSymbolServersStandInTheirOrder) {
  LoadedConfig loaded;
  ASSERT_EQ(Read("[symbols]\ncache_mib = 5\nallowed_addresses = [\"10.0.0.0/8\", \"::1\"]\n"
                 "[[symbols.upstream]]\nurl = \"https://a.example/try\"\n"
                 "[[symbols.upstream]]\nkind = \"debuginfod\"\nurl = \"http://b.example\"\n",
                 loaded),
            "");
  const ServerConfig& config = loaded.config;
  EXPECT_EQ(config.symbol_cache_mib, 5);
  EXPECT_EQ(config.allowed_symbol_addresses, (std::vector<std::string>{"10.0.0.0/8", "::1"}));
  ASSERT_EQ(config.upstreams.size(), 2u);
  EXPECT_EQ(config.upstreams[0].url, "https://a.example/try");
  EXPECT_EQ(config.upstreams[0].kind, symbol_lookup::UpstreamKind::kBreakpad);
  EXPECT_EQ(config.upstreams[1].kind, symbol_lookup::UpstreamKind::kDebuginfod);

  const auto mistake = [](const std::string& text) {
    LoadedConfig refused;
    const std::string said = Read(text, refused);
    return said.substr(said.find("line"));
  };
  EXPECT_EQ(mistake("[symbols]\nupstream = 5\n").substr(0, 24), "line 2: symbols.upstream");
  EXPECT_EQ(mistake("[[symbols.upstream]]\nurl = \"ftp://x\"\n"),
            "line 1: symbols.upstream.url: give a URL with https:// or http://");
  EXPECT_EQ(mistake("[[symbols.upstream]]\nurl = \"http://x\"\nkind = \"s3\"\n"),
            "line 3: symbols.upstream.kind: give breakpad, symstore or debuginfod");
  EXPECT_EQ(mistake("[[symbols.upstream]]\nurl = \"http://x\"\nuser = \"s3\"\n").substr(0, 29),
            "line 3: symbols.upstream.user");
}

TEST(ServerConfigTest, ListenAddressesHaveHostAndPort) {
  EXPECT_EQ(ParseListenAddress("127.0.0.1:80")->port, 80);
  EXPECT_EQ(ParseListenAddress("[::1]:0")->host, "::1");
  for (const char* text :
       {"", "80", ":80", "::1:80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536"}) {
    EXPECT_FALSE(ParseListenAddress(text)) << text;
  }
}

TEST(ServerConfigTest, RolesAreSetsOfPermissions) {
  LoadedConfig loaded;
  ASSERT_EQ(Read("[[accounts.role]]\nname = \"Triage\"\npermissions = [\"view_pings\", \"edit_bugs\"]\n"
                 "[[accounts.role]]\nname = \"Lead\"\npermissions = [\"Triage\", \"view_pii\"]\n",
                 loaded),
            "");
  const std::vector<store::Role>& roles = loaded.config.permission_roles;
  ASSERT_EQ(roles.size(), 4U) << "those of Crash Stats are there";
  EXPECT_EQ(roles[2].permissions.ToText(), "view_pings,edit_bugs");
  EXPECT_EQ(roles[3].permissions.ToText(), "view_pings,view_pii,edit_bugs");
  const std::pair<const char*, const char*> cases[] = {
      {"[[accounts.role]]\nname = \"x\"\npermissions = [\"root\"]\n",
       "line 3: accounts.role.permissions: give names of permissions"},
      {"[[accounts.role]]\npermissions = [\"view_pii\"]\n", "line 1: accounts.role: give a name"},
      {"[[accounts.role]]\nname = \"a,b\"\n", "line 1: accounts.role: give a name"},
      {"[[accounts.role]]\nname = \"view_pii\"\n", "line 1: accounts.role: give a name"},
      {"[[accounts.role]]\nname = \"Hackers\"\n", "line 1: accounts.role: give each role another name"},
      {"[[accounts.role]]\nnames = \"x\"\n", "line 2: accounts.role.names"}};
  for (const auto& [text, mistake] : cases) {
    LoadedConfig refused;
    const std::string said = Read(text, refused);
    EXPECT_NE(said.find(mistake), std::string::npos) << text << said;
  }
}

}  // namespace
}  // namespace cairn::apps
