// The lanes of work that the roles put into the queue for the processor, and what the id of each is.
//
// A lane is a kind of the queue, so that what is asked for at once does not stand behind what came before it.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace cairn::intake {

// The id of a report is the crash id without "bp-", that of a ping PingId::Text().
inline constexpr std::string_view kPriorityKind = "report-priority";  // Somebody waits for it.
inline constexpr std::string_view kReportKind = "report";             // As they come.
inline constexpr std::string_view kPingKind = "ping";                 // As they come.
inline constexpr std::string_view kReprocessKind =
    "report-reprocess";  // Once more, when nothing else is to do.
inline constexpr std::string_view kReprocessPingKind = "ping-reprocess";

struct Lane {
  std::string_view kind;
  bool holds_pings = false;
  // How many a thread takes at once: few reports, so that several threads share a burst, and many pings,
  // because each taking is a write to disk.
  std::size_t claim_max = 4;
};

inline constexpr std::size_t kPingsAtOnce = 64;

// The most urgent first.
inline constexpr std::array<Lane, 5> kLanes = {{{kPriorityKind},
                                                {kReportKind},
                                                {kPingKind, true, kPingsAtOnce},
                                                {kReprocessKind},
                                                {kReprocessPingKind, true, kPingsAtOnce}}};

}  // namespace cairn::intake
