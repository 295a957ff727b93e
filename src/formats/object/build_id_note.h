// The GNU build id among ELF notes, in a file or in the memory of a process.
//
// Source: System V gABI chapter 5, "Note Section": name size, value size, type, name, value; name and value
// are padded to four bytes. The notes are untrusted.
#pragma once

#include <cstddef>

#include "base/byte_reader.h"

namespace cairn::object {

// A GNU build id has 20 bytes (SHA-1), 16 (MD5, UUID) or 8 (lld's fast); 64 leaves room for --build-id=0x....
inline constexpr std::size_t kMaxBuildIdBytes = 64;

// The first build id of the little-endian `notes`, a part of them; empty if there is none, if it is longer
// than kMaxBuildIdBytes, or if a note before it leaves the notes.
base::Bytes FindBuildIdNote(base::Bytes notes);

}  // namespace cairn::object
