// The ways in which the example crashes, one function each.
#pragma once

#include <span>
#include <string_view>

namespace crashy {

struct Fault {
  std::string_view kind;     // What the command line calls it.
  std::string_view summary;  // One line for --help.
  void (*run)();             // Does not return.
};

std::span<const Fault> Faults();

}  // namespace crashy
