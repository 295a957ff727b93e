#include "apps/build_info.h"

#include "base/json_writer.h"

namespace cairn::apps {

std::string BuildInfoAsJson() {
  base::JsonWriter json;
  json.BeginObject();
  json.TextField("source", kBuildInfo.source);
  json.TextField("version", kBuildInfo.version);
  json.TextField("commit", kBuildInfo.commit);
  json.TextField("build", kBuildInfo.build);
  json.EndObject();
  return json.Take();
}

}  // namespace cairn::apps
