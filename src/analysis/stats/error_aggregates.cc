#include "analysis/stats/error_aggregates.h"

#include <algorithm>
#include <optional>

namespace cairn::stats {
namespace {

// A day's month since year 0, of the first eight characters.
std::optional<int> MonthOf(std::string_view text) {
  constexpr std::size_t kDateLength = 8;
  if (text.size() < kDateLength) return std::nullopt;
  int number = 0;
  for (const char c : text.substr(0, kDateLength)) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  const int month = number / 100 % 100;
  const int day = number % 100;
  if (month < 1 || month > 12 || day < 1 || day > 31) return std::nullopt;
  return number / 10'000 * 12 + month - 1;
}

bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

void Measures::Add(const Measures& other) {
  count += other.count;
  main_crashes += other.main_crashes;
  content_crashes += other.content_crashes;
  startup_crashes += other.startup_crashes;
  content_shutdown_crashes += other.content_shutdown_crashes;
  gpu_crashes += other.gpu_crashes;
  plugin_crashes += other.plugin_crashes;
  gmplugin_crashes += other.gmplugin_crashes;
  sessions += other.sessions;
  clients += other.clients;
  usage_seconds += other.usage_seconds;
}

Measures MeasuresOf(const CrashFacts& crash) {
  // Content processes are killed when a browser shuts down and they hang: that is no crash as people see it.
  const bool is_content = Contains(crash.process_type, "content");
  const bool is_shutdown_kill = Contains(crash.ipc_channel_error, "ShutDownKill");
  Measures measures;
  measures.count = 1;
  measures.main_crashes = crash.process_type.empty() || crash.process_type == "main" ? 1 : 0;
  measures.content_crashes = is_content && !is_shutdown_kill ? 1 : 0;
  measures.content_shutdown_crashes = is_content && is_shutdown_kill ? 1 : 0;
  measures.startup_crashes = crash.is_startup ? 1 : 0;
  return measures;
}

Measures MeasuresOf(const UsageFacts& usage) {
  const auto clamped = [](std::int64_t count) { return std::clamp<std::int64_t>(count, 0, kMaxCountOfPing); };
  Measures measures;
  measures.count = 1;
  measures.usage_seconds = ClampUsage(usage.seconds);
  measures.sessions = clamped(usage.sessions);
  measures.gpu_crashes = clamped(usage.gpu_crashes);
  measures.plugin_crashes = clamped(usage.plugin_crashes);
  measures.gmplugin_crashes = clamped(usage.gmplugin_crashes);
  return measures;
}

std::int64_t ClampUsage(std::int64_t seconds) {
  return std::clamp<std::int64_t>(seconds, 0, kMaxUsageSeconds);
}

std::int64_t WindowStart(std::int64_t unix_ms) {
  const std::int64_t into = unix_ms % kWindowMs;
  return unix_ms - (into < 0 ? into + kWindowMs : into);
}

bool IsBuildRecent(std::string_view build_id, std::string_view day) {
  const std::optional<int> built = MonthOf(build_id);
  const std::optional<int> now = MonthOf(day);
  return !built || !now || *now - *built <= kMaxBuildAgeMonths;
}

std::string OsNameOf(std::string_view application, std::string_view normalized_os) {
  if (application == "Fennec" && normalized_os == "Linux") return "Android";
  return std::string(normalized_os);
}

std::string PlatformOf(std::string_view os_name) {
  if (os_name == "Windows") return "Windows NT";
  if (os_name == "Mac") return "Mac OS X";
  return os_name == "Other" ? std::string() : std::string(os_name);
}

void ErrorAggregates::Add(std::int64_t unix_ms, const Dimensions& dimensions, const Measures& measures) {
  rows_[{WindowStart(unix_ms), dimensions}].Add(measures);
}

std::vector<Aggregate> ErrorAggregates::Rows() const {
  std::vector<Aggregate> rows;
  rows.reserve(rows_.size());
  for (const auto& [key, measures] : rows_) rows.push_back({key.first, key.second, measures});
  return rows;
}

}  // namespace cairn::stats
