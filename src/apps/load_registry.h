// The annotation registry that a server works with: the built-in rows, the profile, and what the operator
// adds.
#pragma once

#include <string>

#include "apps/server_config.h"
#include "server/registry/registry.h"

namespace cairn::apps {

// Adds to `registry`, in that order, what the configuration's `profile` and `annotations` name. A sentence
// with file and line if a file is wrong; else empty.
std::string LoadRegistry(const ServerConfig& config, registry::Registry& registry);

// What that registry calls public and searchable can be searched for: for programs that fill the index or
// search it, before they open it.
void SearchBy(const registry::Registry& registry);

// For programs that neither fill the index nor search it, and read no configuration: columns of annotations
// stay as the server has made them.
void SearchForNoAnnotations();

}  // namespace cairn::apps
