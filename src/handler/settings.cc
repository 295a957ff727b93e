#include "handler/settings.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

#include "wire/configuration.h"

namespace cairn::handler {
namespace {

constexpr std::array<std::string_view, 3> kConsentNames = {"ask", "always", "never"};

struct TextSetting {
  std::string_view key;
  std::string Settings::* value;
};

constexpr std::array<TextSetting, 8> kTextSettings = {{
    {wire::kConfigProduct, &Settings::product},
    {wire::kConfigVersion, &Settings::version},
    {wire::kConfigChannel, &Settings::channel},
    {wire::kConfigBuildId, &Settings::build_id},
    {wire::kConfigDatabase, &Settings::database},
    {wire::kConfigExecutable, &Settings::executable},
    {wire::kConfigSubmitUrl, &Settings::submit_url},
    {wire::kConfigPingUrl, &Settings::ping_url},
}};

ReportConsent ParseConsent(std::string_view name) {
  const auto found = std::ranges::find(kConsentNames, name);
  return found == kConsentNames.end() ? ReportConsent::kNever
                                      : static_cast<ReportConsent>(found - kConsentNames.begin());
}

// The text up to the next zero, which is taken as well.
std::string_view TakeText(std::string_view& packet) {
  const std::string_view text = packet.substr(0, packet.find('\0'));
  packet.remove_prefix(std::min(packet.size(), text.size() + 1));
  return text;
}

// "12.345": seconds with three digits.
std::string Seconds(std::int64_t milliseconds) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%lld.%03lld", static_cast<long long>(milliseconds / 1000),
                static_cast<long long>(milliseconds % 1000));
  return text.data();
}

}  // namespace

std::string_view ConsentName(ReportConsent consent) {
  return kConsentNames[static_cast<std::size_t>(consent)];
}

base::Result<Settings> ParseSettings(std::string_view packet) {
  Settings settings;
  while (!packet.empty()) {
    const std::string_view key = TakeText(packet);
    const std::string_view value = TakeText(packet);
    const auto setting = std::ranges::find(kTextSettings, key, &TextSetting::key);
    if (setting != kTextSettings.end()) settings.*setting->value = value;
    if (key == wire::kConfigStartTime) {
      std::from_chars(value.data(), value.data() + value.size(), settings.start_time_ms);
      settings.start_time_ms = std::max<std::int64_t>(0, settings.start_time_ms);  // Before 1970 is no time.
    }
    if (key == wire::kConfigTelemetry) settings.telemetry = value == "on";
    if (key == wire::kConfigReportConsent) settings.report_consent = ParseConsent(value);
  }
  if (!settings.database.starts_with('/')) {
    return base::Error{base::Code::kBadValue, 0, "the database's path in the application's settings"};
  }
  return settings;
}

std::vector<std::pair<std::string, std::string>> CommonAnnotations(const Settings& settings,
                                                                   std::string_view report_id,
                                                                   std::int64_t crash_time_ms) {
  const std::int64_t uptime_ms = std::max<std::int64_t>(0, crash_time_ms - settings.start_time_ms);
  return {
      {"ProductName", settings.product},
      {"Version", settings.version},
      {"ReleaseChannel", settings.channel},
      {"BuildID", settings.build_id},
      {"ProcessType", "main"},
      {"CrashTime", std::to_string(crash_time_ms / 1000)},
      {"StartupTime", std::to_string(settings.start_time_ms / 1000)},
      {"UptimeTS", Seconds(uptime_ms)},
      {"CrashEventID", std::string(report_id)},
  };
}

}  // namespace cairn::handler
