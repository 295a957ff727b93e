#include "server/api/search_answer.h"

#include <algorithm>
#include <cmath>

#include "analysis/stats/proportions.h"
#include "os/clock.h"
#include "server/api/aggregation_parameters.h"
#include "server/api/cursor.h"

namespace cairn::api {
namespace {

using search::AggregationKind;
using search::Facet;
using search::FieldType;

// The begin of an interval of dates. Clients of Super Search know a whole day by its end "T00:00:00+00:00".
std::string FormatIntervalBegin(std::int64_t unix_ms) {
  std::string text = os::FormatIso(unix_ms);
  text.replace(text.find('.'), std::string::npos, "+00:00");  // The shortest interval is a minute.
  return text;
}

// Super Search has "T" and "F" for terms of yes and no.
void WriteTerm(const search::Aggregation& of, const search::Value& term, base::JsonWriter& json) {
  const auto* const number = std::get_if<std::int64_t>(&term);
  const FieldType type = search::FieldOf(of.field).type;
  if (number != nullptr && type == FieldType::kBoolean) {
    json.String(*number != 0 ? "T" : "F");
  } else if (number != nullptr && type == FieldType::kDate && of.kind == AggregationKind::kHistogram) {
    json.String(FormatIntervalBegin(*number));
  } else {
    WriteValue(of.field, term, json);
  }
}

void WriteBuckets(const search::Query& query, const Facet& facet, base::JsonWriter& json) {
  json.BeginArray();
  for (const search::FacetTerm& term : facet.terms) {
    json.BeginObject();
    json.Key("term");
    WriteTerm(facet.aggregation, term.term, json);
    json.NumberField("count", term.count);
    if (query.with_estimates) {
      json.Key("weighted");
      WriteEstimate(term.estimate, term.count, json);
    }
    if (!term.facets.empty()) {
      json.Key("facets");
      WriteFacets(query, term.facets, json);
    }
    json.EndObject();
  }
  json.EndArray();
}

void WriteMeasure(const Facet& facet, base::JsonWriter& json) {
  json.BeginObject();
  if (facet.aggregation.kind != AggregationKind::kPercentiles) {
    json.Key("value");
    if (facet.aggregation.kind == AggregationKind::kCardinality) {
      json.Number(std::get<std::int64_t>(facet.values.at(0)));
    } else {
      WriteValue(facet.aggregation.field, facet.values.at(0), json);
    }
  } else {
    json.Key("values");
    json.BeginObject();
    for (std::size_t i = 0; i < search::kPercentiles.size(); ++i) {
      json.Key(std::to_string(search::kPercentiles[i]));
      WriteValue(facet.aggregation.field, facet.values.at(i), json);
    }
    json.EndObject();
  }
  json.EndObject();
}

}  // namespace

void WriteFacets(const search::Query& query, const std::vector<Facet>& facets, base::JsonWriter& json) {
  json.BeginObject();
  for (const Facet& facet : facets) {
    json.Key(NameOfAggregation(facet.aggregation));
    if (search::HasBuckets(facet.aggregation.kind)) {
      WriteBuckets(query, facet, json);
    } else {
      WriteMeasure(facet, json);
    }
  }
  json.EndObject();
}

void WriteText(FieldType type, const std::string& text, base::JsonWriter& json) {
  // A term is one of the names.
  if (type != FieldType::kNames || !text.starts_with('\n')) return json.String(text);
  json.BeginArray();
  for (const std::string& name : search::SplitNames(text)) json.String(name);
  json.EndArray();
}

void WriteValue(search::FieldId field, const search::Value& value, base::JsonWriter& json) {
  const FieldType type = search::FieldOf(field).type;
  if (const auto* const text = std::get_if<std::string>(&value)) {
    WriteText(type, *text, json);
  } else if (const auto* const number = std::get_if<std::int64_t>(&value)) {
    switch (type) {
      case FieldType::kDate: json.String(os::FormatIso(*number)); break;
      case FieldType::kBoolean: json.Bool(*number != 0); break;
      default: json.Number(*number);
    }
  } else if (const auto* const fraction = std::get_if<double>(&value)) {
    // An average or a percentile of dates is a date.
    if (type == FieldType::kDate) {
      json.String(os::FormatIso(std::llround(*fraction)));
    } else {
      json.Double(*fraction);
    }
  } else {
    json.Null();
  }
}

void WriteEstimate(const search::Estimate& estimate, std::uint64_t kept, base::JsonWriter& json) {
  const double spread = stats::kNormal95 * std::sqrt(std::max(0.0, estimate.variance));
  const auto whole = [](double number) { return std::llround(number); };
  json.BeginObject();
  json.NumberField("count", whole(estimate.count));
  json.NumberField("low", std::max(whole(estimate.count - spread), static_cast<long long>(kept)));
  json.NumberField("high", whole(estimate.count + spread));
  json.EndObject();
}

std::string WriteSearchAnswer(const search::Query& query, const search::SearchResult& result,
                              const std::vector<std::string>& missing_weeks) {
  base::JsonWriter json;
  json.BeginObject();
  json.Key("hits");
  json.BeginArray();
  for (const std::vector<search::Value>& hit : result.hits) {
    json.BeginObject();
    for (std::size_t i = 0; i < hit.size(); ++i) {
      json.Key(search::FieldOf(query.columns[i]).name);
      WriteValue(query.columns[i], hit[i], json);
    }
    json.EndObject();
  }
  json.EndArray();
  json.NumberField("total", result.total);
  if (query.with_estimates) {
    json.Key("weighted");
    WriteEstimate(result.estimate, result.total, json);
  }
  if (result.next) json.TextField("cursor", MakeCursor(query.sort, *result.next));
  json.Key("facets");
  WriteFacets(query, result.facets, json);
  json.Key("errors");
  json.BeginArray();
  for (const std::string& week : missing_weeks) {
    json.BeginObject();
    json.TextField("type", "missing_index");
    json.TextField("index", week);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return json.Take();
}

}  // namespace cairn::api
