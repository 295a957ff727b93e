// Turns the 32-bit encodings of compact unwind tables into unwind rows.
//
// Source: Apple's <mach-o/compact_unwind_encoding.h>. An encoding describes a function's finished frame; it
// says nothing of the prologue and the epilogue.
#pragma once

#include <cstdint>
#include <optional>

#include "base/byte_reader.h"
#include "model/system.h"
#include "model/unwind_row.h"

namespace cairn::native {

// The encoding says that the function's row stands in __eh_frame.
bool IsDwarfEncoding(std::uint32_t encoding, model::Cpu cpu);

// `function` is the function's code from its first byte: encodings of large frames of amd64 and x86 point at
// the instruction that allocates them. Nothing for "no unwind information", for DWARF and for a mode that
// does not exist.
std::optional<model::UnwindRow> RowOfX64Encoding(std::uint32_t encoding, base::Bytes function);
std::optional<model::UnwindRow> RowOfX86Encoding(std::uint32_t encoding, base::Bytes function);
std::optional<model::UnwindRow> RowOfArm64Encoding(std::uint32_t encoding);

}  // namespace cairn::native
