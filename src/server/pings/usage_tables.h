// UsageTables is where the edge hands over what it counted: usage by day and error aggregates by five
// minutes.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "analysis/stats/error_aggregates.h"
#include "base/result.h"

namespace cairn::pings {

// How long a program was used on one day, by all clients together.
struct UsageRow {
  std::string day;  // "20261122", by the server's clock.
  std::string application;
  std::string version;
  std::string build_id;
  std::string channel;
  std::string os;
  std::int64_t seconds = 0;
  std::int64_t pings = 0;
};

// Rows are totals, and take the place of an earlier row of the same key: handing over twice changes nothing.
class UsageTables {
 public:
  virtual ~UsageTables() = default;
  virtual base::Status PutUsage(std::span<const UsageRow> rows) = 0;
  virtual base::Status PutAggregates(std::span<const stats::Aggregate> rows) = 0;
};

}  // namespace cairn::pings
