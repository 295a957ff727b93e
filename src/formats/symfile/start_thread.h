// Starts threads that make work faster where the system has some to give.
#pragma once

#include <system_error>
#include <thread>
#include <utility>

namespace cairn::symfile {

// A thread that runs `work`; one that is not joinable if the system gives none, and then the caller does it.
template <typename Work>
std::thread StartThreadIfAny(Work work) {
  try {
    return std::thread(std::move(work));
  } catch (const std::system_error&) {
    return {};
  }
}

}  // namespace cairn::symfile
