#include "handler/ping.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <string_view>

#include "base/hex.h"
#include "base/json_writer.h"
#include "model/frame.h"
#include "net/http_client.h"
#include "os/clock.h"
#include "wire/annotation_registry.h"
#include "wire/ping_fields.h"

namespace cairn::handler {
namespace {

constexpr std::int64_t kMsPerHour = 3'600'000;

// What the schema calls this CPU and its C++ ABI.
constexpr std::string_view kArchitecture = "x86-64";
constexpr std::string_view kAbi = "x86_64-gcc3";

using base::JsonWriter;

void Field(JsonWriter& json, std::string_view key, std::string_view value) {
  json.Key(key);
  json.String(value);
}

std::string Hex(std::uint64_t value) { return "0x" + base::ToHex(value); }

void WriteApplication(JsonWriter& json, const Settings& settings) {
  json.Key(wire::kPingApplication);
  json.BeginObject();
  Field(json, "architecture", kArchitecture);
  Field(json, "buildId", settings.build_id);
  Field(json, "channel", settings.channel);
  Field(json, "name", settings.product);
  Field(json, "platformVersion", settings.version);
  Field(json, "vendor", "");
  Field(json, "version", settings.version);
  Field(json, "xpcomAbi", kAbi);
  json.EndObject();
}

void WriteEnvironment(JsonWriter& json, const model::CrashReport& report, const Settings& settings) {
  json.Key(wire::kPingEnvironment);
  json.BeginObject();
  json.Key("build");
  json.BeginObject();
  Field(json, "applicationId", settings.product);
  Field(json, "applicationName", settings.product);
  Field(json, "architecture", kArchitecture);
  Field(json, "buildId", settings.build_id);
  Field(json, "platformVersion", settings.version);
  Field(json, "vendor", "");
  Field(json, "version", settings.version);
  Field(json, "xpcomAbi", kAbi);
  json.EndObject();
  for (const std::string_view section : {"partner", "settings"}) {
    json.Key(section);
    json.BeginObject();
    json.EndObject();
  }
  json.Key("system");
  json.BeginObject();
  json.Key("os");
  json.BeginObject();
  Field(json, "name", model::OsName(report.system.os));
  // The number alone: the rest of uname's text can name the machine's builder.
  Field(json, "version",
        std::string_view(report.system.os_version).substr(0, report.system.os_version.find(' ')));
  json.EndObject();
  json.EndObject();
  json.EndObject();
}

void WriteMetadata(JsonWriter& json, const model::CrashReport& report) {
  json.Key(wire::kPingMetadata);
  json.BeginObject();
  for (const auto& [name, value] : report.annotations) {
    if (wire::MayGoIntoPing(name) && !wire::IsWithheld(name, value)) Field(json, name, value);
  }
  json.EndObject();
}

void WriteModule(JsonWriter& json, const model::Module& module) {
  json.BeginObject();
  Field(json, "base_addr", Hex(module.base.value));
  Field(json, "end_addr", Hex(module.base.value + module.size));
  Field(json, "code_id", module.code_id);
  Field(json, "debug_file", model::BaseName(module.debug_file));
  Field(json, "debug_id", module.debug_id.text);
  Field(json, "filename", model::BaseName(module.code_file));
  Field(json, "version", module.version);
  json.EndObject();
}

// The modules of the frames and the main one, by address; each with its index in the report's list as key.
std::map<std::uint32_t, std::size_t> ChooseModules(const model::CrashReport& report,
                                                   const model::Thread* thread) {
  std::set<std::uint32_t> used;
  if (!report.modules.empty()) used.insert(0);
  if (thread != nullptr) {
    for (const model::Frame& frame : thread->frames) {
      if (frame.module) used.insert(*frame.module);
    }
  }
  std::vector<std::uint32_t> ordered(used.begin(), used.end());
  std::ranges::sort(ordered, {}, [&](std::uint32_t index) { return report.modules[index].base; });
  std::map<std::uint32_t, std::size_t> places;
  for (std::size_t i = 0; i < ordered.size(); ++i) places[ordered[i]] = i;
  return places;
}

void WriteFrame(JsonWriter& json, const model::Frame& frame,
                const std::map<std::uint32_t, std::size_t>& places) {
  json.BeginObject();
  Field(json, wire::kPingInstruction, Hex(frame.instruction.value));
  if (frame.module) {
    json.NumberField(wire::kPingModuleIndex, places.at(*frame.module));
  }
  Field(json, wire::kPingTrust, model::TrustName(frame.trust));
  json.EndObject();
}

void WriteStackTraces(JsonWriter& json, const model::CrashReport& report) {
  const model::Thread* const thread = report.crash.thread && *report.crash.thread < report.threads.size()
                                          ? &report.threads[*report.crash.thread]
                                          : nullptr;
  const std::map<std::uint32_t, std::size_t> places = ChooseModules(report, thread);
  json.Key(wire::kPingStackTraces);
  json.BeginObject();
  Field(json, "status", thread != nullptr ? wire::kPingStatusOk : "the crashing thread is not known");
  json.Key(wire::kPingCrashInfo);
  json.BeginObject();
  Field(json, "type", report.crash.reason);
  if (report.crash.address) Field(json, "address", Hex(report.crash.address->value));
  json.NumberField("crashing_thread", 0);  // The only one that is here.
  json.EndObject();
  if (const auto main = places.find(0); main != places.end()) {
    json.NumberField(wire::kPingMainModule, main->second);
  }
  json.Key(wire::kPingModules);
  json.BeginArray();
  std::vector<std::uint32_t> in_place_order(places.size());
  for (const auto& [index, place] : places) in_place_order[place] = index;
  for (const std::uint32_t index : in_place_order) WriteModule(json, report.modules[index]);
  json.EndArray();
  json.Key(wire::kPingThreads);
  json.BeginArray();
  if (thread != nullptr) {
    json.BeginObject();
    json.Key(wire::kPingFrames);
    json.BeginArray();
    for (std::size_t i = 0; i < std::min(thread->frames.size(), kMaxPingFrames); ++i) {
      WriteFrame(json, thread->frames[i], places);
    }
    json.EndArray();
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
}

// When it crashed: the annotation counts, as a note is made into a dump only later.
std::int64_t CrashTimeMs(const model::CrashReport& report) {
  std::int64_t seconds = report.crash_time_s.value_or(0);
  if (const auto found = report.annotations.find("CrashTime"); found != report.annotations.end()) {
    std::from_chars(found->second.data(), found->second.data() + found->second.size(), seconds);
  }
  return seconds * 1000;
}

}  // namespace

std::string BuildPing(const model::CrashReport& report, const Settings& settings, const PingFacts& facts) {
  // Times are cut to the hour, which is enough to count by and tells less.
  const std::int64_t crash_hour_ms = CrashTimeMs(report) / kMsPerHour * kMsPerHour;
  const std::int64_t now_hour_ms = os::UnixMillis() / kMsPerHour * kMsPerHour;
  JsonWriter json;
  json.BeginObject();
  Field(json, "type", wire::kPingType);
  Field(json, "id", facts.document_id);
  Field(json, "creationDate", os::FormatIso(now_hour_ms));
  json.NumberField("version", wire::kPingVersion);
  if (!facts.client_id.empty()) Field(json, "clientId", facts.client_id);
  WriteApplication(json, settings);
  WriteEnvironment(json, report, settings);
  json.Key(wire::kPingPayload);
  json.BeginObject();
  const std::string crash_time = os::FormatIso(crash_hour_ms);
  Field(json, "crashDate", std::string_view(crash_time).substr(0, 10));
  Field(json, "crashTime", crash_time);
  json.NumberField("version", wire::kPingPayloadVersion);
  Field(json, wire::kPingCrashId, facts.crash_id);
  Field(json, wire::kPingMinidumpHash, facts.minidump_hash);
  json.Key("hasCrashEnvironment");
  json.Bool(true);
  Field(json, "processType", "main");
  WriteMetadata(json, report);
  WriteStackTraces(json, report);
  json.EndObject();
  json.EndObject();
  return json.Take();
}

std::string PingUrlPath(const Settings& settings, const std::string& document_id) {
  // An empty part would move the others.
  const auto part = [](const std::string& text) {
    return "/" + net::EscapeUrlPart(text.empty() ? "unknown" : text);
  };
  return "/submit/telemetry/" + document_id + "/" + std::string(wire::kPingType) + part(settings.product) +
         part(settings.version) + part(settings.channel) + part(settings.build_id) +
         "?v=" + std::to_string(wire::kPingVersion);
}

}  // namespace cairn::handler
