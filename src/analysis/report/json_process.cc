#include "analysis/report/json_process.h"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>

#include "model/module.h"

namespace cairn::report {
namespace {

using Text = std::string_view;

void WriteUnloadedModule(JsonFields& fields, const model::UnloadedModule& module) {
  fields.json().BeginObject();
  fields.Field("base_addr", module.base);
  fields.Field("end_addr", model::ProcessAddress{module.base.value + module.size});
  fields.Field("code_id", Text(module.code_id));
  fields.Field("filename", model::BaseName(module.code_file));
  fields.Field("cert_subject", Text(module.cert_subject));
  fields.json().EndObject();
}

void WriteHandle(JsonFields& fields, const model::Handle& handle) {
  fields.json().BeginObject();
  fields.Field("handle", handle.handle);
  fields.Field("type_name", Text(handle.type_name));
  fields.Field("object_name", Text(handle.object_name));
  fields.json().EndObject();
}

void WriteRelease(JsonFields& fields, const std::optional<model::LinuxRelease>& release) {
  base::JsonWriter& json = fields.json();
  json.Key("lsb_release");
  if (!release) return json.Null();
  json.BeginObject();
  fields.Field("id", Text(release->id));
  fields.Field("release", Text(release->release));
  fields.Field("codename", Text(release->codename));
  fields.Field("description", Text(release->description));
  json.EndObject();
}

// A number where it is one, else "unlimited" or "err".
void WriteLimit(JsonFields& fields, Text key, Text limit) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(limit.data(), limit.data() + limit.size(), number);
  if (error == std::errc() && end == limit.data() + limit.size()) return fields.Field(key, number);
  fields.Field(key, limit);
}

void WriteLimits(JsonFields& fields, const std::vector<model::ProcessLimit>& limits) {
  base::JsonWriter& json = fields.json();
  json.Key("proc_limits");
  if (limits.empty()) return json.Null();
  json.BeginObject();
  fields.List("limits", limits, [&](const model::ProcessLimit& limit) {
    json.BeginObject();
    fields.Field("name", Text(limit.name));
    WriteLimit(fields, "soft", limit.soft);
    WriteLimit(fields, "hard", limit.hard);
    fields.Field("unit", Text(limit.unit));
    json.EndObject();
  });
  json.EndObject();
}

// Zero is what the system wrote where it had nothing to say.
std::optional<model::ProcessAddress> HexOrNull(const std::optional<std::uint64_t>& value) {
  return value.value_or(0) == 0 ? std::nullopt : std::optional(model::ProcessAddress{*value});
}

void WriteMacRecord(JsonFields& fields, const model::MacCrashInfo& record) {
  fields.json().BeginObject();
  fields.Field("thread", HexOrNull(record.thread));
  fields.Field("dialog_mode", HexOrNull(record.dialog_mode));
  fields.Field("abort_cause", HexOrNull(record.abort_cause));
  fields.Field("module", Text(record.module));
  fields.Field("message", Text(record.message));
  fields.Field("signature_string", Text(record.signature_string));
  fields.Field("backtrace", Text(record.backtrace));
  fields.Field("message2", Text(record.message2));
  fields.json().EndObject();
}

void WriteMacCrashInfo(JsonFields& fields, const std::vector<model::MacCrashInfo>& records) {
  base::JsonWriter& json = fields.json();
  json.Key("mac_crash_info");
  if (records.empty()) return json.Null();
  json.BeginObject();
  fields.Field("num_records", records.size());
  fields.List("records", records, [&](const model::MacCrashInfo& record) { WriteMacRecord(fields, record); });
  json.EndObject();
}

// The text is JSON already (formats/minidump/soft_errors.h) and becomes a part of ours.
void WriteSoftErrors(base::JsonWriter& json, Text errors) {
  json.Key("soft_errors");
  if (errors.empty()) return json.Null();
  json.Raw(errors);
}

void WriteSystemMemory(JsonFields& fields, const std::optional<model::SystemMemory>& memory) {
  base::JsonWriter& json = fields.json();
  json.Key("system_memory");
  if (!memory) return json.Null();
  json.BeginObject();
  fields.Field("physical_total", memory->physical_total);
  fields.Field("physical_available", memory->physical_available);
  fields.Field("commit_limit", memory->commit_limit);
  fields.Field("commit_available", memory->commit_available);
  json.EndObject();
}

}  // namespace

void WriteSystemInfo(JsonFields& fields, const model::SystemInfo& system) {
  fields.json().Key("system_info");
  fields.json().BeginObject();
  fields.Field("os", model::OsName(system.os));
  fields.Field("os_ver", Text(system.os_version));
  fields.Field("cpu_arch", model::CpuName(system.cpu));
  fields.Field("cpu_info", Text(system.cpu_info));
  fields.Field("cpu_count", system.cpu_count);
  fields.Field("cpu_microcode_version", Text(system.cpu_microcode));
  fields.json().EndObject();
}

void WriteProcessFacts(JsonFields& fields, const model::CrashReport& report, bool with_private_texts) {
  base::JsonWriter& json = fields.json();
  fields.List("unloaded_modules", report.unloaded_modules,
              [&](const model::UnloadedModule& module) { WriteUnloadedModule(fields, module); });
  static const std::vector<model::Handle> kNoHandles;
  fields.ListOrNull("handles", with_private_texts ? report.handles : kNoHandles,
                    [&](const model::Handle& handle) { WriteHandle(fields, handle); });
  WriteRelease(fields, report.linux_release);
  WriteLimits(fields, report.process_limits);
  static const std::vector<model::MacCrashInfo> kNoRecords;
  WriteMacCrashInfo(fields, with_private_texts ? report.mac_crash_info : kNoRecords);
  fields.Field("mac_boot_args", with_private_texts ? Text(report.mac_boot_args) : Text());
  WriteSoftErrors(json, with_private_texts ? Text(report.soft_errors) : Text());
  WriteSystemMemory(fields, report.system_memory);
}

}  // namespace cairn::report
