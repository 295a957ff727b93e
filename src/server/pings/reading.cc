#include "server/pings/reading.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <span>
#include <string_view>
#include <utility>
#include <variant>

#include "base/byte_reader.h"
#include "formats/ping/normalize.h"
#include "server/http/gzip.h"

namespace cairn::pings {
namespace {

namespace dom = simdjson::dom;
using intake::StoredPing;

constexpr std::string_view kGzipMagic = "\x1f\x8b";
// The hash of no bytes: many crashes without a dump share it.
constexpr std::string_view kHashOfNothing =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

Rejection Rejected(std::string_view fault, std::string_view reason) {
  return {std::string(fault), "", std::string(reason)};
}

// What lies at the end of a path of names; of repeated keys the last.
std::optional<dom::element> At(dom::element from, std::initializer_list<std::string_view> names) {
  std::optional<dom::element> element = from;
  for (const std::string_view name : names) {
    element = ping::MemberOf(*element, name);
    if (!element) break;
  }
  return element;
}

// Empty: there is no text there.
std::string TextAt(dom::element from, std::initializer_list<std::string_view> names) {
  const std::optional<dom::element> element = At(from, names);
  std::string_view text;
  return element && element->get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

std::int64_t NumberAt(dom::element from, std::initializer_list<std::string_view> names) {
  const std::optional<dom::element> element = At(from, names);
  double number = 0;
  if (!element || element->get(number) != simdjson::SUCCESS) return 0;
  constexpr double kMost = 1e15;  // Far beyond what is clamped later; a cast of more is undefined.
  return static_cast<std::int64_t>(std::clamp(number, -kMost, kMost));
}

std::string FirstOf(std::initializer_list<std::string> texts) {
  const auto* const found =
      std::ranges::find_if(texts, [](const std::string& text) { return !text.empty(); });
  return found == texts.end() ? std::string() : *found;
}

std::string CleanHash(std::string text) {
  constexpr std::size_t kHashLength = 64;
  if (text.size() != kHashLength) return {};
  for (char& c : text) {
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return {};
  }
  return text == kHashOfNothing ? std::string() : text;
}

// Pings of the v4 form: crash, main, session.
void ReadV4Program(const StoredPing& ping, dom::element document, Reading& reading) {
  const std::string name = FirstOf({ping.app_name, TextAt(document, {"application", "name"})});
  const std::string channel = FirstOf({ping.app_channel, TextAt(document, {"application", "channel"})});
  const std::string version = FirstOf({TextAt(document, {"environment", "build", "version"}),
                                       TextAt(document, {"application", "version"}), ping.app_version});
  const std::string build = FirstOf({TextAt(document, {"environment", "build", "buildId"}),
                                     TextAt(document, {"application", "buildId"}), ping.app_build_id});
  const std::string shown = FirstOf({TextAt(document, {"application", "displayVersion"}), version});
  const std::string os = ping::NormalizeOs(TextAt(document, {"environment", "system", "os", "name"}));
  reading.dimensions = {
      .channel = channel,
      .version = version,
      .display_version = shown,
      .build_id = build,
      .application = name,
      .os_name = stats::OsNameOf(name, os),
      .os_version = ping::NormalizeOsVersion(TextAt(document, {"environment", "system", "os", "version"})),
      .architecture =
          ping::NormalizeArchitecture(FirstOf({TextAt(document, {"application", "architecture"}),
                                               TextAt(document, {"environment", "build", "architecture"})})),
      .country = ping::NormalizeCountry("")};
  reading.client_id = ping::NormalizeClientId(TextAt(document, {"clientId"}));
}

// Core pings of mobile browsers: the URL says the most.
void ReadCoreProgram(const StoredPing& ping, dom::element document, Reading& reading) {
  const std::string os = ping::NormalizeOs(TextAt(document, {"os"}));
  reading.dimensions = {.channel = ping.app_channel,
                        .version = ping.app_version,
                        .display_version = FirstOf({TextAt(document, {"displayVersion"}), ping.app_version}),
                        .build_id = ping.app_build_id,
                        .application = ping.app_name,
                        .os_name = stats::OsNameOf(ping.app_name, os),
                        .os_version = ping::NormalizeOsVersion(TextAt(document, {"osversion"})),
                        .architecture = ping::NormalizeArchitecture(TextAt(document, {"arch"})),
                        .country = ping::NormalizeCountry("")};
  reading.client_id = ping::NormalizeClientId(TextAt(document, {"clientId"}));
}

// The program that crashed may be another version than the one that sends: `crash.app_*` are its own.
void ReadGleanProgram(const StoredPing& ping, dom::element document, Reading& reading) {
  const auto own = [&](std::string_view metric, std::string_view of_client) {
    return FirstOf(
        {TextAt(document, {"metrics", "string", metric}), TextAt(document, {"client_info", of_client})});
  };
  const std::string name =
      FirstOf({TextAt(document, {"metrics", "string", "crash.product_name"}), ping.name_space});
  const std::string channel = own("crash.app_channel", "app_channel");
  const std::string version = own("crash.app_display_version", "app_display_version");
  const std::string build = own("crash.app_build", "app_build");
  const std::string os = ping::NormalizeOs(TextAt(document, {"client_info", "os"}));
  reading.dimensions = {
      .channel = channel,
      .version = version,
      .display_version = version,
      .build_id = build,
      .application = name,
      .os_name = os,
      .os_version = ping::NormalizeOsVersion(TextAt(document, {"client_info", "os_version"})),
      .architecture = ping::NormalizeArchitecture(TextAt(document, {"client_info", "architecture"})),
      .country = ping::NormalizeCountry("")};
  reading.client_id = ping::NormalizeClientId(TextAt(document, {"client_info", "client_id"}));
}

std::int64_t SecondsOfTimespan(dom::element document, std::string_view metric) {
  static constexpr std::pair<std::string_view, double> kUnits[] = {
      {"nanosecond", 1e-9}, {"microsecond", 1e-6}, {"millisecond", 1e-3}, {"second", 1},
      {"minute", 60},       {"hour", 3600},        {"day", 86'400}};
  const std::string unit = TextAt(document, {"metrics", "timespan", metric, "time_unit"});
  const auto value = static_cast<double>(NumberAt(document, {"metrics", "timespan", metric, "value"}));
  const auto* const found = std::ranges::find(kUnits, unit, [](const auto& row) { return row.first; });
  // Not more than a day is kept anyway.
  return found == std::end(kUnits) ? 0
                                   : static_cast<std::int64_t>(std::clamp(value * found->second, -1e6, 1e6));
}

void ReadV4Crash(dom::element document, Reading& reading) {
  reading.minidump_hash = CleanHash(TextAt(document, {"payload", "minidumpSha256Hash"}));
  reading.measures = stats::MeasuresOf(
      stats::CrashFacts{.process_type = TextAt(document, {"payload", "processType"}),
                        .ipc_channel_error = TextAt(document, {"payload", "metadata", "ipc_channel_error"}),
                        .is_startup = TextAt(document, {"payload", "metadata", "StartupCrash"}) == "1"});
}

void ReadGleanCrash(dom::element document, Reading& reading) {
  const auto text = [&](std::string_view metric) { return TextAt(document, {"metrics", "string", metric}); };
  // The metric was first called by the second name.
  reading.minidump_hash =
      CleanHash(FirstOf({text("crash.minidump_sha256_hash"), text("crash.minidump_sha_256_hash")}));
  const std::optional<dom::element> startup = At(document, {"metrics", "boolean", "crash.startup"});
  bool is_startup = false;
  if (startup && startup->get(is_startup) != simdjson::SUCCESS) is_startup = false;
  reading.measures = stats::MeasuresOf(stats::CrashFacts{.process_type = text("crash.process_type"),
                                                         .ipc_channel_error = text("crash.ipc_channel_error"),
                                                         .is_startup = is_startup});
}

stats::UsageFacts UsageFactsOf(const StoredPing& ping, dom::element document) {
  if (ping.doc_type == "baseline") {
    // One comes when a session begins and one when it ends, or at the next start.
    return {.seconds = SecondsOfTimespan(document, "glean.baseline.duration"),
            .sessions = TextAt(document, {"ping_info", "reason"}) == "active" ? 0 : 1};
  }
  if (ping.doc_type == "core") {
    return {.seconds = NumberAt(document, {"durations"}),
            .sessions = At(document, {"sessions"}) ? NumberAt(document, {"sessions"}) : 1};
  }
  if (ping.doc_type == "session")
    return {.seconds = NumberAt(document, {"payload", "sessionLength"}), .sessions = 1};
  // Processes that send no pings of their own are counted by the main process.
  const auto crashes = [&](std::string_view process) {
    return NumberAt(document, {"payload", "keyedHistograms", "SUBPROCESS_CRASHES_WITH_DUMP", process, "sum"});
  };
  // A long session sends one at midnight and whenever its environment changes: the first stands for it.
  const bool is_first = NumberAt(document, {"payload", "info", "subsessionCounter"}) <= 1;
  return {.seconds = NumberAt(document, {"payload", "info", "subsessionLength"}),
          .sessions = is_first ? 1 : 0,
          .gpu_crashes = crashes("gpu"),
          .plugin_crashes = crashes("plugin"),
          .gmplugin_crashes = crashes("gmplugin")};
}

// The JSON of a ping; `inflated` is where it lies if it came packed.
std::variant<std::string_view, Rejection> Open(const StoredPing& ping, std::string& inflated) {
  if (!ping.body.starts_with(kGzipMagic)) return std::string_view(ping.body);
  const auto json = http::InflateGzip(ping.body, ping::kMaxPingJsonBytes);
  if (!json) {
    const bool too_large = json.error().code == base::Code::kLimitExceeded;
    return Rejected(too_large ? kPayloadTooLarge : NameOf(ping::Fault::kJsonParse),
                    base::Describe(json.error()));
  }
  inflated = base::AsText(std::as_bytes(std::span(*json)));
  return std::string_view(inflated);
}

void CutTexts(stats::Dimensions& of) {
  for (std::string* const text :
       {&of.channel, &of.version, &of.display_version, &of.build_id, &of.application, &of.os_name,
        &of.os_version, &of.architecture, &of.country}) {
    if (text->size() > kMaxDimensionBytes) text->resize(kMaxDimensionBytes);
  }
}

Reading Refuse(Rejection rejection) {
  Reading reading;
  reading.rejection = std::move(rejection);
  return reading;
}

}  // namespace

Reading ReadSubmission(const StoredPing& ping, const ping::SchemaSet& schemas, dom::parser& parser) {
  if (ping.id_is_made_up)
    return Refuse(Rejected(kInvalidUri, "Entry in document_id place is not a valid UUID"));
  if (ping.source_tags.find(kAutomation) != std::string::npos) {
    return Refuse(Rejected(kAutomation, "X-Source-Tags says that a test sent it"));
  }
  std::string inflated;
  const std::variant<std::string_view, Rejection> opened = Open(ping, inflated);
  if (const auto* const rejection = std::get_if<Rejection>(&opened)) return Refuse(*rejection);
  ping::PingName name{ping.name_space, ping.doc_type, std::nullopt};
  if (ping.version >= 0) name.version = static_cast<int>(ping.version);
  dom::element document;
  std::optional<ping::Refusal> refusal =
      ping::ParsePing(std::get<std::string_view>(opened), parser, document);
  if (!refusal) refusal = ping::CheckPing(schemas, name, document);
  if (refusal) return Refuse({std::string(NameOf(refusal->fault)), refusal->pointer, refusal->reason});

  Reading reading;
  const bool is_v4 = ping.name_space == ping::kTelemetry;
  if (!is_v4) {
    ReadGleanProgram(ping, document, reading);
  } else if (ping.doc_type == "core") {
    ReadCoreProgram(ping, document, reading);
  } else {
    ReadV4Program(ping, document, reading);
  }
  CutTexts(reading.dimensions);
  reading.is_crash = ping.doc_type == "crash";
  if (reading.is_crash) {
    is_v4 ? ReadV4Crash(document, reading) : ReadGleanCrash(document, reading);
    return reading;
  }
  static constexpr std::array<std::string_view, 4> kUsageTypes = {"main", "session", "core", "baseline"};
  if (std::ranges::find(kUsageTypes, ping.doc_type) == kUsageTypes.end()) {
    // An operator's schema takes it, but nothing here has a use for it.
    return Refuse(Rejected(NameOf(ping::Fault::kInvalidDocType),
                           "No such docType: " + ping.name_space + "/" + ping.doc_type));
  }
  reading.measures = stats::MeasuresOf(UsageFactsOf(ping, document));
  return reading;
}

}  // namespace cairn::pings
