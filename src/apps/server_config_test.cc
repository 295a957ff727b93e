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
