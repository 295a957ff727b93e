// The rows of the processor's table that read annotations.
#include <algorithm>
#include <array>
#include <optional>

#include "base/hex.h"
#include "base/json_writer.h"
#include "base/parse_json.h"
#include "os/clock.h"
#include "server/intake/stored_report.h"
#include "server/processor/transforms.h"
#include "wire/annotation_registry.h"

namespace cairn::processor {
namespace {

using base::Code;
using base::Error;
using base::Status;
using registry::JsonText;
using registry::Value;

const std::string* FindAnnotation(const TransformInput& input, const std::string& name) {
  const auto found = input.arrival.annotations.find(name);
  return found == input.arrival.annotations.end() ? nullptr : &found->second;
}

template <typename Texts>
Value ListOf(const Texts& texts) {
  base::JsonWriter json;
  json.BeginArray();
  for (const auto& text : texts) json.String(text);
  json.EndArray();
  return JsonText{json.Take()};
}

std::vector<std::string> SplitAtCommas(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    if (end > 0) parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

std::string_view TypeName(wire::AnnotationType type) {
  switch (type) {
    case wire::AnnotationType::kString: return "text";
    case wire::AnnotationType::kBoolean: return "boolean";
    case wire::AnnotationType::kU32: return "number of 32 bits";
    case wire::AnnotationType::kU64: return "number of 64 bits";
    case wire::AnnotationType::kF64: return "number";
    case wire::AnnotationType::kObject: return "JSON";
  }
  return "value";
}

// What everybody may see under the field's name, and the whole beside it where that is more.
void CopyAnnotation(const registry::Row& row, const std::string& text, const TransformInput& input,
                    Record& record) {
  const base::Result<Value> value = registry::ReadValue(row.type, text);
  if (!value) {
    record.notes.push_back(row.name + " is no " + std::string(TypeName(row.type)) + ": left out");
    return;
  }
  const std::optional<std::string> shown = input.registry.PublicValue(row.name, text);
  if (!row.is_public() || shown == text) {
    record.Set(row.field, *value);
    return;
  }
  record.Set(row.field + "_raw", *value);
  if (!shown) return;
  // What stands for a withheld value is a text, whatever the type.
  const base::Result<Value> form = registry::ReadValue(row.type, *shown);
  record.Set(row.field, form ? *form : Value(*shown));
}

Status CopyAnnotations(const TransformInput& input, Record& record) {
  for (const auto& [name, text] : input.arrival.annotations) {
    const registry::Row* const row = input.registry.FindAnnotation(name);
    if (row != nullptr && !row->field.empty() && !text.empty()) CopyAnnotation(*row, text, input, record);
  }
  return {};
}

// Names that no row knows are left out: a client may send any text as a name, and this list is public.
Status SayWhatCame(const TransformInput& input, Record& record) {
  std::vector<std::string> keys;
  for (const auto& [name, text] : input.arrival.annotations) {
    if (input.registry.FindAnnotation(name) != nullptr) keys.push_back(name);
  }
  for (const std::string& name : input.arrival.dump_names) {
    if (name.starts_with(intake::kMinidumpName)) keys.push_back(name);
  }
  std::ranges::sort(keys);
  record.Set("crash_report_keys", ListOf(keys));
  return {};
}

Status Identify(const TransformInput& input, Record& record) {
  const Arrival& arrival = input.arrival;
  record.SetText("uuid", arrival.uuid);
  record.SetText("crash_id", arrival.uuid);
  record.SetText("product", arrival.product);
  record.SetText("version", arrival.version);
  record.SetText("build", arrival.build_id);
  record.SetText("release_channel", arrival.release_channel);
  record.SetText("process_type", arrival.process_type);
  record.SetText("minidump_sha256_hash", arrival.minidump_sha256_hash);
  if (!arrival.metadata.empty()) record.Set("collector_metadata", JsonText{arrival.metadata});
  return {};
}

Status NumberTheVersion(const TransformInput&, Record& record) {
  const std::string version = record.Text("version");
  const base::Result<Value> major =
      registry::ReadValue(wire::AnnotationType::kU32, std::string_view(version).substr(0, version.find('.')));
  record.Set("major_version", major ? *major : Value(std::uint64_t{0}));
  return {};
}

Status Date(const TransformInput& input, Record& record) {
  const std::string submitted = os::FormatIso(input.arrival.submitted_ms);
  record.SetText("submitted_timestamp", submitted);
  record.SetText("date_processed", submitted);
  const std::optional<std::uint64_t> said = record.Number("crash_time");
  const std::uint64_t crash_s = said.value_or(static_cast<std::uint64_t>(input.arrival.submitted_ms / 1000));
  constexpr std::uint64_t kLastSecond = 253'402'300'799;  // Of the year 9999.
  if (crash_s > kLastSecond) return Error{Code::kOverflow, 0, "time of the crash"};
  if (said) record.SetText("client_crash_date", os::FormatIso(static_cast<std::int64_t>(crash_s) * 1000));
  // Clocks are set, so a difference may be negative: then nothing had passed.
  const auto since = [&](const char* earlier, const char* field) {
    if (const auto start = record.Number(earlier)) record.Set(field, crash_s - std::min(crash_s, *start));
  };
  since("install_time", "install_age");
  since("startup_time", "uptime");
  const auto uptime = record.fields.find("uptime_ts");
  const auto* const uptime_s = uptime == record.fields.end() ? nullptr : std::get_if<double>(&uptime->second);
  if (uptime_s != nullptr && *uptime_s >= 0 && *uptime_s < kLastSecond && !record.Number("uptime"))
    record.Set("uptime", static_cast<std::uint64_t>(*uptime_s));
  if (const auto last = record.Number("seconds_since_last_crash")) record.Set("last_crash", *last);
  return {};
}

Status SayWhoSubmitted(const TransformInput& input, Record& record) {
  if (input.arrival.kind == search::CrashKind::kPing) return {};
  if (FindAnnotation(input, "SubmittedFromInfobar") != nullptr) {
    record.SetText("submitted_from", "Infobar");
  } else if (record.Text("submitted_from").empty()) {
    record.SetText("submitted_from", "Unknown");
  }
  return {};
}

Status SayWhetherAccessible(const TransformInput& input, Record& record) {
  const std::string* const text = FindAnnotation(input, "Accessibility");
  record.Set("accessibility", text != nullptr && *text == "Active");
  return {};
}

// Other processes may carry the names of a plug-in that did not crash.
Status KeepPluginsOfPlugins(const TransformInput&, Record& record) {
  if (record.Text("process_type") == "plugin") return {};
  for (const char* const field : {"plugin_filename", "plugin_name", "plugin_version"})
    record.fields.erase(field);
  return {};
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// What is no escape stays as it is.
std::string WithoutEscapes(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape =
        text[i] == '%' && i + 2 < text.size() && HexDigit(text[i + 1]) >= 0 && HexDigit(text[i + 2]) >= 0;
    result += escape ? static_cast<char>(HexDigit(text[i + 1]) * 16 + HexDigit(text[i + 2])) : text[i];
    if (escape) i += 2;
  }
  return result;
}

Status ListAddons(const TransformInput& input, Record& record) {
  const std::string* const text = FindAnnotation(input, "Addons");
  if (text == nullptr) return {};
  std::vector<std::string> addons;
  for (const std::string& addon : SplitAtCommas(*text)) {
    addons.push_back(WithoutEscapes(addon) + (addon.find(':') == std::string::npos ? ":NO_VERSION" : ""));
  }
  record.Set("addons", ListOf(addons));
  if (const auto checked = record.fields.find("em_check_compatibility"); checked != record.fields.end())
    record.Set("addons_checked", Value(checked->second));
  return {};
}

Status ListActors(const TransformInput& input, Record& record) {
  const std::string* const text = FindAnnotation(input, "UtilityActorsName");
  if (text != nullptr) record.Set("utility_actors_name", ListOf(SplitAtCommas(*text)));
  return {};
}

// Sentry's clients put the list into an object.
Status UnwrapBreadcrumbs(const TransformInput& input, Record& record) {
  const std::string* const text = FindAnnotation(input, "Breadcrumbs");
  if (text == nullptr) return {};
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (base::ParseJson(parser, *text).get(root) != simdjson::SUCCESS)
    return Error{Code::kBadValue, 0, "breadcrumbs"};
  simdjson::dom::element list;
  if (root["values"].get(list) != simdjson::SUCCESS) list = root;
  if (!list.is_array()) return Error{Code::kBadValue, 0, "breadcrumbs"};
  record.Set("breadcrumbs", JsonText{simdjson::minify(list)});
  return {};
}

Status WriteAddressesInHex(const TransformInput& input, Record& record) {
  const std::string* const text = FindAnnotation(input, "PHCBaseAddress");
  if (text == nullptr) return {};
  const base::Result<Value> number = registry::ReadValue(wire::AnnotationType::kU64, *text);
  if (number) record.SetText("phc_base_address", base::ToAddress(std::get<std::uint64_t>(*number)));
  return {};
}

Status TellHangsFromCrashes(const TransformInput& input, Record& record) {
  bool hang = false;
  for (const char* const name : {"ipc_channel_error", "AsyncShutdownTimeout", "Hang"})
    hang = hang || FindAnnotation(input, name) != nullptr;
  record.SetText("report_type", hang ? "hang" : "crash");
  return {};
}

constexpr std::array<Transform, 13> kTransforms = {{
    {"copy_annotations", "annotations by their types, public ones in their public form", CopyAnnotations},
    {"crash_report_keys", "the names of the annotations and dumps that came, as far as they are known",
     SayWhatCame},
    {"identify", "id, product, version, build, channel, process and the dump's hash", Identify},
    {"major_version", "the number before the first dot", NumberTheVersion},
    {"dates", "when it was sent and crashed, and how long after installing and starting", Date},
    {"submitted_from", "Unknown where no annotation says it", SayWhoSubmitted},
    {"accessibility", "whether the annotation says Active", SayWhetherAccessible},
    {"plugin", "names of plug-ins only where a plug-in crashed", KeepPluginsOfPlugins},
    {"addons", "the list of extensions", ListAddons},
    {"utility_actors", "the list of what a helper process did", ListActors},
    {"breadcrumbs", "the list without its wrapper", UnwrapBreadcrumbs},
    {"phc", "the base address in hex", WriteAddressesInHex},
    {"report_type", "hang where an annotation says that the process was ended", TellHangsFromCrashes},
}};

}  // namespace

std::span<const Transform> AnnotationTransforms() { return kTransforms; }

}  // namespace cairn::processor
