// How a ping is kept, in the spool and in packs: as it came.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cairn::intake {

// One line of JSON about the submission, then the body as it was sent.
struct StoredPing {
  std::string id;              // The document id if it was a UUID, else one that was made up, and then
  bool id_is_made_up = false;  // this is set.
  std::string name_space;      // "telemetry", or that of a program that uses Glean.
  std::string doc_type;        // "crash"
  std::int64_t version = -1;   // As the URL has it; -1: it does not say.
  // What a URL of the namespace telemetry says of the program.
  std::string app_name;
  std::string app_version;
  std::string app_channel;
  std::string app_build_id;
  std::string source_tags;  // X-Source-Tags: "automation" is a test's.
  std::string submitted;    // ISO time by the server's clock.
  std::int64_t submitted_ms = 0;
  bool compressed = false;  // The body is gzip, whatever the headers said.
  std::string body;
};
std::string WriteStoredPing(const StoredPing& ping);
base::Result<StoredPing> ReadStoredPing(std::string_view text);

// The UUID in lower case; empty if `text` is none.
std::string CleanUuid(std::string_view text);

}  // namespace cairn::intake
