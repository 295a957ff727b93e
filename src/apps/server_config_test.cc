#include "apps/server_config.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "os/file.h"

namespace cairn::apps {
namespace {

std::string Read(const std::string& text, ServerConfig& config) {
  const std::string path = ::testing::TempDir() + "config_" + std::to_string(getpid()) + ".toml";
  EXPECT_TRUE(os::WriteFileDurably(path, base::AsBytes(text)));
  return ReadServerConfig(path, config);
}

TEST(ServerConfigTest, TakesWhatTheFileSays) {
  ServerConfig config;
  EXPECT_EQ(
      Read("listen = \"[::1]:0\"\nrules = \"firefox\"\nanonymous_permissions = [\"view_pings\"]\n"
           "symbols_public = false\nprofile = \"firefox\"\nannotations = \"own.yaml\"\nscrub_dumps = false\n"
           "ping_schemas = \"/s\"\nping_namespaces = [\"my-app\"]\n",
           config),
      "");
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
  ServerConfig config;
  EXPECT_NE(Read("\nlisten = 5\n", config).find("line 2: listen"), std::string::npos);
  EXPECT_NE(Read("permissions = []\n", config).find("line 1: permissions"), std::string::npos);
  EXPECT_NE(Read("listen = \n", config).find("line 1"), std::string::npos);
  EXPECT_NE(ReadServerConfig("/nowhere.toml", config), "");
}

TEST(ServerConfigTest, RetentionHasDefaultsAndRulesInTheirOrder) {
  ServerConfig config;
  ASSERT_EQ(Read("listen = \"[::1]:0\"\n", config), "");
  EXPECT_EQ(config.retention.report_days, 180);
  EXPECT_EQ(config.retention.ping_days, 365);
  EXPECT_EQ(config.retention.rejected_days, 30);
  ASSERT_EQ(Read("[retention]\nreport_days = 90\nrejected_days = 3\n"
                 "[[retention.rule]]\nkind = \"ping\"\nproduct = \"Crashy\"\ndays = 7\n"
                 "[[retention.rule]]\nrule = \"sampled\"\ndays = 14\n",
                 config),
            "");
  EXPECT_EQ(config.retention.report_days, 90);
  EXPECT_EQ(config.retention.ping_days, 365);
  EXPECT_EQ(config.retention.rejected_days, 3);
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
      {"[retention]\n\ndays = 7\n", "line 3: retention.days: unknown key"},
      {"retention = 7\n", "line 1: retention: unknown key"},
      {"[retention]\nrule = 7\n", "line 2: retention.rule: unknown key"},
      {"[[retention.rule]]\nkind = \"crash\"\ndays = 7\n",
       "line 2: retention.rule.kind: give report or ping"},
      {"[[retention.rule]]\nproduct = \"Crashy\"\n", "line 1: retention.rule: it has no days"},
      {"[[retention.rule]]\ndays = 7\nage = 7\n", "line 3: retention.rule.age: unknown key"}};
  for (const auto& [text, mistake] : cases) {
    ServerConfig config;
    EXPECT_NE(Read(text, config).find(mistake), std::string::npos) << text << Read(text, config);
  }
}

TEST(ServerConfigTest, ListenAddressesHaveHostAndPort) {
  EXPECT_EQ(ParseListenAddress("127.0.0.1:80")->port, 80);
  EXPECT_EQ(ParseListenAddress("[::1]:0")->host, "::1");
  for (const char* text :
       {"", "80", ":80", "::1:80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536"}) {
    EXPECT_FALSE(ParseListenAddress(text)) << text;
  }
}

}  // namespace
}  // namespace cairn::apps
