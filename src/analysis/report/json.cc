#include "analysis/report/json.h"

#include "base/json_writer.h"

namespace cairn::report {

std::string RenderJson(const model::CrashReport& report, JsonOptions options) {
  base::JsonWriter json(options.pretty ? 2 : 0);
  json.BeginObject();
  json.Key("status");
  json.String("OK");
  json.Key("signature");
  json.String(report.signature.text);
  json.EndObject();
  return json.Take();
}

}  // namespace cairn::report
