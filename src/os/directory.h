// What is done to folders.
#pragma once

#include <string>

#include "base/result.h"

namespace cairn::os {

// No error if it is not there, or if something is in it: then it stays.
base::Status RemoveEmptyDirectory(const std::string& path);

}  // namespace cairn::os
