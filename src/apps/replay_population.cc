#include "apps/replay_population.h"

#include <algorithm>
#include <utility>

#include "apps/replay_dump.h"
#include "apps/replay_ping_json.h"
#include "base/byte_reader.h"
#include "base/hex.h"
#include "base/json_writer.h"
#include "base/time_units.h"
#include "os/clock.h"

namespace cairn::apps {
namespace {

constexpr std::array<std::string_view, kShotKinds> kNames = {"crash", "main", "bad-ping", "report",
                                                             "bad-report"};
using base::kDayMs;
constexpr std::size_t kBuilds = 12;
constexpr std::size_t kMainBodies = 200;
constexpr std::string_view kNewLine = "\r\n";

constexpr std::string_view kRules = R"toml(# Keeps what `cairn replay` means to be kept.
[[rule]]
name = "release_sample"
when = [{ field = "ReleaseChannel", equals = "release" }]
result = "reject"

[[rule]]
name = "accept_everything"
result = "accept"
)toml";

// What follows from a key beside its id.
ReplayRandom DetailsOf(ShotKey key) { return ReplayRandom(key.high ^ (key.low * 0x9e3779b97f4a7c15)); }

std::vector<ReplayBuild> MakeBuilds(std::int64_t now_ms) {
  std::vector<ReplayBuild> builds;
  constexpr std::array<std::string_view, 4> kChannels = {"release", "release", "beta", "nightly"};
  for (std::size_t i = 0; i < kBuilds; ++i) {
    const auto age_days = static_cast<std::int64_t>(2 + 9 * (i / kChannels.size()));
    std::string day = os::FormatIso(now_ms - age_days * kDayMs).substr(0, 10);
    std::erase(day, '-');
    builds.push_back({.version = std::to_string(130 - i / kChannels.size()) + ".0." + std::to_string(i % 2),
                      .channel = std::string(kChannels[i % kChannels.size()]),
                      .build_id = day + "0" + std::to_string(i % 10) + "3000"});
  }
  return builds;
}

void AppendPart(std::string_view name, std::string_view value, std::string& text) {
  text += "--";
  text += kReportBoundary;
  text += kNewLine;
  text += "Content-Disposition: form-data; name=\"";
  text += name;
  text += "\"\r\n\r\n";
  text += value;
  text += kNewLine;
}

// Of a report: all parts but those of the beginning.
std::string RestOfReport(const ReplayBuild& build, base::Bytes dump) {
  std::string text;
  AppendPart("ProductName", kReplayProduct, text);
  AppendPart("Version", build.version, text);
  AppendPart("BuildID", build.build_id, text);
  AppendPart("ProcessType", "main", text);
  AppendPart("Vendor", "Fennel Project", text);
  AppendPart("UptimeTS", "812.25", text);
  AppendPart("InstallTime", "1790000000", text);
  AppendPart("Throttleable", "1", text);
  AppendPart("Notes", "made by cairn replay", text);
  text += "--";
  text += kReportBoundary;
  text +=
      "\r\nContent-Disposition: form-data; name=\"upload_file_minidump\"; filename=\"crash.dmp\"\r\n"
      "Content-Type: application/octet-stream\r\n\r\n";
  text += base::AsText(dump);
  text += kNewLine;
  text += "--";
  text += kReportBoundary;
  text += "--\r\n";
  return text;
}

}  // namespace

std::string_view NameOf(ShotKind kind) { return kNames[static_cast<std::size_t>(kind)]; }

std::string_view RulesThatKeepBeta() { return kRules; }

std::string ShotKey::Uuid() const {
  const std::uint64_t first = (high & ~std::uint64_t{0xf000}) | 0x4000;
  const std::uint64_t second = (low & ~(std::uint64_t{3} << 62)) | (std::uint64_t{1} << 63);
  std::string text = base::ToHex(first, 16) + base::ToHex(second, 16);
  for (const std::size_t place : {8U, 13U, 18U, 23U}) text.insert(place, 1, '-');
  return text;
}

ReplayPopulation::ReplayPopulation(const PopulationOptions& options)
    : stack_draw_(options.stacks), dump_draw_(options.dumps), clients_(options.clients) {
  ReplayRandom random(options.seed);
  MakePings(options, random);
  MakeReports(options, random);
}

void ReplayPopulation::MakePings(const PopulationOptions& options, ReplayRandom& random) {
  const std::vector<ReplayBuild> builds = MakeBuilds(options.now_ms);
  const SkewedDraw build_draw(builds.size());
  const auto end_of = [](std::string_view type, const ReplayBuild& build) {
    return "/" + std::string(type) + "/" + std::string(kReplayProduct) + "/" + build.version + "/" +
           build.channel + "/" + build.build_id + "?v=4";
  };
  const auto add = [this](ShotKind kind, ReplayBody body, std::string target_end) {
    Bodies(kind).push_back(std::move(body));
    target_ends_[static_cast<std::size_t>(kind)].push_back(std::move(target_end));
  };
  for (std::size_t i = 0; i < options.stacks; ++i) {
    const ReplayBuild& build = builds[build_draw.Draw(random)];
    const std::string rest = RestOfCrashPing(
        build, options.ping_modules, MakeUpStack(options.ping_modules, random), options.now_ms, random);
    add(ShotKind::kCrashPing, ReplayBody::Compress(rest), end_of("crash", build));
  }
  for (std::size_t i = 0; i < kMainBodies; ++i) {
    const ReplayBuild& build = builds[build_draw.Draw(random)];
    add(ShotKind::kMainPing, ReplayBody::Compress(RestOfMainPing(build, random)), end_of("main", build));
  }
  // Cut gzip, cut JSON, and JSON that the schema refuses.
  const std::string target_end = end_of("crash", builds[0]);
  add(ShotKind::kBadPing, ReplayBody::Plain("\x1f\x8b\x08 this is no gzip file"), target_end);
  add(ShotKind::kBadPing, ReplayBody::Plain(R"({"type":"crash","version":4,"payload":{"crash)"), target_end);
  add(ShotKind::kBadPing, ReplayBody::Plain(R"({"type":"crash","version":4,"payload":{}})"), target_end);
}

void ReplayPopulation::MakeReports(const PopulationOptions& options, ReplayRandom& random) {
  const std::vector<ReplayBuild> builds = MakeBuilds(options.now_ms);
  const SkewedDraw build_draw(builds.size());
  const std::vector<ReplayModule> modules = MadeUpModules();
  for (std::size_t i = 0; i < options.dumps; ++i) {
    const std::vector<std::byte> dump = MakeUpDump(modules, MakeUpStack(modules, random), random);
    Bodies(ShotKind::kReport)
        .push_back(ReplayBody::Compress(RestOfReport(builds[build_draw.Draw(random)], dump)));
  }
  // No gzip, and a body without a boundary.
  Bodies(ShotKind::kBadReport).push_back(ReplayBody::Plain("\x1f\x8b\x08 this is no gzip file"));
  Bodies(ShotKind::kBadReport).push_back(ReplayBody::Compress("this is no part of a form"));
}

std::uint32_t ReplayPopulation::Draw(ShotKind kind, ReplayRandom& random) const {
  switch (kind) {
    case ShotKind::kCrashPing: return static_cast<std::uint32_t>(stack_draw_.Draw(random));
    case ShotKind::kReport: return static_cast<std::uint32_t>(dump_draw_.Draw(random));
    default: return static_cast<std::uint32_t>(random.Below(bodies_[static_cast<std::size_t>(kind)].size()));
  }
}

const ReplayBody& ReplayPopulation::BodyOf(ShotKind kind, std::uint32_t number) const {
  return bodies_[static_cast<std::size_t>(kind)][number];
}

void ReplayPopulation::AppendBeginning(ShotKind kind, ShotKey key, bool is_kept, std::string& text) const {
  ReplayRandom details = DetailsOf(key);
  const ShotKey client{details.Below(clients_) * 0x9e3779b97f4a7c15, 0x8000000000000000};
  switch (kind) {
    case ShotKind::kCrashPing:
      text += R"({"type":"crash","id":")" + key.Uuid() + R"(","clientId":")" + client.Uuid() +
              R"(","payload":{"minidumpSha256Hash":")";
      for (int i = 0; i < 4; ++i) text += base::ToHex(details.Next(), 16);
      text += "\",";
      break;
    case ShotKind::kMainPing:
      text += R"({"type":"main","id":")" + key.Uuid() + R"(","clientId":")" + client.Uuid() + "\",";
      break;
    case ShotKind::kReport:
      AppendPart("CrashEventID", key.Uuid(), text);
      AppendPart("ReleaseChannel", is_kept ? "beta" : "release", text);
      break;
    default: break;
  }
}

void ReplayPopulation::AppendTarget(ShotKind kind, ShotKey key, std::uint32_t number,
                                    std::string& text) const {
  if (kind == ShotKind::kReport || kind == ShotKind::kBadReport) {
    text += "/submit";
    return;
  }
  text += "/submit/telemetry/";
  text += key.Uuid();
  text += target_ends_[static_cast<std::size_t>(kind)][number];
}

std::size_t ReplayPopulation::bytes() const {
  std::size_t sum = 0;
  for (const std::vector<ReplayBody>& bodies : bodies_) {
    for (const ReplayBody& body : bodies) sum += body.rest().size();
  }
  return sum;
}

}  // namespace cairn::apps
