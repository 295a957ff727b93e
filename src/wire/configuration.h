// The keys of the configuration that the client sends to its handler, and the names in the database that both
// use.
#pragma once

#include <string_view>

namespace cairn::wire {

inline constexpr std::string_view kConfigProduct = "product";
inline constexpr std::string_view kConfigVersion = "version";
inline constexpr std::string_view kConfigChannel = "channel";
inline constexpr std::string_view kConfigBuildId = "build_id";
inline constexpr std::string_view kConfigDatabase = "database";      // An absolute path.
inline constexpr std::string_view kConfigExecutable = "executable";  // The application's own file.
inline constexpr std::string_view kConfigSubmitUrl = "submit_url";
inline constexpr std::string_view kConfigPingUrl = "ping_url";
inline constexpr std::string_view kConfigTelemetry = "telemetry";           // "on" or "off".
inline constexpr std::string_view kConfigReportConsent = "report_consent";  // "ask", "always" or "never".
inline constexpr std::string_view kConfigStartTime = "start_time_ms";  // Of the application, in Unix time.

// Folders of the database: what is being written, reports that wait, pings that wait.
inline constexpr const char* kNewFolder = "/new";
inline constexpr const char* kPendingFolder = "/pending";
inline constexpr const char* kPingFolder = "/pings";
inline constexpr const char* kNotePrefix = "/crash-";  // Then the process id and the suffix of notes.

}  // namespace cairn::wire
