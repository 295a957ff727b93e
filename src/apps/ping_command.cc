#include "apps/ping_command.h"

#include <simdjson.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "apps/parse_arguments.h"
#include "apps/schema_folder.h"
#include "base/json_writer.h"
#include "formats/ping/check_ping.h"
#include "formats/ping/normalize.h"
#include "os/file.h"
#include "server/pings/reading.h"

namespace cairn::apps {
namespace {

constexpr std::string_view kPrefix = "cairn ping check: ";

struct CheckOptions {
  std::string schemas;
  std::string name;
  bool counted = false;
  std::vector<std::string> files;
};

// "firefox-desktop/crash/1", or "telemetry/crash", whose version stands in the ping.
std::optional<ping::PingName> ReadName(std::string_view text) {
  const std::size_t type = text.find('/');
  if (type == 0 || type == std::string_view::npos) return std::nullopt;
  ping::PingName name{std::string(text.substr(0, type)), std::string(text.substr(type + 1)), std::nullopt};
  const std::size_t version = name.type.find('/');
  if (version == std::string::npos) return name;
  const std::string digits = name.type.substr(version + 1);
  name.type.resize(version);
  int number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  name.version = number;
  return name;
}

std::string Describe(const ping::Refusal& refusal) {
  const std::string place = refusal.pointer.empty() ? "the ping" : refusal.pointer;
  return place + ": " + refusal.reason + " (" + std::string(ping::NameOf(refusal.fault)) + ")";
}

// What a valid ping is counted under, and what Mozilla's decoder would make of channel and client.
std::string CountedAs(const ping::PingName& name, std::string json, const ping::SchemaSet& schemas) {
  simdjson::dom::parser parser;
  const pings::Reading reading = pings::ReadSubmission({.name_space = name.name_space,
                                                        .doc_type = name.type,
                                                        .version = name.version.value_or(-1),
                                                        .body = std::move(json)},
                                                       schemas, parser);
  const stats::Dimensions& of = reading.dimensions;
  base::JsonWriter writer;
  writer.BeginObject();
  writer.TextField("application", of.application);
  writer.TextField("version", of.version);
  writer.TextField("build_id", of.build_id);
  writer.TextField("channel", of.channel);
  writer.TextField("normalized_channel", ping::NormalizeChannel(of.channel));
  writer.TextField("os_name", of.os_name);
  writer.TextField("os_version", of.os_version);
  writer.TextField("architecture", of.architecture);
  if (!reading.client_id.empty()) {
    writer.Key("sample_id");
    writer.Number(static_cast<std::uint64_t>(ping::SampleId(reading.client_id)));
  }
  writer.EndObject();
  return writer.Take();
}

}  // namespace

int RunPingCheck(const Arguments& arguments) { return CheckPings(arguments, std::cout, std::cerr); }

int CheckPings(const Arguments& arguments, std::ostream& output, std::ostream& errors) {
  CheckOptions options;
  CLI::App app("Checks crash pings of both forms by their schemas; exit code 1 if one is bad",
               "cairn ping check");
  app.add_option("--schemas", options.schemas, "a folder of JSON schemas that go before Cairn's own");
  app.add_option("--as", options.name, "what the URL would say: NAMESPACE/TYPE or NAMESPACE/TYPE/VERSION");
  app.add_flag("--counted", options.counted, "say as JSON what a valid ping is counted under");
  app.add_option("file", options.files, "pings as JSON")->required();
  if (const auto exit_code = ParseArguments(app, arguments, kPrefix, output, errors)) return *exit_code;
  const std::optional<ping::PingName> given = ReadName(options.name);
  if (!options.name.empty() && !given) {
    errors << kPrefix << "--as " << options.name << ": give NAMESPACE/TYPE/VERSION, such as my-app/crash/1\n";
    return kExitUsage;
  }
  ping::SchemaSet schemas = ping::SchemaSet::BuiltIn();
  if (!options.schemas.empty()) {
    if (const std::string fault = AddSchemasOf(options.schemas, schemas); !fault.empty()) {
      errors << kPrefix << fault << "\n";
      return kExitUsage;
    }
  }
  int exit_code = kExitOk;
  simdjson::dom::parser parser;
  for (const std::string& file : options.files) {
    const base::Result<std::string> json = os::ReadFile(file, ping::kMaxPingJsonBytes);
    if (!json) {
      errors << kPrefix << file << ": " << base::Describe(json.error()) << "\n";
      exit_code = std::max<int>(exit_code, ExitCodeOf(json.error()));
      continue;
    }
    simdjson::dom::element document;
    std::optional<ping::Refusal> refusal = ping::ParsePing(*json, parser, document);
    const ping::PingName name =
        given || refusal ? given.value_or(ping::PingName{}) : ping::NameByContent(document);
    if (!refusal) refusal = ping::CheckPing(schemas, name, document);
    if (refusal) {
      errors << kPrefix << file << ": " << Describe(*refusal) << "\n";
      exit_code = std::max<int>(exit_code, kExitProblem);
    } else {
      output << file << ": ok" << (options.counted ? " " + CountedAs(name, *json, schemas) : "") << "\n";
    }
  }
  return exit_code;
}

}  // namespace cairn::apps
