#include "apps/ping_command.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "apps/schema_folder.h"
#include "testing/sample_ping.h"

namespace cairn::apps {
namespace {

class PingCommandTest : public ::testing::Test {
 protected:
  PingCommandTest() {
    folder_ = std::filesystem::temp_directory_path() / ("ping_command_test." + std::to_string(getpid()));
    std::filesystem::create_directories(folder_);
  }
  ~PingCommandTest() override { std::filesystem::remove_all(folder_); }

  std::string Write(const std::string& name, std::string_view text) {
    const std::filesystem::path path = folder_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
    return path;
  }

  int Run(const Arguments& arguments) {
    output_.str("");
    errors_.str("");
    return CheckPings(arguments, output_, errors_);
  }

  std::filesystem::path folder_;
  std::ostringstream output_;
  std::ostringstream errors_;
};

TEST_F(PingCommandTest, ABadPingIsNamedWithThePlaceOfItsFault) {
  const std::string bad = Write("bad.json", R"({"type":"crash","version":4})");
  EXPECT_EQ(Run({bad}), kExitProblem);
  EXPECT_NE(errors_.str().find(bad + ": the ping: lacks \"application\" (schema_validation)"),
            std::string::npos)
      << errors_.str();
  EXPECT_EQ(Run({Write("text.json", "hello")}), kExitProblem);
  EXPECT_NE(errors_.str().find("(json_parse)"), std::string::npos);
}

TEST_F(PingCommandTest, WhatAPingIsCountedUnderIsSaid) {
  const std::string file = Write("crash.json", testing::SamplePing(0));
  EXPECT_EQ(Run({"--counted", file}), kExitOk) << errors_.str();
  const std::string said = output_.str();
  EXPECT_TRUE(said.starts_with(file + ": ok {")) << said;
  for (const char* const part :
       {R"("application":"App")", R"("normalized_channel":"beta")", R"("architecture":"amd64")"})
    EXPECT_NE(said.find(part), std::string::npos) << said;
}

TEST_F(PingCommandTest, TheWorstOfSeveralCounts) {
  const std::string good = Write("good.json", R"({"version":1})");
  const std::string schema = Write("schemas/telemetry.note.1.schema.json", R"({"type":"object"})");
  const std::string schemas = std::filesystem::path(schema).parent_path();
  EXPECT_EQ(Run({"--schemas", schemas, "--as", "telemetry/note", good}), kExitOk);
  EXPECT_EQ(output_.str(), good + ": ok\n");
  EXPECT_EQ(Run({"--schemas", schemas, "--as", "telemetry/note/2", good}), kExitProblem);
  EXPECT_EQ(Run({"--schemas", schemas, "--as", "telemetry/note", good, folder_ / "absent.json"}),
            kExitFailure);
}

TEST_F(PingCommandTest, SchemasMayLieInFoldersOfNamespacesAndTypes) {
  const std::string ping = Write("ping.json", R"({"a":1})");
  Write("schemas/my-app/event/event.3.schema.json", R"({"required":["b"]})");
  EXPECT_EQ(Run({"--schemas", folder_ / "schemas", "--as", "my-app/event/3", ping}), kExitProblem);
  EXPECT_NE(errors_.str().find("lacks \"b\""), std::string::npos);
}

TEST_F(PingCommandTest, ABadSchemaIsNamed) {
  Write("schemas/crash.4.schema.json", R"({"properties":{"a":{"type":"text"}}})");
  EXPECT_EQ(Run({"--schemas", folder_ / "schemas", "x.json"}), kExitUsage);
  EXPECT_NE(errors_.str().find("crash.4.schema.json: /properties/a/type must name types"), std::string::npos);
  EXPECT_EQ(Run({"--as", "nothing", "x.json"}), kExitUsage);
  EXPECT_EQ(Run({}), kExitUsage);
}

// The schemas of others lie beside a checkout: with them, the verdicts are the same as with our own.
TEST_F(PingCommandTest, AgreesWithEveryVerdictOfTheSamplesBySchemasOfOthers) {
  const char* const fixtures = std::getenv("CAIRN_FIXTURES");
  if (fixtures == nullptr) GTEST_SKIP() << "CAIRN_FIXTURES is not set: the sample pings are not there";
  const std::string pings = std::string(fixtures) + "/pings";
  Arguments good;
  Arguments bad;
  for (const char* const folder : {"/crash4", "/glean"}) {
    for (const auto& entry : std::filesystem::directory_iterator(pings + folder)) {
      const std::string path = entry.path();
      (path.find(".pass.") != std::string::npos ? good : bad).push_back(path);
    }
  }
  ASSERT_GT(good.size(), 30u);
  ASSERT_GT(bad.size(), 30u);
  for (const Arguments& schemas : {Arguments{}, Arguments{"--schemas", pings + "/schemas"}}) {
    const auto with = [&](const Arguments& files) {
      Arguments all = schemas;
      all.insert(all.end(), files.begin(), files.end());
      return all;
    };
    EXPECT_EQ(Run(with(good)), kExitOk) << errors_.str();
    EXPECT_EQ(Run(with(bad)), kExitProblem);
    EXPECT_EQ(output_.str(), "");
  }
}

}  // namespace
}  // namespace cairn::apps
