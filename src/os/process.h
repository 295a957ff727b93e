// What a process must know of itself and of its siblings.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace cairn::os {

// The folder of the running executable, without a slash at the end. Sibling programs lie beside it.
std::string ExecutableFolder();

// Replaces this process by `program` (a path) with `arguments` behind its name. Returns only on failure.
base::Error Execute(const std::string& program, const std::vector<std::string>& arguments);

// Runs `program` (a path) with `arguments` behind its name, reading and writing nothing of this process's,
// and gives its exit code. kTimeout: it was killed after `timeout_ms`; kRefused: a signal ended it, with the
// signal's number as offset; kNotFound: there is no such program.
base::Result<int> RunProgram(const std::string& program, const std::vector<std::string>& arguments,
                             std::int64_t timeout_ms, const std::atomic<bool>* cancelled = nullptr);

}  // namespace cairn::os
