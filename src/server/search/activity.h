// Activity is what one ping says of how much a product was used and how often it crashed. The index keeps
// only sums of it: by five minutes for plots, by day for rates.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "server/search/query.h"
#include "server/search/value.h"

namespace cairn::search {

inline constexpr std::int64_t kActivityWindowMs = 5 * 60'000;
inline constexpr double kMaxUsageHours = 24;  // Of one ping: more is a clock that went wrong.

// What sums are told apart by. Texts may be empty: unknown.
struct ActivityDimensions {
  std::string product;
  std::string version;
  std::string display_version;
  std::string build_id;
  std::string release_channel;
  std::string platform;
  std::string platform_version;
  std::string cpu_arch;
  std::string country;

  friend auto operator<=>(const ActivityDimensions&, const ActivityDimensions&) = default;
};

// Numbers that add up.
struct ActivityCounts {
  std::int64_t pings = 0;
  std::int64_t main_crashes = 0;
  std::int64_t content_crashes = 0;
  std::int64_t content_shutdown_crashes = 0;
  std::int64_t startup_crashes = 0;
  std::int64_t gpu_crashes = 0;
  std::int64_t plugin_crashes = 0;
  std::int64_t gmplugin_crashes = 0;
  std::int64_t sessions = 0;
  // Distinct ones of a day, product, version, build, channel and platform, counted where they first came up;
  // so they add up over days and versions to client-days, not to clients.
  std::int64_t clients = 0;
  double usage_hours = 0;

  friend bool operator==(const ActivityCounts&, const ActivityCounts&) = default;
};

struct Activity {
  std::string uuid;          // The ping's document id: the same one counts once a day.
  std::int64_t date_ms = 0;  // By the server's clock at arrival; the same at each try.
  std::int64_t client = 0;   // ClientToken(); 0: not known, and not counted.
  ActivityDimensions dimensions;
  ActivityCounts counts;  // `pings` and `clients` are counted by the index; hours are cut to 0 to 24.
};

enum class ActivityDimension : std::uint8_t {
  kDay,     // As a whole number: its start in Unix milliseconds.
  kWindow,  // Likewise, of the five minutes.
  kProduct,
  kVersion,
  kDisplayVersion,
  kBuildId,
  kReleaseChannel,
  kPlatform,
  kPlatformVersion,
  kCpuArch,
  kCountry,
};

struct ActivityQuery {
  DateWindow window;  // Of the starts of five minutes.
  // All must hold. Not of kDay and kWindow, which `window` chooses; an empty text is what is unknown.
  std::vector<std::pair<ActivityDimension, std::string>> filters;
  std::vector<ActivityDimension> group_by;  // Empty: one sum of all.
};

struct ActivitySum {
  std::vector<Value> keys;  // In the order of group_by; unknown texts are absent.
  ActivityCounts counts;
};

}  // namespace cairn::search
