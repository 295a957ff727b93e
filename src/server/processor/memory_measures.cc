#include "server/processor/memory_measures.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/json_writer.h"
#include "base/parse_json.h"

namespace cairn::processor {
namespace {

using base::Code;
using base::Error;
namespace dom = simdjson::dom;

// nsIMemoryReporter: KIND_NONHEAP, KIND_HEAP, UNITS_BYTES.
constexpr std::int64_t kNonHeap = 0;
constexpr std::int64_t kHeap = 1;
constexpr std::int64_t kBytes = 0;

// Paths that are a measure themselves, and the measure's name.
constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kWholePaths = {
    {{"gfx-textures", "gfx_textures"},
     {"ghost-windows", "ghost_windows"},
     {"heap-allocated", "heap_allocated"},
     {"host-object-urls", "host_object_urls"},
     {"private", "private"},
     {"resident", "resident"},
     {"resident-unique", "resident_unique"},
     {"system-heap-allocated", "system_heap_allocated"},
     {"vsize", "vsize"},
     {"vsize-max-contiguous", "vsize_max_contiguous"}}};

// Measures that many paths add up to, the first that fits.
struct PartOfPaths {
  std::string_view start;
  std::string_view part;  // Somewhere in the path.
  std::string_view measure;
};
constexpr std::array<PartOfPaths, 4> kPartsOfPaths = {{
    {"explicit/images/", "", "images"},
    {"explicit/", "top(none)/detached", "top_none_detached"},
    {"explicit/heap-overhead/", "", "heap_overhead"},
    {"js-main-runtime/", "", "js_main_runtime"},
}};

std::string_view MeasureOf(std::string_view path) {
  for (const auto& [whole, measure] : kWholePaths) {
    if (path == whole) return measure;
  }
  for (const PartOfPaths& row : kPartsOfPaths) {
    if (path.starts_with(row.start) && path.find(row.part) != std::string_view::npos) return row.measure;
  }
  return {};
}

base::Result<std::int64_t> NumberAt(dom::element report, std::string_view key) {
  std::int64_t number = 0;
  if (report[key].get(number) != simdjson::SUCCESS) return Error{Code::kBadValue, 0, "memory report: number"};
  return number;
}

base::Status Add(std::int64_t amount, std::int64_t& sum) {
  if (__builtin_add_overflow(sum, amount, &sum)) return Error{Code::kOverflow, 0, "memory report: sum"};
  return {};
}

class Sums {
 public:
  Sums() {
    for (const auto& [path, measure] : kWholePaths) measures_[std::string(measure)] = 0;
    for (const PartOfPaths& row : kPartsOfPaths) measures_[std::string(row.measure)] = 0;
  }

  base::Status AddReport(dom::element report) {
    std::string_view path;
    if (report["path"].get(path) != simdjson::SUCCESS)
      return Error{Code::kBadValue, 0, "memory report: path"};
    const std::string_view measure = MeasureOf(path);
    const bool is_explicit = path.starts_with("explicit/");
    if (measure.empty() && !is_explicit) return {};
    ASSIGN_OR_RETURN(const std::int64_t amount, NumberAt(report, "amount"));
    if (is_explicit) RETURN_IF_ERROR(AddExplicit(report, amount));
    return measure.empty() ? base::Status() : Add(amount, measures_[std::string(measure)]);
  }

  base::Result<MemoryMeasures> Finish() {
    std::int64_t unclassified = measures_["heap_allocated"];
    std::int64_t all = unclassified;
    if (__builtin_sub_overflow(unclassified, explicit_heap_, &unclassified))
      return Error{Code::kOverflow, 0, "memory report: sum"};
    RETURN_IF_ERROR(Add(explicit_non_heap_, all));
    measures_["heap_unclassified"] = unclassified;
    measures_["explicit"] = all;
    return std::move(measures_);
  }

 private:
  base::Status AddExplicit(dom::element report, std::int64_t amount) {
    ASSIGN_OR_RETURN(const std::int64_t units, NumberAt(report, "units"));
    ASSIGN_OR_RETURN(const std::int64_t kind, NumberAt(report, "kind"));
    if (units != kBytes || (kind != kHeap && kind != kNonHeap))
      return Error{Code::kBadValue, 0, "memory report: kind"};
    return Add(amount, kind == kHeap ? explicit_heap_ : explicit_non_heap_);
  }

  MemoryMeasures measures_;
  std::int64_t explicit_heap_ = 0;
  std::int64_t explicit_non_heap_ = 0;
};

// Numbers of the registry have no sign.
registry::Value ValueOf(std::int64_t amount) {
  if (amount < 0) return registry::JsonText{std::to_string(amount)};
  return static_cast<std::uint64_t>(amount);
}

}  // namespace

base::Result<MemoryMeasures> MeasureMemory(std::string_view account, std::uint64_t process_id) {
  dom::parser parser;
  dom::element root;
  dom::array reports;
  if (base::ParseJson(parser, account).get(root) != simdjson::SUCCESS ||
      root["reports"].get(reports) != simdjson::SUCCESS) {
    return Error{Code::kBadValue, 0, "memory report"};
  }
  const std::string mark = "(pid " + std::to_string(process_id) + ")";
  Sums sums;
  bool is_there = false;
  for (const dom::element report : reports) {
    std::string_view process;
    if (report["process"].get(process) != simdjson::SUCCESS)
      return Error{Code::kBadValue, 0, "memory report: process"};
    if (process.find(mark) == std::string_view::npos) continue;
    is_there = true;
    RETURN_IF_ERROR(sums.AddReport(report));
  }
  if (!is_there) return Error{Code::kNotFound, 0, "memory report: process"};
  return sums.Finish();
}

void AddMemoryFields(const MemoryMeasures& measures, std::map<std::string, registry::Value>& fields) {
  base::JsonWriter json;
  json.BeginObject();
  for (const auto& [name, amount] : measures) {
    json.NumberField(name, amount);
    fields.insert_or_assign("memory_" + name, ValueOf(amount));
  }
  json.EndObject();
  fields.insert_or_assign("memory_measures", registry::JsonText{json.Take()});
}

}  // namespace cairn::processor
