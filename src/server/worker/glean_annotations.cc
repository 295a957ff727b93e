#include "server/worker/glean_annotations.h"

#include <array>
#include <optional>
#include <string_view>

#include "base/json_writer.h"
#include "base/parse_json.h"

namespace cairn::worker {
namespace {

namespace dom = simdjson::dom;

// How a value becomes a text.
enum class Form { kText, kFlag, kNumber, kSeconds, kList, kSemicolonList, kJson, kShutdownTimeout };

struct Row {
  std::string_view section;
  std::string_view metric;
  std::string_view annotation;
  Form form;
};
constexpr Row kRows[] = {
    {"string", "crash.background_task_name", "BackgroundTaskName", Form::kText},
    {"string", "crash.build_id", "BuildID", Form::kText},
    {"string", "crash.font_name", "FontName", Form::kText},
    {"string", "crash.hang", "Hang", Form::kText},
    {"string", "crash.ipc_channel_error", "ipc_channel_error", Form::kText},
    {"string", "crash.linux_memory_psi", "LinuxMemoryPSI", Form::kText},
    {"string", "crash.main_thread_runnable_name", "MainThreadRunnableName", Form::kText},
    {"string", "crash.moz_crash_reason", "MozCrashReason", Form::kText},
    {"string", "crash.product_id", "ProductID", Form::kText},
    {"string", "crash.product_name", "ProductName", Form::kText},
    {"string", "crash.profiler_child_shutdown_phase", "ProfilerChildShutdownPhase", Form::kText},
    {"string", "crash.remote_type", "RemoteType", Form::kText},
    {"string", "crash.shutdown_progress", "ShutdownProgress", Form::kText},
    {"string", "crash.shutdown_reason", "ShutdownReason", Form::kText},
    {"string", "crash.windows_file_dialog_error_code", "WindowsFileDialogErrorCode", Form::kText},
    {"string", "memory.js_large_allocation_failure", "JSLargeAllocationFailure", Form::kText},
    {"string", "memory.js_out_of_memory", "JSOutOfMemory", Form::kText},
    {"string", "windows.package_family_name", "WindowsPackageFamilyName", Form::kText},
    {"boolean", "crash.dom_fission_enabled", "DOMFissionEnabled", Form::kFlag},
    {"boolean", "crash.is_garbage_collecting", "IsGarbageCollecting", Form::kFlag},
    {"boolean", "crash.startup", "StartupCrash", Form::kFlag},
    {"boolean", "crash.windows.error_reporting", "WindowsErrorReporting", Form::kFlag},
    {"boolean", "dll_blocklist.init_failed", "BlocklistInitFailed", Form::kFlag},
    {"boolean", "dll_blocklist.user32_loaded_before", "User32BeforeBlocklist", Form::kFlag},
    {"boolean", "environment.headless_mode", "HeadlessMode", Form::kFlag},
    {"quantity", "crash.event_loop_nesting_level", "EventLoopNestingLevel", Form::kNumber},
    {"quantity", "crash.gpu_process_launch", "GPUProcessLaunchCount", Form::kNumber},
    {"quantity", "memory.available_commit", "AvailablePageFile", Form::kNumber},
    {"quantity", "memory.available_physical", "AvailablePhysicalMemory", Form::kNumber},
    {"quantity", "memory.available_swap", "AvailableSwapMemory", Form::kNumber},
    {"quantity", "memory.available_virtual", "AvailableVirtualMemory", Form::kNumber},
    {"quantity", "memory.low_physical", "LowPhysicalMemoryEvents", Form::kNumber},
    {"quantity", "memory.oom_allocation_size", "OOMAllocationSize", Form::kNumber},
    {"quantity", "memory.purgeable_physical", "PurgeablePhysicalMemory", Form::kNumber},
    {"quantity", "memory.system_use_percentage", "SystemMemoryUsePercentage", Form::kNumber},
    {"quantity", "memory.texture", "TextureUsage", Form::kNumber},
    {"quantity", "memory.total_page_file", "TotalPageFile", Form::kNumber},
    {"quantity", "memory.total_physical", "TotalPhysicalMemory", Form::kNumber},
    {"quantity", "memory.total_virtual", "TotalVirtualMemory", Form::kNumber},
    {"timespan", "crash.last_interaction_duration", "LastInteractionDuration", Form::kSeconds},
    {"timespan", "crash.time_since_last_crash", "SecondsSinceLastCrash", Form::kSeconds},
    {"timespan", "crash.uptime", "UptimeTS", Form::kSeconds},
    {"string_list", "crash.utility_actors_name", "UtilityActorsName", Form::kList},
    {"string_list", "dll_blocklist.list", "BlockedDllList", Form::kSemicolonList},
    {"string_list", "environment.experimental_features", "ExperimentalFeatures", Form::kList},
    {"string_list", "environment.nimbus_enrollments", "NimbusEnrollments", Form::kList},
    {"object", "crash.async_shutdown_timeout", "AsyncShutdownTimeout", Form::kShutdownTimeout},
    {"object", "crash.java_exception", "JavaException", Form::kJson},
    {"object", "crash.quota_manager_shutdown_timeout", "QuotaManagerShutdownTimeout", Form::kJson},
};

std::optional<std::string> SecondsOf(dom::element span) {
  static constexpr std::pair<std::string_view, std::int64_t> kPerSecond[] = {
      {"nanosecond", 1'000'000'000}, {"microsecond", 1'000'000}, {"millisecond", 1000}, {"second", 1}};
  static constexpr std::pair<std::string_view, std::int64_t> kSeconds[] = {
      {"minute", 60}, {"hour", 3600}, {"day", 86'400}};
  std::int64_t value = 0;
  std::string_view unit;
  constexpr std::int64_t kMost = 1'000'000'000'000'000;
  if (span["value"].get(value) != simdjson::SUCCESS || span["time_unit"].get(unit) != simdjson::SUCCESS ||
      value < 0 || value > kMost) {
    return std::nullopt;
  }
  for (const auto& [name, parts] : kPerSecond) {
    if (unit != name) continue;
    std::string text = std::to_string(value / parts);
    if (value % parts == 0) return text;
    std::string rest = std::to_string(parts + value % parts).substr(1);  // With its leading zeros.
    rest.erase(rest.find_last_not_of('0') + 1);
    return text + "." + rest;
  }
  for (const auto& [name, seconds] : kSeconds) {
    if (unit == name && value <= kMost / seconds) return std::to_string(value * seconds);
  }
  return std::nullopt;
}

std::optional<std::string> ListOf(dom::element value, char separator) {
  dom::array items;
  if (value.get(items) != simdjson::SUCCESS) return std::nullopt;
  std::string text;
  for (const dom::element item : items) {
    std::string_view one;
    if (item.get(one) != simdjson::SUCCESS) continue;
    if (!text.empty()) text += separator;
    text += one;
  }
  return text;
}

// Glean's schema knows no lists of any members: there the conditions are the text of their JSON.
std::optional<std::string> ShutdownTimeoutOf(dom::element value) {
  dom::object fields;
  if (value.get(fields) != simdjson::SUCCESS) return std::nullopt;
  base::JsonWriter json;
  json.BeginObject();
  for (const dom::key_value_pair field : fields) {
    json.Key(field.key);
    std::string_view text;
    dom::parser parser;
    dom::element conditions;
    const bool is_packed = field.key == "conditions" && field.value.get(text) == simdjson::SUCCESS &&
                           base::ParseJson(parser, text).get(conditions) == simdjson::SUCCESS &&
                           (conditions.is_array() || conditions.is_object());
    json.Raw(simdjson::minify(is_packed ? conditions : field.value));
  }
  json.EndObject();
  return json.Take();
}

std::optional<std::string> TextOf(dom::element value, Form form) {
  switch (form) {
    case Form::kText: {
      std::string_view text;
      return value.get(text) == simdjson::SUCCESS ? std::optional<std::string>(text) : std::nullopt;
    }
    case Form::kFlag: {
      bool flag = false;
      if (value.get(flag) != simdjson::SUCCESS) return std::nullopt;
      return flag ? "1" : "0";
    }
    case Form::kNumber:
      return value.is_number() ? std::optional(std::string(simdjson::minify(value))) : std::nullopt;
    case Form::kSeconds: return SecondsOf(value);
    case Form::kList: return ListOf(value, ',');
    case Form::kSemicolonList: return ListOf(value, ';');
    case Form::kJson:
      return value.is_object() || value.is_array() ? std::optional(std::string(simdjson::minify(value)))
                                                   : std::nullopt;
    case Form::kShutdownTimeout: return ShutdownTimeoutOf(value);
  }
  return std::nullopt;
}

// Of repeated keys the last.
std::optional<dom::element> MemberOf(dom::element object, std::string_view name) {
  std::optional<dom::element> last;
  dom::object fields;
  if (object.get(fields) != simdjson::SUCCESS) return last;
  for (const dom::key_value_pair field : fields) {
    if (field.key == name) last = field.value;
  }
  return last;
}

}  // namespace

std::map<std::string, std::string> AnnotationsOfMetrics(dom::element metrics) {
  std::map<std::string, std::string> annotations;
  for (const Row& row : kRows) {
    const std::optional<dom::element> section = MemberOf(metrics, row.section);
    const std::optional<dom::element> value = section ? MemberOf(*section, row.metric) : std::nullopt;
    if (!value) continue;
    if (std::optional<std::string> text = TextOf(*value, row.form)) {
      annotations[std::string(row.annotation)] = *std::move(text);
    }
  }
  return annotations;
}

}  // namespace cairn::worker
