#include "server/pings/reading.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "testing/gzip.h"
#include "testing/sample_ping.h"

namespace cairn::pings {
namespace {

Reading Read(const intake::StoredPing& ping) {
  static const ping::SchemaSet schemas = ping::SchemaSet::BuiltIn();
  simdjson::dom::parser parser;
  return ReadSubmission(ping, schemas, parser);
}

intake::StoredPing Telemetry(std::string type, std::string body) {
  return {.id = "89ba9d98-b041-46f3-8b1a-36dfeb5e1b15",
          .name_space = "telemetry",
          .doc_type = std::move(type),
          .app_name = "App",
          .app_version = "1.5",
          .app_channel = "beta",
          .app_build_id = "7",
          .body = std::move(body)};
}

intake::StoredPing Glean(std::string type, std::string metrics) {
  return {.id = "89ba9d98-b041-46f3-8b1a-36dfeb5e1b15",
          .name_space = "my-app",
          .doc_type = std::move(type),
          .version = 1,
          .body = R"({"ping_info":{"seq":0,"start_time":"a","end_time":"b"},"client_info":{"app_build":"9",
            "app_display_version":"2.0","app_channel":"nightly","architecture":"x86_64","first_run_date":"c","os":"Darwin",
            "os_version":"23.1","telemetry_sdk_build":"64"},"metrics":)" +
                  metrics + "}"};
}

std::string FaultOf(const Reading& reading) { return reading.rejection ? reading.rejection->fault : ""; }

constexpr std::string_view kCrash = R"({"type":"crash","id":"89ba9d98-b041-46f3-8b1a-36dfeb5e1b15",
  "creationDate":"2026-05-01T10:00:00.000Z","version":4,"application":{"architecture":"x86-64","buildId":"7",
  "channel":"beta","name":"App","platformVersion":"1.5","vendor":"","version":"1.5","xpcomAbi":"x"},
  "environment":{"build":{"applicationId":"","applicationName":"","architecture":"x86-64","buildId":"7",
  "platformVersion":"1.5","vendor":"","version":"1.5","xpcomAbi":"x"},"partner":{},"settings":{},
  "system":{"os":{"name":"Linux","version":"6.1.0-9"}}},"payload":{"crashDate":"2026-05-01",
  "processType":"content","minidumpSha256Hash":"AB34567890123456789012345678901234567890123456789012345678901234",
  "metadata":{"StartupCrash":"0","StartupCrash":"1","ipc_channel_error":"ShutDownKill"}}})";

TEST(ReadingTest, ACrashPingSaysWhatItCountsAs) {
  const Reading reading = Read(Telemetry("crash", std::string(kCrash)));
  EXPECT_EQ(FaultOf(reading), "");
  EXPECT_TRUE(reading.is_crash);
  EXPECT_EQ(reading.minidump_hash, "ab34567890123456789012345678901234567890123456789012345678901234");
  EXPECT_EQ(reading.measures,
            (stats::Measures{.count = 1, .startup_crashes = 1, .content_shutdown_crashes = 1}));
  EXPECT_EQ(reading.dimensions,
            (stats::Dimensions{"beta", "1.5", "1.5", "7", "App", "Linux", "6.1.0", "amd64", "Other"}));
}

// Benches send it.
TEST(ReadingTest, TheSamplePingIsTaken) {
  const Reading reading = Read(Telemetry("crash", testing::SamplePing(1)));
  EXPECT_FALSE(reading.rejection) << reading.rejection->pointer << ": " << reading.rejection->reason;
}

TEST(ReadingTest, PackedAndPlainAreTheSame) {
  intake::StoredPing packed = Telemetry("crash", testing::Gzip(std::string(kCrash)));
  EXPECT_EQ(Read(packed).dimensions, Read(Telemetry("crash", std::string(kCrash))).dimensions);
  packed.body.resize(packed.body.size() / 2);
  EXPECT_EQ(FaultOf(Read(packed)), "json_parse");
  EXPECT_EQ(FaultOf(Read(Telemetry("crash", testing::Gzip(std::string(9 << 20, ' '))))), "payload_too_large");
}

TEST(ReadingTest, AGleanCrashIsThatOfTheVersionThatCrashed) {
  const Reading reading =
      Read(Glean("crash", R"({"string":{"crash.app_channel":"release","crash.app_build":"8",
    "crash.app_display_version":"1.9","crash.process_type":"main","crash.minidump_sha_256_hash":
    "cd34567890123456789012345678901234567890123456789012345678901234"},"boolean":{"crash.startup":true}})"));
  EXPECT_EQ(FaultOf(reading), "");
  EXPECT_EQ(reading.dimensions,
            (stats::Dimensions{"release", "1.9", "1.9", "8", "my-app", "Mac", "23.1", "amd64", "Other"}));
  EXPECT_EQ(reading.measures, (stats::Measures{.count = 1, .main_crashes = 1, .startup_crashes = 1}));
  EXPECT_EQ(reading.minidump_hash.substr(0, 4), "cd34");
}

TEST(ReadingTest, TheHashOfNoBytesIsNobodysHash) {
  EXPECT_EQ(Read(Glean("crash", R"({"string":{"crash.minidump_sha256_hash":
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}})"))
                .minidump_hash,
            "");
  EXPECT_EQ(Read(Glean("crash", R"({"string":{"crash.minidump_sha256_hash":"xyz"}})")).minidump_hash, "");
}

TEST(ReadingTest, OfOtherPingsOnlyTheUsageIsTaken) {
  using SecondsAndSessions = std::pair<std::int64_t, std::int64_t>;
  const auto usage = [](const intake::StoredPing& ping) {
    const Reading reading = Read(ping);
    EXPECT_EQ(FaultOf(reading), "");
    EXPECT_FALSE(reading.is_crash);
    return SecondsAndSessions(reading.measures.usage_seconds, reading.measures.sessions);
  };
  const auto main = [](const std::string& info) {
    return Telemetry("main", R"({"version":4,"application":{},"payload":{"info":{)" + info + "}}}");
  };
  EXPECT_EQ(usage(main(R"("subsessionLength":5400)")), SecondsAndSessions(5400, 1));
  EXPECT_EQ(usage(main(R"("subsessionLength":5,"subsessionCounter":1)")), SecondsAndSessions(5, 1));
  EXPECT_EQ(usage(main(R"("subsessionLength":5,"subsessionCounter":2)")), SecondsAndSessions(5, 0));
  EXPECT_EQ(usage(main(R"("subsessionLength":-9)")), SecondsAndSessions(0, 1));
  EXPECT_EQ(
      usage(Telemetry("session", R"({"version":1,"application":{},"payload":{"sessionLength":1e300}})")),
      SecondsAndSessions(86'400, 1));
  EXPECT_EQ(usage(Telemetry("core", R"({"v":7,"durations":60,"os":"Android"})")), SecondsAndSessions(60, 1));
  EXPECT_EQ(usage(Telemetry("core", R"({"v":7,"durations":60,"sessions":3})")), SecondsAndSessions(60, 3));
  EXPECT_EQ(usage(Glean("baseline",
                        R"({"timespan":{"glean.baseline.duration":{"value":2,"time_unit":"minute"}}})")),
            SecondsAndSessions(120, 1));
  intake::StoredPing start = Glean("baseline", "{}");
  start.body.replace(start.body.find(R"("seq":0)"), 7, R"("seq":0,"reason":"active")");
  EXPECT_EQ(usage(start), SecondsAndSessions(0, 0));
}

TEST(ReadingTest, AProgramIsKnownByItsOwnWords) {
  const Reading main = Read(Telemetry("main", R"({"version":4,"clientId":"{AB}","application":{"name":"Else"},
    "payload":{"info":{"subsessionLength":10}}})"));
  EXPECT_EQ(main.client_id, "ab");
  EXPECT_EQ(main.dimensions.application, "App");
  intake::StoredPing odd =
      Telemetry("main", R"({"version":4,"application":{"version":")" + std::string(9000, '1') +
                            R"("},"payload":{"info":{"subsessionLength":10}}})");
  odd.app_channel = "testers";
  EXPECT_EQ(Read(odd).dimensions.channel, "testers");
  EXPECT_EQ(Read(odd).dimensions.version, std::string(kMaxDimensionBytes, '1'));
}

TEST(ReadingTest, AMainPingCountsCrashesOfProcessesWithoutPings) {
  const Reading reading = Read(Telemetry("main", R"({"version":4,"application":{"name":"App"},"payload":
    {"info":{"subsessionLength":10},"keyedHistograms":{"SUBPROCESS_CRASHES_WITH_DUMP":{"gpu":{"sum":2},"gmplugin":{"sum":3},
    "plugin":{"sum":1},"content":{"sum":5}}}}})"));
  EXPECT_EQ(reading.measures, (stats::Measures{.count = 1,
                                               .gpu_crashes = 2,
                                               .plugin_crashes = 1,
                                               .gmplugin_crashes = 3,
                                               .sessions = 1,
                                               .usage_seconds = 10}));
}

TEST(ReadingTest, WhatIsRefusedSaysWhy) {
  intake::StoredPing nameless = Telemetry("crash", std::string(kCrash));
  nameless.id_is_made_up = true;
  EXPECT_EQ(FaultOf(Read(nameless)), "invalid_uri");
  intake::StoredPing test = Telemetry("crash", std::string(kCrash));
  test.source_tags = "automation, other";
  EXPECT_EQ(FaultOf(Read(test)), "automation");
  EXPECT_EQ(FaultOf(Read(Telemetry("event", "{}"))), "invalid_doc_type");
  EXPECT_EQ(FaultOf(Read(Telemetry("main", "{}"))), "missing_version");
  const Reading bad = Read(Telemetry("main", R"({"version":4,"application":{},"payload":{"info":{}}})"));
  EXPECT_EQ(FaultOf(bad), "schema_validation");
  EXPECT_EQ(bad.rejection->pointer, "/payload/info");
  EXPECT_EQ(bad.rejection->reason, "lacks \"subsessionLength\"");
}

// A client that crashes before its environment is known sends less than the schema wants. Such pings are kept
// as refused; the Glean form has no such hole.
TEST(ReadingTest, AnEarlyCrashWithoutEnvironmentIsRefusedAsMozillasWere) {
  std::string early(kCrash);
  early.replace(early.find(R"("architecture":"x86-64",)"), 24, "");
  EXPECT_EQ(Read(Telemetry("crash", early)).rejection->reason, "lacks \"architecture\"");
}

}  // namespace
}  // namespace cairn::pings
