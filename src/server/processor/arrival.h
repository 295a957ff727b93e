// What was known of a crash before its dump or ping was opened.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/search/crash_row.h"
#include "server/worker/outcome.h"
#include "server/worker/ping_reader.h"

namespace cairn::processor {

inline constexpr std::string_view kMoreDumps =
    "upload_file_minidump_";  // How names of additional dumps begin.

struct Arrival {
  search::CrashKind kind = search::CrashKind::kReport;
  std::string uuid;               // Without "bp-".
  std::int64_t submitted_ms = 0;  // Unix time.
  std::string product;
  std::string version;
  std::string build_id;
  std::string release_channel;
  std::string process_type;
  std::string minidump_sha256_hash;
  std::string counterpart_id;  // Of a ping: the report's id, if the client knew it.
  std::string rule;            // Of the collector, and what a report that it kept stands for.
  double weight = 1;
  std::int64_t client = 0;              // Of a ping: search::ClientToken() of the installation.
  std::string pack;                     // Of a ping: the name of the pack that holds it (intake/ping_pack.h).
  std::string metadata;                 // What the collector noted, JSON; empty for pings.
  std::vector<std::string> dump_names;  // Of all dumps that came, sorted.
  std::map<std::string, std::string> annotations;  // All that came, protected ones too.
};

// Of a raw crash as the collector stores it. Names of products and versions come under several annotations;
// what is null in JSON did not come, and zero bytes inside of texts are left out.
base::Result<Arrival> ReadRawCrash(std::string_view json);

// What the signature rules read of a crash's submission, cut as they are for the rules.
std::map<std::string, std::string> SignatureAnnotationsOf(const Arrival& arrival);

Arrival ArrivalOfPing(std::string uuid, std::int64_t submitted_ms, const worker::PingFacts& facts);

}  // namespace cairn::processor
