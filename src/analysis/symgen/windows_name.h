// What linkers of Windows put around the names of C.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/system.h"

namespace cairn::symgen {

struct WindowsName {
  std::string text;
  std::uint32_t parameter_bytes =
      0;  // What the callee takes off the stack; 0 where the name does not say it.
};

// On x86 "_f" is f, "_f@8" and "@f@8" are f with 8 bytes of parameters (Microsoft's "Decorated names"). Names
// of C++
// ("?f@@YAXH@Z") and those of other CPUs are as they are.
WindowsName ReadWindowsName(std::string_view name, model::Cpu cpu);

}  // namespace cairn::symgen
