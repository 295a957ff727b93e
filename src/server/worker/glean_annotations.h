// Metrics of a Glean crash ping as the annotations that reports have of the same facts.
#pragma once

#include <simdjson.h>

#include <map>
#include <string>

namespace cairn::worker {

// `metrics` is the ping's member of that name: typed maps of names to values. What is not known is left out.
// Booleans become "1" and "0", spans of time seconds, lists one text, objects JSON.
std::map<std::string, std::string> AnnotationsOfMetrics(simdjson::dom::element metrics);

}  // namespace cairn::worker
