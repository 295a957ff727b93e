// What rules would do with the reports that are stored, beside what the rules did under which they came.
//
// A stored report stands for `weight` reports of its kind, so sums of weights estimate all that came. Only
// what was kept can be seen: kinds of reports that were rejected without exception count nowhere.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "server/collector/rules.h"
#include "server/store/blob_store.h"

namespace cairn::collector {

struct DryRun {
  struct Row {
    std::uint64_t stored = 0;  // Reports that this rule kept.
    double stands_for = 0;     // All that they stand for.
    double would_keep = 0;     // Reports that the new rule of this name would keep, accepted or deferred,
    double would_refuse = 0;   // and would reject or only seem to accept.
  };
  std::map<std::string, Row> rows;  // By the name of the rule.
  std::uint64_t unreadable = 0;     // Raw crashes that are damaged.

  Row Total() const;
};

// One line per rule, and a total: a table for people.
std::string FormatDryRun(const DryRun& run);

// Over the reports that came from `first_day` on ("20261122"). `progress` hears how many have been read.
base::Result<DryRun> RunDry(const RuleSet& rules, const store::BlobStore& blobs, std::string_view first_day,
                            const std::function<void(std::uint64_t)>& progress);

}  // namespace cairn::collector
