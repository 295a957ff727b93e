#include "formats/ping/check_ping.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "testing/ping_fixtures.h"

namespace cairn::ping {
namespace {

// "ok", or "fault pointer: reason".
std::string Check(std::string_view json, const std::optional<PingName>& name = std::nullopt) {
  static const SchemaSet schemas = SchemaSet::BuiltIn();
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  std::optional<Refusal> refusal = ParsePing(json, parser, document);
  if (!refusal) refusal = CheckPing(schemas, name ? *name : NameByContent(document), document);
  return refusal ? std::string(NameOf(refusal->fault)) + " " + refusal->pointer + ": " + refusal->reason
                 : "ok";
}

std::string V4(std::string_view vendor, std::string_view version, std::string_view payload) {
  return R"({"type":"crash","id":"89ba9d98-b041-46f3-8b1a-36dfeb5e1b15","creationDate":"2026-05-01T10:00:00.000Z",
    "version":4,"application":{"architecture":"x86-64","buildId":"2026042809","channel":"release","name":"App",
    "platformVersion":"149.0","vendor":")" +
         std::string(vendor) + R"(","version":")" + std::string(version) +
         R"(","xpcomAbi":"x86_64-gcc3"},"payload":)" + std::string(payload) + "}";
}
constexpr std::string_view kPayload = R"({"crashDate":"2026-05-01","metadata":{}})";

TEST(CheckPingTest, VersionsNeedMozillasFormOnlyInMozillasPings) {
  EXPECT_EQ(Check(V4("Mozilla", "149.0", kPayload)), "ok");
  EXPECT_EQ(Check(V4("Mozilla", "1.0", kPayload)),
            "schema_validation /application/version: has not the form that it must have");
  EXPECT_EQ(Check(V4("", "1.0", kPayload)), "ok");
}

TEST(CheckPingTest, OfRepeatedKeysTheLastCounts) {
  EXPECT_EQ(
      Check(V4("", "1", R"({"crashDate":"2026-05-01","metadata":{"StartupCrash":1,"StartupCrash":"1"}})")),
      "ok");
  EXPECT_EQ(
      Check(V4("", "1", R"({"crashDate":"2026-05-01","metadata":{"StartupCrash":"1","StartupCrash":1}})")),
      "schema_validation /payload/metadata/StartupCrash: must be a string");
}

TEST(CheckPingTest, FaultsHaveTheDecodersNames) {
  const PingName main{"telemetry", "main", std::nullopt};
  EXPECT_EQ(Check("{", main).substr(0, 11), "json_parse ");
  EXPECT_EQ(Check("[]", main), "json_parse : must be a JSON object");
  EXPECT_EQ(Check("{}", main), "missing_version : has no version");
  EXPECT_TRUE(Check(R"({"version":4})", main).starts_with("schema_validation "));
  EXPECT_EQ(Check(R"({"version":99})", PingName{"telemetry", "crash", std::nullopt}),
            "schema_not_found : No schema for telemetry/crash of version 99");
  EXPECT_EQ(Check("{}", PingName{"my-app", "hgpush", 1}),
            "invalid_doc_type : No such docType: my-app/hgpush");
  EXPECT_TRUE(Check("{}", PingName{"my-app", "crash", 1}).starts_with("schema_validation "));
  EXPECT_TRUE(Check("{}", PingName{"my-app", "crash", 9}).starts_with("schema_not_found "));
}

TEST(CheckPingTest, AnOperatorsSchemaIsPutOverOurs) {
  SchemaSet schemas = SchemaSet::BuiltIn();
  EXPECT_FALSE(schemas.Add("crash.4.schema.json", R"({"required":["x"]})"));
  EXPECT_FALSE(schemas.Add("my-app.hgpush.1.schema.json", "{}"));
  const auto problem = schemas.Add("glean.1.schema.json", R"({"type":1})");
  ASSERT_TRUE(problem);
  EXPECT_EQ(problem->pointer, "/type");
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  ASSERT_FALSE(ParsePing(R"({"version":4})", parser, document));
  EXPECT_EQ(CheckPing(schemas, {"telemetry", "crash", {}}, document)->reason, "lacks \"x\"");
  EXPECT_FALSE(CheckPing(schemas, {"my-app", "hgpush", 1}, document));
}

// Two mandatory parts of a Glean ping, and nothing of its metrics.
TEST(CheckPingTest, AGleanCrashWithoutFactsIsValid) {
  constexpr std::string_view kGlean =
      R"({"ping_info":{"seq":0,"start_time":"a","end_time":"b"},"client_info":{"app_build":"1",
      "app_display_version":"1","architecture":"x86_64","first_run_date":"c","os":"Linux","os_version":"6",
      "telemetry_sdk_build":"64"})";
  EXPECT_EQ(Check(std::string(kGlean) + "}"), "ok");
  EXPECT_EQ(Check(std::string(kGlean) + R"(,"metrics":{"boolean":{"crash.startup":"1"}}})"),
            "schema_validation /metrics/boolean/crash.startup: must be true or false");
}

TEST(CheckPingTest, AgreesWithEveryVerdictOfTheSamples) {
  const auto fixtures = testing::PingFixtures();
  if (!fixtures) GTEST_SKIP() << "CAIRN_FIXTURES is not set: the sample pings are not there";
  std::size_t checked = 0;
  for (const char* folder : {"/crash4", "/glean"}) {
    for (const auto& entry : std::filesystem::directory_iterator(*fixtures + folder)) {
      std::stringstream text;
      text << std::ifstream(entry.path()).rdbuf();
      const std::string name = entry.path().filename();
      EXPECT_EQ(Check(text.str()) == "ok", name.find(".pass.") != std::string::npos)
          << name << ": " << Check(text.str());
      ++checked;
    }
  }
  EXPECT_GE(checked, 70u);
}

TEST(CheckPingTest, EveryRowOfTheDecodersPayloadsHolds) {
  const auto fixtures = testing::PingFixtures();
  if (!fixtures) GTEST_SKIP() << "CAIRN_FIXTURES is not set: the decoder's examples are not there";
  for (const std::vector<std::string>& row : testing::FixtureRows(*fixtures + "/decoder/payload.tsv")) {
    ASSERT_EQ(row.size(), 2u);
    if (row[0] == "gzip body" || row[0] == "plain body" || row[0].starts_with("duplicate"))
      continue;  // See server/pings.
    std::string json = row[0].substr(0, row[0].find(" as telemetry/"));
    const std::size_t type = row[0].find(" as telemetry/");
    PingName name{"telemetry", type == std::string::npos ? "crash" : row[0].substr(type + 14), std::nullopt};
    if (json.starts_with("telemetry doc")) json = "{}";
    const std::string found = Check(json, name);
    if (row[1] == "ok") {
      EXPECT_FALSE(found.starts_with("json_parse")) << row[0] << ": " << found;
    } else {
      const std::string fault = row[1].substr(6, row[1].find(' ', 6) - 6);
      EXPECT_TRUE(found.starts_with(fault + " ")) << row[0] << ": " << found;
    }
  }
}

}  // namespace
}  // namespace cairn::ping
