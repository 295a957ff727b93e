#include "server/signing/progress.h"

#include <simdjson.h>

#include "base/json_writer.h"
#include "base/parse_json.h"

namespace cairn::signing {

double ShareDone(const Progress& progress) {
  if (progress.is_done) return 1;
  if (!progress.after) return 0;
  constexpr double kHalf = 9.223372036854775808e18;  // 2^63: ids are signed.
  return (static_cast<double>(*progress.after) + kHalf) / (2 * kHalf);
}

std::string WriteProgress(const Progress& progress) {
  base::JsonWriter json;
  json.BeginObject();
  json.NumberField("stamp", progress.stamp);
  if (progress.after) {
    json.NumberField("after", *progress.after);
  }
  json.NumberField("inputs", progress.inputs);
  json.NumberField("changed", progress.changed);
  json.Key("is_done");
  json.Bool(progress.is_done);
  json.EndObject();
  return json.Take();
}

base::Result<Progress> ReadProgress(std::string_view text) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  Progress progress;
  std::int64_t after = 0;
  if (base::ParseJson(parser, text).get(root) != simdjson::SUCCESS ||
      root["stamp"].get(progress.stamp) != simdjson::SUCCESS ||
      root["inputs"].get(progress.inputs) != simdjson::SUCCESS ||
      root["changed"].get(progress.changed) != simdjson::SUCCESS ||
      root["is_done"].get(progress.is_done) != simdjson::SUCCESS) {
    return base::Error{base::Code::kBadValue, 0, "progress of signing"};
  }
  if (root["after"].get(after) == simdjson::SUCCESS) progress.after = after;
  return progress;
}

}  // namespace cairn::signing
