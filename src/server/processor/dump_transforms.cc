// The rows of the processor's table that read what the worker found in the dump or ping.
#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "base/json_writer.h"
#include "base/version.h"
#include "server/processor/dump_view.h"
#include "server/processor/transforms.h"

namespace cairn::processor {
namespace {

namespace dom = simdjson::dom;
using base::Status;
using registry::JsonText;
using registry::Value;

constexpr std::size_t kMaxSoftErrorBytes = 4096;

void SetNumber(std::string_view field, std::optional<std::uint64_t> number, Record& record) {
  if (number) record.Set(field, *number);
}

void SetJson(std::string_view field, std::string json, Record& record) {
  if (!json.empty()) record.Set(field, JsonText{std::move(json)});
}

Status SayHowTheWalkEnded(const TransformInput& input, Record& record) {
  const std::string status = input.dump.Text("/status");
  record.SetText("mdsw_status_string", status);
  record.SetText("stackwalk_version", base::kVersionText);
  record.Set("mdsw_return_code", std::uint64_t{status == "OK" ? 0u : 1u});
  record.Set("success", true);
  std::string complaints;
  for (const dom::element diagnostic : input.dump.Array("/diagnostics"))
    complaints +=
        (complaints.empty() ? "" : "\n") + TextAt(diagnostic, "what") + ": " + TextAt(diagnostic, "problem");
  record.SetText("mdsw_stderr", complaints);
  return {};
}

Status SayWhatCrashed(const TransformInput& input, Record& record) {
  record.SetText("reason", input.outcome.reason);
  // What the exception says is not always what the instruction could not use.
  const std::string kind = input.dump.Text("/crash_info/adjusted_address/kind");
  std::string address = input.outcome.address;
  if (kind == "null-pointer") address = input.dump.Text("/crash_info/adjusted_address/offset");
  if (kind == "non-canonical") address = input.dump.Text("/crash_info/adjusted_address/address");
  record.SetText("address", address);
  if (input.outcome.crashing_thread)
    record.Set("crashing_thread", std::uint64_t{*input.outcome.crashing_thread});
  record.SetText("crashing_thread_name", input.dump.Text("/crashing_thread/thread_name"));
  record.SetText("last_error_value", input.dump.Text("/crashing_thread/last_error_value"));
  SetNumber("thread_count", input.dump.Number("/thread_count"), record);
  return {};
}

Status RateBitFlips(const TransformInput& input, Record& record) {
  double most = 0;
  const std::vector<dom::element> flips = input.dump.Array("/crash_info/possible_bit_flips");
  for (const dom::element flip : flips) {
    double confidence = 0;
    if (flip["confidence"].get(confidence) == simdjson::SUCCESS) most = std::max(most, confidence);
  }
  if (!flips.empty())
    record.Set("possible_bit_flips_max_confidence", static_cast<std::uint64_t>(std::min(most, 1.0) * 100));
  return {};
}

Status CopyInconsistencies(const TransformInput& input, Record& record) {
  SetJson("crash_inconsistencies", input.dump.Json("/crash_info/crash_inconsistencies"), record);
  return {};
}

Status LookForGuardPages(const TransformInput& input, Record& record) {
  const std::vector<dom::element> accesses = input.dump.Array("/crash_info/memory_accesses");
  bool guard = false;
  for (const dom::element access : accesses) guard = guard || TrueAt(access, "is_likely_guard_page");
  if (!accesses.empty()) record.Set("has_guard_page_access", guard);
  return {};
}

Status CopyMacFacts(const TransformInput& input, Record& record) {
  record.SetText("mac_boot_args", input.dump.Text("/mac_boot_args"));
  if (!input.dump.Text("/mac_boot_args").empty()) record.Set("has_mac_boot_args", true);
  record.SetText("mac_crash_info", input.dump.Json("/mac_crash_info/records"));
  return {};
}

// How clients and Android call what dumps call by other names.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kArchitectures = {
    {{"armeabi-v7a", "arm"},
     {"arm64-v8a", "arm64"},
     {"aarch64", "arm64"},
     {"x86_64", "amd64"},
     {"x86-64", "amd64"},
     {"i686", "x86"}}};

std::string ArchitectureOf(const std::string& name) {
  const auto* const row =
      std::ranges::find(kArchitectures, name, [](const auto& pair) { return pair.first; });
  return row == kArchitectures.end() ? name : std::string(row->second);
}

// The first text that is not empty.
std::string FirstOf(std::initializer_list<std::string> texts) {
  for (const std::string& text : texts) {
    if (!text.empty()) return text;
  }
  return {};
}

Status DescribeCpu(const TransformInput& input, Record& record) {
  record.SetText("cpu_arch", ArchitectureOf(FirstOf({input.outcome.cpu_arch, record.Text("android_cpu_abi"),
                                                     record.Text("annotated_cpu_arch")})));
  const std::string info = input.dump.Text("/system_info/cpu_info");
  const std::uint64_t count = input.dump.Number("/system_info/cpu_count").value_or(0);
  if (count > 0) record.Set("cpu_count", count);
  record.SetText("cpu_info", info.empty() ? record.Text("annotated_cpu_info")
                             : count == 0 ? info
                                          : info + " | " + std::to_string(count));
  record.SetText("cpu_microcode_version", input.dump.Text("/system_info/cpu_microcode_version"));
  return {};
}

Status DescribeOs(const TransformInput& input, Record& record) {
  std::string name = FirstOf({input.outcome.os_name, record.Text("annotated_os")});
  std::string version = FirstOf({input.outcome.os_version, record.Text("annotated_os_version")});
  // Dumps of Android give the kernel's version, and some call it Linux.
  const std::string android = record.Text("android_version");
  if (!android.empty() && (name.empty() || name == "Android" || name == "Linux")) {
    name = "Android";
    version = android.substr(0, android.find(' '));
  }
  record.SetText("os_name", name);
  record.SetText("os_version", version);
  return {};
}

// By the beginning of the version; of Windows 10 the builds from 21996 on are Windows 11.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kWindows = {
    {{"10.0.", "Windows 10"},
     {"6.3.", "Windows 8.1"},
     {"6.2.", "Windows 8"},
     {"6.1.", "Windows 7"},
     {"6.0.", "Windows Vista"},
     {"5.2.", "Windows Server 2003"},
     {"5.1.", "Windows XP"}}};
constexpr std::uint64_t kFirstBuildOfWindows11 = 21996;

std::string PrettyWindows(const std::string& version) {
  for (const auto& [start, pretty] : kWindows) {
    if (!version.starts_with(start)) continue;
    const std::string_view behind = std::string_view(version).substr(start.size());
    const std::string_view digits =
        behind.substr(0, std::min(behind.find_first_not_of("0123456789"), behind.size()));
    const base::Result<Value> build = registry::ReadValue(wire::AnnotationType::kU64, digits);
    const bool eleven =
        start == "10.0." && build && std::get<std::uint64_t>(*build) >= kFirstBuildOfWindows11;
    return eleven ? "Windows 11" : std::string(pretty);
  }
  return "Windows";
}

std::string PrettyMac(const std::string& version) {
  const std::size_t dot = std::min(version.find('.'), version.size());
  const std::string major = version.substr(0, dot);
  if (major != "10") return major.empty() ? "macOS" : "macOS " + major;
  const std::size_t second = std::min(version.find_first_of(". ", dot + 1), version.size());
  return "OS X " + version.substr(0, second);
}

Status NameOsForPeople(const TransformInput& input, Record& record) {
  const std::string name = record.Text("os_name");
  const std::string version = record.Text("os_version");
  std::string pretty = name;
  if (name.starts_with("Windows")) pretty = PrettyWindows(version);
  if (name == "Mac OS X") pretty = PrettyMac(version);
  if (name == "Android" && !version.empty()) pretty = "Android " + version;
  if (name == "Linux") {
    pretty =
        FirstOf({record.Text("linux_lsb_description"), input.dump.Text("/lsb_release/description"), name});
  }
  record.SetText("os_pretty_version", pretty);
  return {};
}

Status FindTopmostFile(const TransformInput& input, Record& record) {
  for (const worker::OutcomeFrame& frame : input.outcome.stack) {
    const auto named = std::ranges::find_if(frame.names, [](const auto& name) { return !name.file.empty(); });
    if (named == frame.names.end()) continue;
    record.SetText("topmost_filenames", named->file);
    return {};
  }
  return {};
}

Status ListModulesOnStack(const TransformInput& input, Record& record) {
  std::set<std::string> modules;
  for (const worker::OutcomeFrame& frame : input.outcome.stack) {
    if (!frame.module.empty() && !frame.debug_id.empty()) modules.insert(frame.module + "/" + frame.debug_id);
  }
  std::string text;
  for (const std::string& module : modules) text += (text.empty() ? "" : ";") + module;
  record.SetText("modules_in_stack", text);
  return {};
}

Status ListMissingSymbols(const TransformInput& input, Record& record) {
  std::string text;
  for (const dom::element module : input.dump.Array("/modules")) {
    if (!TrueAt(module, "missing_symbols")) continue;
    const std::string version = TextAt(module, "version");
    const std::string code_id = TextAt(module, "code_id");
    text += (text.empty() ? "" : ";") + TextAt(module, "filename") + "/" +
            (version.empty() ? "None" : version) + "/" + TextAt(module, "debug_id") +
            (code_id.empty() ? "" : "/" + code_id);
  }
  record.SetText("missing_symbols", text);
  return {};
}

Status CopySoftErrors(const TransformInput& input, Record& record) {
  const std::string errors = input.dump.Json("/soft_errors");
  if (errors.empty()) return {};
  if (errors.size() > kMaxSoftErrorBytes)
    return base::Error{base::Code::kLimitExceeded, kMaxSoftErrorBytes, "errors of the dump's writer"};
  record.SetText("soft_errors", errors);
  return {};
}

Status CopySignature(const TransformInput& input, Record& record) {
  record.SetText("signature", input.outcome.signature);
  record.SetText("proto_signature", input.outcome.proto_signature);
  record.notes.insert(record.notes.end(), input.outcome.notes.begin(), input.outcome.notes.end());
  return {};
}

constexpr std::array<Transform, 14> kTransforms = {{
    {"walk", "how the walk ended", SayHowTheWalkEnded},
    {"crash", "reason, address, thread", SayWhatCrashed},
    {"bit_flips", "the best guess at a wrong bit, in percent", RateBitFlips},
    {"inconsistencies", "where exception and instruction do not fit", CopyInconsistencies},
    {"guard_page", "whether a guard page was touched", LookForGuardPages},
    {"mac", "boot arguments and notes of system libraries", CopyMacFacts},
    {"cpu", "the processor, by the dump or else by annotations", DescribeCpu},
    {"os", "the system, by the dump or else by annotations", DescribeOs},
    {"os_pretty_version", "the system as people call it", NameOsForPeople},
    {"topmost_file", "the first source file of the stack", FindTopmostFile},
    {"modules", "the modules of the stack", ListModulesOnStack},
    {"missing_symbols", "the modules without symbols", ListMissingSymbols},
    {"soft_errors", "what the dump's writer could not find out", CopySoftErrors},
    {"signature", "signature, proto signature and why", CopySignature},
}};

}  // namespace

std::span<const Transform> DumpTransforms() { return kTransforms; }

}  // namespace cairn::processor
