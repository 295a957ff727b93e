#include "server/intake/stored_report.h"

#include <simdjson.h>

#include "base/json_texts.h"
#include "base/json_writer.h"
#include "base/parse_json.h"
#include "server/intake/crash_id.h"
#include "server/store/blob_keys.h"

namespace cairn::intake {

std::string KeyOfDump(std::string_view dump_name, std::string_view id) {
  return dump_name == kMinidumpName ? store::DumpKey(id) : store::NamedDumpKey(dump_name, id);
}

std::string WriteDumpNames(const std::vector<std::string>& names) {
  base::JsonWriter json;
  json.BeginArray();
  for (const std::string& name : names) json.String(name);
  json.EndArray();
  return json.Take();
}

std::vector<std::string> ParseDumpNames(std::string_view json) {
  simdjson::dom::parser parser;
  return base::TextsIn(base::ParseJson(parser, json));
}

base::Status RemoveReport(store::BlobStore& blobs, std::string_view id,
                          const std::vector<std::string>& dump_names) {
  RETURN_IF_ERROR(blobs.Remove(store::RawCrashKey(DayOfCrashId(id).value_or("unknown"), id)));
  for (const std::string& name : dump_names) RETURN_IF_ERROR(blobs.Remove(KeyOfDump(name, id)));
  return blobs.Remove(store::NamedDumpKey("dump_names", id));
}

}  // namespace cairn::intake
