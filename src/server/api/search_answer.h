// What a search found, as the JSON of Super Search.
#pragma once

#include <string>
#include <vector>

#include "base/json_writer.h"
#include "server/search/query.h"

namespace cairn::api {

// `missing_weeks`: files of the index that the search asked for and that are gone by their age.
std::string WriteSearchAnswer(const search::Query& query, const search::SearchResult& result,
                              const std::vector<std::string>& missing_weeks = {});

// {"product": [{"term", "count", ...}], ...}: facets of that query, as Super Search writes them.
void WriteFacets(const search::Query& query, const std::vector<search::Facet>& facets,
                 base::JsonWriter& json);

// A field's value in a hit.
void WriteValue(search::FieldId field, const search::Value& value, base::JsonWriter& json);

// {"count", "low", "high"}: whole crashes, with the bounds of the 95 % interval. At least those that were
// kept happened.
void WriteEstimate(const search::Estimate& estimate, std::uint64_t kept, base::JsonWriter& json);

}  // namespace cairn::api
