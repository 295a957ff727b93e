#include "server/api/aggregation_parameters.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace cairn::api {
namespace {

using search::Aggregation;
using search::AggregationKind;
using search::DateStep;
using search::Field;
using search::FieldType;
using search::FieldUse;

struct KindName {
  std::string_view name;
  AggregationKind kind;
};
constexpr std::array<KindName, 7> kKinds = {{
    {"histogram", AggregationKind::kHistogram},
    {"cardinality", AggregationKind::kCardinality},
    {"min", AggregationKind::kMinimum},
    {"max", AggregationKind::kMaximum},
    {"avg", AggregationKind::kAverage},
    {"sum", AggregationKind::kSum},
    {"percentiles", AggregationKind::kPercentiles},
}};

struct StepName {
  std::string_view name;
  DateStep step;
};
constexpr std::array<StepName, 5> kSteps = {{
    {"minute", DateStep::kMinute},
    {"hour", DateStep::kHour},
    {"day", DateStep::kDay},
    {"week", DateStep::kWeek},
    {"month", DateStep::kMonth},
}};

constexpr std::string_view kInterval = "_histogram_interval.";

// "_histogram.date" or "product", off the front of a path whose parts are joined by dots.
struct PathPart {
  std::string text;
  AggregationKind kind = AggregationKind::kTerms;
  std::string field;
};

std::string TakeName(std::string_view& path) {
  const std::size_t dot = std::min(path.find('.'), path.size());
  std::string name(path.substr(0, dot));
  path.remove_prefix(std::min(dot + 1, path.size()));
  return name;
}

PathPart TakePart(std::string_view& path) {
  PathPart part;
  part.field = TakeName(path);
  part.text = part.field;
  for (const KindName& row : kKinds) {
    if (part.field.empty() || part.field.front() != '_' || part.field.substr(1) != row.name) continue;
    part.kind = row.kind;
    part.field = TakeName(path);
    part.text += "." + part.field;
    break;
  }
  return part;
}

// Why this field cannot be counted so; empty if it can.
std::string WhyNot(const PathPart& part, const Field& field) {
  if (field.use == FieldUse::kCondition)
    return field.name + " can be searched for, but not be shown, counted or sorted by";
  if (part.kind == AggregationKind::kCardinality) return "";
  if (field.use == FieldUse::kDistinct)
    return field.name + " can only be counted: _cardinality." + field.name;
  if (part.kind != AggregationKind::kTerms && !search::IsMeasured(field.type))
    return part.text + ": " + field.name + " is neither a number nor a date";
  return "";
}

}  // namespace

std::string NameOfAggregation(const Aggregation& aggregation) {
  const std::string& field = search::FieldOf(aggregation.field).name;
  for (const KindName& row : kKinds) {
    if (row.kind == aggregation.kind) return std::string(row.name) + "_" + field;
  }
  return field;
}

bool AggregationParameters::Knows(std::string_view name) {
  if (name == "_facets" || name.starts_with("_aggs.") || name.starts_with(kInterval)) return true;
  return std::ranges::any_of(
      kKinds, [&](const KindName& row) { return name.starts_with("_" + std::string(row.name) + "."); });
}

std::optional<std::string> AggregationParameters::Take(std::string_view name, const std::string& value) {
  if (name.starts_with(kInterval)) return SetInterval(name.substr(kInterval.size()), value);
  if (name == "_facets") {
    has_facets_ = true;
    return value.empty() ? std::nullopt : Add(value, aggregations_);
  }
  std::string path(name.starts_with("_aggs.") ? name.substr(6) : name);
  if (!value.empty()) path += "." + value;
  return Add(path, aggregations_);
}

std::optional<std::string> AggregationParameters::Add(std::string_view path, Aggregations& to) {
  Aggregations* level = &to;
  for (std::size_t depth = 1; !path.empty(); ++depth) {
    const PathPart part = TakePart(path);
    const Field* const field = search::FindField(part.field);
    if (field == nullptr) return "There is no field or parameter \"" + part.text + "\"";
    if (std::string why = WhyNot(part, *field); !why.empty()) return why;
    if (depth > search::kMaxAggregationDepth)
      return "Facets within more than " + std::to_string(search::kMaxAggregationDepth) + " others";
    if (!path.empty() && !search::HasBuckets(part.kind)) return part.text + " has no facets within";
    const auto same = std::ranges::find_if(*level, [&](const Aggregation& aggregation) {
      return aggregation.field == field->id && aggregation.kind == part.kind;
    });
    if (same == level->end()) {
      if (++count_ > kMaxFacets) return "More than " + std::to_string(kMaxFacets) + " facets";
      Aggregation fresh;
      fresh.field = field->id;
      fresh.kind = part.kind;
      level->push_back(std::move(fresh));
      level = &level->back().inner;
    } else {
      level = &same->inner;
    }
  }
  return std::nullopt;
}

std::optional<std::string> AggregationParameters::SetInterval(std::string_view name,
                                                              const std::string& value) {
  const Field* const field = search::FindField(name);
  if (field == nullptr) return "There is no field or parameter \"" + std::string(name) + "\"";
  if (!search::IsMeasured(field->type))
    return std::string(kInterval) + field->name + ": it is neither a number nor a date";
  Interval& interval = intervals_[field->id];
  if (field->type == FieldType::kDate) {
    const auto* const row = std::ranges::find(kSteps, value, &StepName::name);
    if (row == kSteps.end())
      return std::string(kInterval) + field->name + "=" + value + ": not minute, hour, day, week or month";
    interval.date_step = row->step;
    return std::nullopt;
  }
  const char* const end = value.data() + value.size();
  const auto [stop, error] = std::from_chars(value.data(), end, interval.number);
  if (error != std::errc() || stop != end || !std::isfinite(interval.number) || interval.number <= 0)
    return std::string(kInterval) + field->name + "=" + value + ": not a number above 0";
  return std::nullopt;
}

void AggregationParameters::SetIntervals(Aggregations& aggregations) const {
  for (Aggregation& aggregation : aggregations) {
    const auto found = intervals_.find(aggregation.field);
    if (found != intervals_.end() && aggregation.kind == AggregationKind::kHistogram) {
      aggregation.date_step = found->second.date_step;
      aggregation.interval = found->second.number;
    }
    SetIntervals(aggregation.inner);
  }
}

std::vector<Aggregation> AggregationParameters::Finish() const {
  std::vector<Aggregation> aggregations = aggregations_;
  if (!has_facets_) {
    const bool has_signature = std::ranges::any_of(aggregations, [](const Aggregation& aggregation) {
      return aggregation.field == search::FieldId::kSignature && aggregation.kind == AggregationKind::kTerms;
    });
    if (!has_signature) aggregations.insert(aggregations.begin(), Aggregation{});
  }
  SetIntervals(aggregations);
  return aggregations;
}

}  // namespace cairn::api
