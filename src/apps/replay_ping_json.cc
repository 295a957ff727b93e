#include "apps/replay_ping_json.h"

#include <algorithm>

#include "base/hex.h"
#include "base/json_writer.h"
#include "os/clock.h"

namespace cairn::apps {
namespace {

using base::JsonWriter;

constexpr std::size_t kModulesListed = 6;  // At least, if there are so many.
constexpr int kPreferences = 110;

void WriteApplication(const ReplayBuild& build, JsonWriter& json) {
  json.Key("application");
  json.BeginObject();
  json.TextField("architecture", "x86-64");
  json.TextField("buildId", build.build_id);
  json.TextField("channel", build.channel);
  json.TextField("displayVersion", build.version);
  json.TextField("name", kReplayProduct);
  json.TextField("platformVersion", build.version);
  json.TextField("vendor", "Fennel Project");
  json.TextField("version", build.version);
  json.TextField("xpcomAbi", "x86_64-gcc3");
  json.EndObject();
}

void WriteSettings(ReplayRandom& random, JsonWriter& json) {
  json.Key("settings");
  json.BeginObject();
  json.TextField("locale", random.Chance(0.5) ? "en-US" : "de");
  json.Key("telemetryEnabled");
  json.Bool(true);
  json.Key("isDefaultBrowser");
  json.Bool(random.Chance(0.5));
  json.Key("userPrefs");
  json.BeginObject();
  for (int i = 0; i < kPreferences; ++i) {
    json.Key("fennel.preference." + std::to_string(100 + i) + ".enabled");
    json.Bool(random.Chance(0.02));
  }
  json.EndObject();
  json.EndObject();
}

void WriteEnvironment(const ReplayBuild& build, ReplayRandom& random, JsonWriter& json) {
  json.Key("environment");
  json.BeginObject();
  json.Key("build");
  json.BeginObject();
  json.TextField("applicationId", "fennel@example.org");
  json.TextField("applicationName", kReplayProduct);
  json.TextField("architecture", "x86-64");
  json.TextField("buildId", build.build_id);
  json.TextField("displayVersion", build.version);
  json.TextField("platformVersion", build.version);
  json.TextField("vendor", "Fennel Project");
  json.TextField("version", build.version);
  json.TextField("xpcomAbi", "x86_64-gcc3");
  json.EndObject();
  json.Key("partner");
  json.BeginObject();
  json.EndObject();
  WriteSettings(random, json);
  json.Key("system");
  json.BeginObject();
  json.NumberField("memoryMB", 2048 << random.Below(5));
  json.Key("os");
  json.BeginObject();
  json.TextField("name", "Linux");
  json.TextField("version", "6." + std::to_string(random.Below(12)) + ".0");
  json.TextField("locale", "en-US");
  json.EndObject();
  json.EndObject();
  json.EndObject();
}

void WriteMetadata(const ReplayBuild& build, ReplayRandom& random, JsonWriter& json) {
  json.Key("metadata");
  json.BeginObject();
  json.TextField("ProductName", kReplayProduct);
  json.TextField("Version", build.version);
  json.TextField("BuildID", build.build_id);
  json.TextField("ReleaseChannel", build.channel);
  json.TextField("UptimeTS", std::to_string(random.Below(100'000)) + ".25");
  json.TextField("StartupCrash", random.Chance(0.05) ? "1" : "0");
  json.TextField("AvailablePhysicalMemory", std::to_string(random.Next() % 8'000'000'000));
  json.TextField("TotalPhysicalMemory", "17179869184");
  json.TextField("EventLoopNestingLevel", "1");
  json.EndObject();
}

void WriteModule(const ReplayModule& module, std::uint64_t base, JsonWriter& json) {
  json.BeginObject();
  json.TextField("base_addr", "0x" + base::ToHex(base));
  json.TextField("end_addr", "0x" + base::ToHex(base + module.bytes));
  json.TextField("debug_file", module.file);
  json.TextField("debug_id", module.debug_id);
  json.TextField("filename", module.file);
  json.TextField("version", "130.0.0");
  json.EndObject();
}

// The modules that are on the stack, in its order, then others until there are kModulesListed.
std::vector<std::uint32_t> ListedModules(const std::vector<ReplayModule>& modules,
                                         const std::vector<ReplayFrame>& stack) {
  std::vector<std::uint32_t> listed;
  const auto list = [&listed](std::uint32_t module) {
    if (std::ranges::find(listed, module) == listed.end()) listed.push_back(module);
  };
  for (const ReplayFrame& frame : stack) list(frame.module);
  for (std::uint32_t i = 0; i < modules.size() && listed.size() < kModulesListed; ++i) list(i);
  return listed;
}

void WriteStack(const std::vector<ReplayModule>& modules, const std::vector<ReplayFrame>& stack,
                ReplayRandom& random, JsonWriter& json) {
  const std::vector<std::uint64_t> bases = PlaceModules(modules, random);
  const std::vector<std::uint32_t> listed = ListedModules(modules, stack);
  json.Key("stackTraces");
  json.BeginObject();
  json.TextField("status", "OK");
  json.Key("crash_info");
  json.BeginObject();
  json.TextField("type", "SIGSEGV / SEGV_MAPERR");
  json.TextField("address", "0x10");
  json.NumberField("crashing_thread", 0);
  json.EndObject();
  json.NumberField("main_module", 0);
  json.Key("modules");
  json.BeginArray();
  for (const std::uint32_t module : listed) WriteModule(modules[module], bases[module], json);
  json.EndArray();
  json.Key("threads");
  json.BeginArray();
  json.BeginObject();
  json.Key("frames");
  json.BeginArray();
  for (std::size_t i = 0; i < stack.size(); ++i) {
    json.BeginObject();
    json.TextField("ip", "0x" + base::ToHex(bases[stack[i].module] + stack[i].offset));
    json.NumberField("module_index", std::ranges::find(listed, stack[i].module) - listed.begin());
    json.TextField("trust", i == 0 ? "context" : "cfi");
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  json.EndArray();
  json.EndObject();
}

// The members that `json` holds, without the bracket in front of them.
std::string WithoutBracket(JsonWriter& json) { return json.Take().substr(1); }

}  // namespace

std::string RestOfCrashPing(const ReplayBuild& build, const std::vector<ReplayModule>& modules,
                            const std::vector<ReplayFrame>& stack, std::int64_t now_ms,
                            ReplayRandom& random) {
  const std::string now = os::FormatIso(now_ms);
  JsonWriter payload;
  payload.BeginObject();
  payload.TextField("crashDate", now.substr(0, 10));
  payload.TextField("processType", random.Chance(0.3) ? "main" : "content");
  payload.Key("version");
  payload.Number(1);
  payload.Key("hasCrashEnvironment");
  payload.Bool(true);
  WriteMetadata(build, random, payload);
  WriteStack(modules, stack, random, payload);
  payload.EndObject();
  JsonWriter json;
  json.BeginObject();
  json.TextField("creationDate", now);
  json.NumberField("version", 4);
  WriteApplication(build, json);
  WriteEnvironment(build, random, json);
  json.EndObject();
  return WithoutBracket(payload) + "," + WithoutBracket(json);
}

std::string RestOfMainPing(const ReplayBuild& build, ReplayRandom& random) {
  JsonWriter json;
  json.BeginObject();
  json.TextField("creationDate", "2026-01-01T00:00:00.000Z");
  json.NumberField("version", 4);
  WriteApplication(build, json);
  WriteEnvironment(build, random, json);
  json.Key("payload");
  json.BeginObject();
  json.Key("info");
  json.BeginObject();
  json.NumberField("subsessionLength", 60 + random.Below(6 * 3600));
  json.EndObject();
  json.Key("histograms");
  json.BeginObject();
  for (int i = 0; i < 60; ++i) {
    json.Key("FENNEL_MEASURE_" + std::to_string(i));
    json.BeginArray();
    for (int bucket = 0; bucket < 10; ++bucket) json.Number(random.Below(50));
    json.EndArray();
  }
  json.EndObject();
  json.EndObject();
  json.EndObject();
  return WithoutBracket(json);
}

}  // namespace cairn::apps
