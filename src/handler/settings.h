// What the application told its handler at the start.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace cairn::handler {

enum class ReportConsent : std::uint8_t { kAsk, kAlways, kNever };

struct Settings {
  std::string product;
  std::string version;
  std::string channel;
  std::string build_id;
  std::string database;    // An absolute path.
  std::string executable;  // The application's own file.
  std::string submit_url;  // Empty: reports are kept and never sent.
  std::string ping_url;    // Empty: no pings.
  bool telemetry = false;
  ReportConsent report_consent = ReportConsent::kAsk;
  std::int64_t start_time_ms = 0;  // Of the application; 0 if it does not say.

  bool wants_pings() const { return telemetry && !ping_url.empty(); }
  bool keeps_reports() const { return report_consent != ReportConsent::kNever; }
};

std::string_view ConsentName(ReportConsent consent);

// Reads the packet that wire/configuration.h describes. Unknown keys are left alone; anything but "on" and
// "always" counts as the more private choice.
base::Result<Settings> ParseSettings(std::string_view packet);

// The annotations that every report has, in their common names.
std::vector<std::pair<std::string, std::string>> CommonAnnotations(const Settings& settings,
                                                                   std::string_view report_id,
                                                                   std::int64_t crash_time_ms);

}  // namespace cairn::handler
