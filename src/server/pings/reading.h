// Reading is what a stored ping turned out to be, once it was opened and checked.
//
// A crash ping goes on to be processed. Of main, session, core and baseline pings only how long a program was
// used is taken. What is neither, or is not what its schema wants, is refused with the reason.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>

#include "analysis/stats/error_aggregates.h"
#include "formats/ping/check_ping.h"
#include "server/intake/stored_ping.h"

namespace cairn::pings {

// Why a ping was refused. `fault` is a ping::Fault's name or one of those below.
struct Rejection {
  std::string fault;
  std::string pointer;
  std::string reason;
};
inline constexpr std::string_view kInvalidUri = "invalid_uri";
inline constexpr std::string_view kPayloadTooLarge = "payload_too_large";
inline constexpr std::string_view kAutomation = "automation";  // A test's, by its X-Source-Tags.

struct Reading {
  std::optional<Rejection> rejection;  // If set, nothing else is.
  bool is_crash = false;               // Else it tells of usage.
  std::string minidump_hash;           // Of a crash: 64 hexadecimal digits, or empty.
  std::string client_id;               // Of usage; empty: not said.
  // Texts are at most kMaxDimensionBytes long. Channel and names of programs are their own, as crashes in the
  // index have them, so that one can be divided by the other.
  stats::Dimensions dimensions;
  stats::Measures measures;
};
inline constexpr std::size_t kMaxDimensionBytes = 128;

Reading ReadSubmission(const intake::StoredPing& ping, const ping::SchemaSet& schemas,
                       simdjson::dom::parser& parser);

}  // namespace cairn::pings
