// The kinds of work that the roles put into the queue for the processor, and what the id of each is.
#pragma once

#include <string_view>

namespace cairn::intake {

inline constexpr std::string_view kReportKind = "report";  // The id is the crash id, without "bp-".
inline constexpr std::string_view kPingKind = "ping";      // The id is PingId::Text().

}  // namespace cairn::intake
