// What everybody may see of a value whose whole is protected.
#pragma once

#include <string>
#include <string_view>

#include "wire/annotation_registry.h"

namespace cairn::registry {

// Stands for a value that begins as one that quotes what a person did.
inline constexpr std::string_view kWithheld = "withheld: it may quote what a person did";

// Texts that cannot be read in their form have none: the result is empty.
std::string PublicForm(wire::AnnotationPublicForm form, std::string_view value);

}  // namespace cairn::registry
