// Reads a file of the operator (or a profile of a product) into the registry: rows as in
// schema/annotations.yaml, and rewrites.
//
//   annotations:                 # A row of a name that is known changes only what it names.
//     - name: Notes
//       permission: public
//     - name: AcmeTier           # A new one needs field, type, scope, source and description.
//       field: acme_tier         # With `search`, and if it is public, a field of searches.
//       ...
//   fields:                      # What the server makes; only such that exist, and only how they are shown.
//     - name: topmost_filenames
//       permission: protected
//   rewrites:                    # In this order, behind the processor's own rules.
//     - field: version
//       when: {product: [Acme], release_channel: [beta]}
//       by_build: {"20260428093000": "7.0b3"}   # else replace: {OLD: NEW}, else append
//       append: b0
//       note: the beta's number is not known
#pragma once

#include <string>
#include <string_view>

#include "server/registry/registry.h"

namespace cairn::registry {

// Empty, or what is wrong with file and line; then the registry may have taken rows before that line.
std::string AddRegistryFile(const std::string& path, Registry& registry);

// As AddRegistryFile; `path` is only for the sentence.
std::string AddRegistryText(const std::string& path, const std::string& text, Registry& registry);

}  // namespace cairn::registry
