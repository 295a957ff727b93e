#include "server/retention/policy.h"

#include <algorithm>

#include "server/search/week.h"

namespace cairn::retention {
namespace {

using search::CrashKind;

const std::optional<std::int64_t>& DaysOf(const store::Product& product, CrashKind kind) {
  return kind == CrashKind::kReport ? product.report_days : product.ping_days;
}

std::int64_t DaysOf(const Policy& policy, CrashKind kind) {
  return kind == CrashKind::kReport ? policy.report_days : policy.ping_days;
}

}  // namespace

std::int64_t StartOfKept(std::int64_t days, std::int64_t now_ms) {
  return search::DayOf(now_ms) * search::kDayMs - days * search::kDayMs;
}

search::Retention RetentionOf(const Policy& policy, std::span<const store::Product> products,
                              std::int64_t now_ms) {
  search::Retention retention;
  for (const Rule& rule : policy.rules) {
    retention.rules.push_back({rule.kind, rule.product, rule.rule, StartOfKept(rule.days, now_ms)});
  }
  for (const CrashKind kind : {CrashKind::kReport, CrashKind::kPing}) {
    for (const store::Product& product : products) {
      if (const auto& days = DaysOf(product, kind))
        retention.rules.push_back({kind, product.name, "", StartOfKept(*days, now_ms)});
    }
  }
  for (const CrashKind kind : {CrashKind::kReport, CrashKind::kPing}) {
    retention.rules.push_back({kind, "", "", StartOfKept(DaysOf(policy, kind), now_ms)});
  }
  retention.activity_before_ms = StartOfKept(policy.activity_days, now_ms);
  return retention;
}

std::int64_t LongestDays(const Policy& policy, std::span<const store::Product> products,
                         search::CrashKind kind) {
  std::int64_t longest = DaysOf(policy, kind);
  for (const Rule& rule : policy.rules) {
    if (!rule.kind || *rule.kind == kind) longest = std::max(longest, rule.days);
  }
  for (const store::Product& product : products) {
    longest = std::max(longest, DaysOf(product, kind).value_or(0));
  }
  return longest;
}

}  // namespace cairn::retention
