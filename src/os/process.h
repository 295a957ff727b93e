// What a process must know of itself and of its siblings.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace cairn::os {

// The folder of the running executable, without a slash at the end. Sibling programs lie beside it.
std::string ExecutableFolder();

// Replaces this process by `program` (a path) with `arguments` behind its name. Returns only on failure.
base::Error Execute(const std::string& program, const std::vector<std::string>& arguments);

}  // namespace cairn::os
