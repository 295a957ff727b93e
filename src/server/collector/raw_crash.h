// The raw crash: annotations at the top, as Socorro's processors and scripts expect, and what the collector
// adds.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/collector/rules.h"
#include "server/collector/submission.h"

namespace cairn::collector {

// What the collector knows besides what was sent.
struct Intake {
  std::string id;
  std::int64_t submitted_ms = 0;  // Unix time.
  bool compressed = false;
  std::uint64_t payload_bytes = 0;  // As they came, compressed or not.
  std::string user_agent;
  Decision decision;
  std::string rules_revision;
  std::vector<std::pair<std::string, std::string>> checksums;  // Name of a dump, SHA-256 in hex.
};

// "2026-08-21T12:00:00.123000+00:00": how Socorro writes times.
std::string SocorroTime(std::int64_t unix_millis);

std::string WriteRawCrash(const Submission& submission, const Intake& intake);

}  // namespace cairn::collector
