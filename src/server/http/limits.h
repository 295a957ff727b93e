// What the HTTP server takes at most. Each number has its reason beside it; past one, the client hears so.
#pragma once

#include <cstddef>

namespace cairn::http {

inline constexpr std::size_t kMaxHeaderBytes = 16 << 10;  // Request line and headers; more is 431.
// Antenna's nginx takes exactly 25 MiB; more is 413.
inline constexpr std::size_t kMaxReportBytes = 25 << 20;
// A dump of a huge process with its stacks.
inline constexpr std::size_t kMaxInflatedReportBytes = 100 << 20;
inline constexpr std::size_t kMaxPingBytes = 1 << 20;  // What Mozilla's edge and clients hold to.
inline constexpr std::size_t kMaxInflatedPingBytes = 8 << 20;
inline constexpr std::size_t kMaxSymbolUploadBytes = std::size_t{2} << 30;  // Tecken's documented maximum.

// Honest dumps shrink by 5 to 60 times; a stack of zeros reaches 1,000. Small bodies may do as they like.
inline constexpr std::size_t kMaxInflateRatio = 250;
inline constexpr std::size_t kInflateRatioFloorBytes = 8 << 20;

inline constexpr int kHeaderTimeoutMs = 10'000;   // Also how long an idle connection is kept.
inline constexpr int kRequestTimeoutMs = 60'000;  // A body in memory; Crashpad gives up after 60 s as well.
inline constexpr int kStallTimeoutMs = 15'000;    // No byte read or written for so long.
// Behind the first kRequestTimeoutMs, a body that may take long must keep up this rate.
inline constexpr std::size_t kMinBytesPerSecond = 16 << 10;
// Symbols of a large program may take long on a slow line, but not for ever.
inline constexpr int kUploadTimeoutMs = 60 * 60 * 1000;

inline constexpr int kMaxConnections = 2'000;  // Each may hold one body in memory; more wait in the backlog.
// Of all bodies in memory together; then 503.
inline constexpr std::size_t kMaxBodyMemory = std::size_t{1} << 30;

}  // namespace cairn::http
