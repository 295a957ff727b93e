#include "apps/replay_population.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "apps/replay_dump.h"
#include "apps/replay_ping_json.h"
#include "base/byte_reader.h"
#include "formats/ping/check_ping.h"

namespace cairn::apps {
namespace {

constexpr std::int64_t kNowMs = 1'795'348'800'000;  // 2026-11-22T12:00:00Z

ReplayPopulation SmallPopulation(std::uint64_t seed = 7) {
  return ReplayPopulation(
      {.seed = seed, .stacks = 50, .dumps = 5, .ping_modules = MadeUpModules(), .now_ms = kNowMs});
}

std::string BeginningOf(const ReplayPopulation& population, ShotKind kind, ShotKey key = {1, 2}) {
  std::string text;
  population.AppendBeginning(kind, key, true, text);
  return text;
}

// Why schemas refuse it; empty if they do not.
std::string FaultOf(const std::string& json, std::string_view type) {
  static const ping::SchemaSet kSchemas = ping::SchemaSet::BuiltIn();
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  if (const auto refusal = ping::ParsePing(json, parser, document)) return refusal->reason;
  const auto refusal = ping::CheckPing(kSchemas, {"telemetry", std::string(type), std::nullopt}, document);
  return refusal ? refusal->pointer + ": " + refusal->reason : "";
}

TEST(ReplayPopulationTest, CrashPingsAreValidAndAsLargeAsRealOnes) {
  const std::vector<ReplayModule> modules = MadeUpModules();
  const ReplayPopulation population = SmallPopulation();
  ReplayRandom random(1);
  std::size_t raw = 0;
  std::size_t packed = 0;
  constexpr int kPings = 50;
  for (int i = 0; i < kPings; ++i) {
    const std::string beginning = BeginningOf(population, ShotKind::kCrashPing);
    const std::string rest = RestOfCrashPing({"130.0", "release", "20261101000000"}, modules,
                                             MakeUpStack(modules, random), kNowMs, random);
    EXPECT_EQ(FaultOf(beginning + rest, "crash"), "");
    raw += beginning.size() + rest.size();
    packed += ReplayBody::Compress(rest).BytesWith(beginning);
  }
  EXPECT_NEAR(static_cast<double>(raw) / kPings, 9'500, 1'000);
  EXPECT_NEAR(static_cast<double>(packed) / kPings, 1'500, 300);
}

TEST(ReplayPopulationTest, MainPingsAreValid) {
  ReplayRandom random(1);
  const std::string json = BeginningOf(SmallPopulation(), ShotKind::kMainPing) +
                           RestOfMainPing({"130.0", "release", "20261101000000"}, random);
  EXPECT_EQ(FaultOf(json, "main"), "");
}

TEST(ReplayPopulationTest, BadPingsAreRefused) {
  const ReplayPopulation population = SmallPopulation();
  for (std::uint32_t i = 0; i < 3; ++i) {
    EXPECT_NE(FaultOf(std::string(population.BodyOf(ShotKind::kBadPing, i).rest()), "crash"), "") << i;
  }
}

TEST(ReplayPopulationTest, DumpsAreAsLargeAsRealOnes) {
  const std::vector<ReplayModule> modules = MadeUpModules();
  ReplayRandom random(3);
  const std::vector<ReplayFrame> stack = MakeUpStack(modules, random);
  const std::vector<std::byte> dump = MakeUpDump(modules, stack, random);
  EXPECT_NEAR(static_cast<double>(dump.size()), 100'000, 10'000);
  EXPECT_NEAR(static_cast<double>(ReplayBody::Compress(base::AsText(dump)).BytesWith("")), 18'000, 3'000);
}

TEST(ReplayPopulationTest, TheSameSeedMakesTheSameAndAnotherDoesNot) {
  const ReplayPopulation one = SmallPopulation();
  const ReplayPopulation same = SmallPopulation();
  const ReplayPopulation other = SmallPopulation(8);
  EXPECT_EQ(one.BodyOf(ShotKind::kCrashPing, 4).rest(), same.BodyOf(ShotKind::kCrashPing, 4).rest());
  EXPECT_NE(one.BodyOf(ShotKind::kCrashPing, 4).rest(), other.BodyOf(ShotKind::kCrashPing, 4).rest());
  EXPECT_NE(one.BodyOf(ShotKind::kCrashPing, 4).rest(), one.BodyOf(ShotKind::kCrashPing, 5).rest());
}

TEST(ReplayPopulationTest, EachKeyHasItsOwnIdAndDumpHash) {
  const ReplayPopulation population = SmallPopulation();
  ReplayRandom random(5);
  std::set<std::string> ids;
  std::set<std::string> hashes;
  for (int i = 0; i < 1'000; ++i) {
    const ShotKey key{random.Next(), random.Next()};
    const std::string beginning = BeginningOf(population, ShotKind::kCrashPing, key);
    ids.insert(key.Uuid());
    hashes.insert(beginning.substr(beginning.find("Hash\":\"") + 7, 64));
    EXPECT_EQ(beginning, BeginningOf(population, ShotKind::kCrashPing, key));
    std::string target;
    population.AppendTarget(ShotKind::kCrashPing, key, 0, target);
    EXPECT_EQ(target.find("/submit/telemetry/" + key.Uuid() + "/crash/Fennel/"), 0U) << target;
    EXPECT_TRUE(target.ends_with("?v=4")) << target;
  }
  EXPECT_EQ(ids.size(), 1'000U);
  EXPECT_EQ(hashes.size(), 1'000U);
}

TEST(ReplayPopulationTest, FewStacksAreMostOfThePings) {
  const ReplayPopulation population = SmallPopulation();
  ReplayRandom random(5);
  std::map<std::uint32_t, int> counts;
  for (int i = 0; i < 10'000; ++i) ++counts[population.Draw(ShotKind::kCrashPing, random)];
  EXPECT_GT(counts[0], 2'000);
  EXPECT_GT(counts[0], 5 * counts[9]);
  EXPECT_LE(counts.rbegin()->first, 49U);
}

TEST(ReplayPopulationTest, AReportSaysWhetherRulesKeepIt) {
  const ReplayPopulation population = SmallPopulation();
  for (const bool is_kept : {true, false}) {
    std::string text;
    population.AppendBeginning(ShotKind::kReport, {1, 2}, is_kept, text);
    EXPECT_NE(text.find("name=\"ReleaseChannel\"\r\n\r\n" + std::string(is_kept ? "beta" : "release")),
              std::string::npos);
    EXPECT_NE(text.find("name=\"CrashEventID\"\r\n\r\n" + ShotKey{1, 2}.Uuid()), std::string::npos);
  }
}

}  // namespace
}  // namespace cairn::apps
