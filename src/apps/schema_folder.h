// The schemas that pings are checked by: Cairn's own, and over them those of a folder that an operator names.
#pragma once

#include <string>

#include "formats/ping/schema_set.h"

namespace cairn::apps {

// Puts every *.schema.json of `folder` into `schemas`: those that lie in it, and those two folders below, as
// Mozilla's repository of schemas has them (NAMESPACE/TYPE/TYPE.VERSION.schema.json). A sentence with the
// file if one cannot be used; else empty.
std::string AddSchemasOf(const std::string& folder, ping::SchemaSet& schemas);

}  // namespace cairn::apps
