// The lanes of work that the roles put into the queue for the processor, and what the id of each is.
//
// A lane is a kind of the queue, so that what is asked for at once does not stand behind what came before it.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace cairn::intake {

// The id of a report is the crash id without "bp-", that of pings PingPlace::Text(). A whole pack becomes
// rows of the index; a single ping gets a document as well.
inline constexpr std::string_view kPriorityKind = "report-priority";  // Somebody waits for it.
inline constexpr std::string_view kPriorityPingKind = "ping-priority";
inline constexpr std::string_view kReportKind = "report";  // As they come.
inline constexpr std::string_view kPingKind = "ping";  // Packs as they come, and pings that were left over.
inline constexpr std::string_view kReprocessKind =
    "report-reprocess";  // Once more, when nothing else is to do.
inline constexpr std::string_view kReprocessPingKind = "ping-reprocess";

struct Lane {
  std::string_view kind;
  bool holds_pings = false;
  // How many a thread takes at once: few, so that several threads share a burst; many of those that cost
  // little beside the write to disk that each taking is.
  std::size_t claim_max = 4;
};

inline constexpr std::size_t kPingsAtOnce = 64;

// The most urgent first.
inline constexpr std::array<Lane, 6> kLanes = {{{kPriorityKind},
                                                {kPriorityPingKind, true},
                                                {kReportKind},
                                                {kPingKind, true},
                                                {kReprocessKind},
                                                {kReprocessPingKind, true, kPingsAtOnce}}};

}  // namespace cairn::intake
