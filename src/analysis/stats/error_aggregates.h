// Error aggregates: what happened in each five minutes, by version, system and the like.
//
// A row counts pings, crashes of several kinds and hours of use. The measures and their conditions are those
// of Mozilla's error_aggregates data set, so that its dashboards can be fed from here.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace cairn::stats {

inline constexpr std::int64_t kWindowMs = 5LL * 60 * 1000;
inline constexpr std::int64_t kMaxUsageSeconds = 24LL * 3600;  // One ping cannot tell of more than a day.
inline constexpr std::int64_t kMaxCountOfPing = 10'000;        // Of crashes, or of sessions: more is made up.
inline constexpr int kMaxBuildAgeMonths = 6;                   // Older builds are too few to say anything.

// What sums are told apart by, as clients say it. Texts may be empty: unknown.
struct Dimensions {
  std::string channel;
  std::string version;
  std::string display_version;
  std::string build_id;
  std::string application;
  std::string os_name;
  std::string os_version;
  std::string architecture;
  std::string country;

  friend auto operator<=>(const Dimensions&, const Dimensions&) = default;
};

// Numbers that add up.
struct Measures {
  std::int64_t count = 0;  // Pings of all kinds.
  std::int64_t main_crashes = 0;
  std::int64_t content_crashes = 0;
  std::int64_t startup_crashes = 0;  // Of any process; they are counted by process as well.
  std::int64_t content_shutdown_crashes = 0;
  std::int64_t gpu_crashes = 0;
  std::int64_t plugin_crashes = 0;
  std::int64_t gmplugin_crashes = 0;
  std::int64_t sessions = 0;
  // Distinct ones of a day, application, version, build, channel and system, counted where they first came
  // up; so they add up over days and versions to client-days, not to clients.
  std::int64_t clients = 0;
  std::int64_t usage_seconds = 0;

  void Add(const Measures& other);
  double UsageHours() const { return static_cast<double>(usage_seconds) / 3600; }

  friend bool operator==(const Measures&, const Measures&) = default;
};

// What a crash ping says that the measures depend on.
struct CrashFacts {
  std::string process_type;  // Empty is the main process.
  std::string ipc_channel_error;
  bool is_startup = false;
};
Measures MeasuresOf(const CrashFacts& crash);

// What a ping of usage says: how long, and crashes of the processes that send no pings of their own. What
// cannot be is cut to what can.
struct UsageFacts {
  std::int64_t seconds = 0;
  std::int64_t sessions = 0;
  std::int64_t gpu_crashes = 0;
  std::int64_t plugin_crashes = 0;
  std::int64_t gmplugin_crashes = 0;
};
Measures MeasuresOf(const UsageFacts& usage);

// 0 to kMaxUsageSeconds.
std::int64_t ClampUsage(std::int64_t seconds);

// When the window that holds `unix_ms` begins.
std::int64_t WindowStart(std::int64_t unix_ms);

// Whether a build that begins with its date ("20260428...") is at most kMaxBuildAgeMonths old on the day
// "YYYYMMDD", counted in calendar months. A build id that is no date has no age, and is recent.
bool IsBuildRecent(std::string_view build_id, std::string_view day);

// Firefox for Android says Linux.
std::string OsNameOf(std::string_view application, std::string_view normalized_os);

// What crashes call the system of that name (model::OsName): "Windows" is "Windows NT". Empty for "Other",
// which is none. By this one name sums of usage and crashes lie in the index, so that one can be divided by
// the other.
std::string PlatformOf(std::string_view os_name);

struct Aggregate {
  std::int64_t window_start_ms = 0;
  Dimensions dimensions;
  Measures measures;
};

// An Aggregate by a name, so that one that is handed over twice counts once.
struct NumberedAggregate {
  std::int64_t source = 0;  // Whoever gave the number: drawn at random.
  std::int64_t number = 0;  // From 1, rising with time within a source.
  Aggregate aggregate;
};

class ErrorAggregates {
 public:
  void Add(std::int64_t unix_ms, const Dimensions& dimensions, const Measures& measures);
  bool empty() const { return rows_.empty(); }
  std::vector<Aggregate> Rows() const;  // By window, then by dimensions.

 private:
  std::map<std::pair<std::int64_t, Dimensions>, Measures> rows_;
};

}  // namespace cairn::stats
