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

// How long which program was used, as the index knows programs: by the names that they give themselves.
struct Usage {
  std::string application;
  std::string version;
  std::string build_id;
  std::string channel;
  std::string os;
  std::int64_t seconds = 0;
};

struct Reading {
  std::optional<Rejection> rejection;  // If set, nothing else is.
  std::optional<Usage> usage;          // Else it is a crash ping.
  std::string minidump_hash;           // Of a crash ping: 64 hexadecimal digits, or empty.
  stats::Dimensions dimensions;
  stats::Measures measures;
};

Reading ReadSubmission(const intake::StoredPing& ping, const ping::SchemaSet& schemas,
                       simdjson::dom::parser& parser);

}  // namespace cairn::pings
