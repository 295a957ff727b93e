// Makes the two things that are kept of a processed crash: the document for /api/ProcessedCrash/, and the
// index's row.
//
// Only annotations that the registry calls public go into the document; the others stay with the raw crash.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/search/crash_row.h"
#include "server/worker/outcome.h"

namespace cairn::processor {

// What was known before the dump or ping was opened.
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
  std::string rule;  // Of the collector, and what a report that it kept stands for.
  double weight = 1;
  std::map<std::string, std::string> annotations;  // All that came, protected ones too.
};

// Of a raw crash as the collector stores it. Names of products and versions come under several annotations.
base::Result<Arrival> ReadRawCrash(std::string_view json);

Arrival ArrivalOfPing(std::string uuid, std::int64_t submitted_ms, const worker::PingFacts& facts);

// `notes` say what went wrong on the way; for people.
std::string WriteDocument(const Arrival& arrival, const worker::CrashOutcome& outcome,
                          const std::vector<std::string>& notes);
search::CrashRow MakeRow(const Arrival& arrival, const worker::CrashOutcome& outcome);

// What stands for the outcome of a crash from which nothing could be learned.
worker::CrashOutcome EmptyOutcome(std::string signature, std::string_view status);

}  // namespace cairn::processor
