// Names of fields in a version 4 crash ping (Mozilla's telemetry crash.4 schema) that its writer and its
// reader share.
#pragma once

#include <string_view>

namespace cairn::wire {

inline constexpr std::string_view kPingType = "crash";
inline constexpr int kPingVersion = 4;
inline constexpr int kPingPayloadVersion = 1;
inline constexpr std::string_view kPingStatusOk = "OK";

inline constexpr std::string_view kPingApplication = "application";
inline constexpr std::string_view kPingEnvironment = "environment";
inline constexpr std::string_view kPingPayload = "payload";
inline constexpr std::string_view kPingCrashId = "crashId";
inline constexpr std::string_view kPingMetadata = "metadata";
inline constexpr std::string_view kPingMinidumpHash = "minidumpSha256Hash";
inline constexpr std::string_view kPingStackTraces = "stackTraces";
inline constexpr std::string_view kPingCrashInfo = "crash_info";
inline constexpr std::string_view kPingMainModule = "main_module";
inline constexpr std::string_view kPingModules = "modules";
inline constexpr std::string_view kPingThreads = "threads";
inline constexpr std::string_view kPingFrames = "frames";
inline constexpr std::string_view kPingInstruction = "ip";
inline constexpr std::string_view kPingModuleIndex = "module_index";
inline constexpr std::string_view kPingTrust = "trust";

}  // namespace cairn::wire
