// RunFrameProgram runs the program of a STACK WIN record: postfix text with assignments, from the frame data
// of Windows' PDB files (IMAGE_DEBUG_FRAME_DATA; the strings are described in Microsoft's DIA SDK,
// IDiaFrameData::get_program).
//
//   $T0 $ebp = $eip $T0 4 + ^ = $ebp $T0 ^ = $esp $T0 8 + =
//
// A token is a number (signed decimal), a name ($register, $temporary or .constant) or an operator: + - * / %
// and @ (a down to a multiple of b) take two values, ^ reads memory, = gives a name its value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/unwind/stack_memory.h"

namespace cairn::unwind {

// The longest program in Mozilla's and Microsoft's symbols has about 60 tokens and 10 names.
inline constexpr std::size_t kMaxProgramTokens = 512;
inline constexpr std::size_t kMaxProgramVariables = 64;

class ProgramVariables {
 public:
  void Set(std::string_view name, std::uint32_t value);
  std::optional<std::uint32_t> Get(std::string_view name) const;
  // Whether the program gave `name` a value.
  bool IsAssigned(std::string_view name) const;
  // Set(), by the program. False if there are too many names.
  bool Assign(std::string_view name, std::uint32_t value);

 private:
  struct Variable {
    std::string name;
    std::uint32_t value = 0;
    bool is_assigned = false;
  };
  Variable* Find(std::string_view name);
  const Variable* Find(std::string_view name) const;
  std::vector<Variable> variables_;
};

// The variables after the program, or nothing if it fails: an unknown name, a read of memory that the dump
// lacks, a division by zero, a value that is not used, or one of the limits. Any text ends.
std::optional<ProgramVariables> RunFrameProgram(std::string_view program, const ProgramVariables& initial,
                                                const StackMemory& memory);

}  // namespace cairn::unwind
