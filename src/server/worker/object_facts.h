// What a worker tells of a raw debug file that was uploaded: by which ids it is asked for and what it holds.
#pragma once

#include <string>
#include <string_view>

#include "base/byte_reader.h"
#include "base/result.h"

namespace cairn::worker {

struct ObjectFacts {
  std::string build_id;         // Of an ELF file, in lower-case hexadecimal; empty: it has none.
  bool has_code = false;        // Sections that run, with their bytes.
  bool has_debug_info = false;  // DWARF.
  friend bool operator==(const ObjectFacts&, const ObjectFacts&) = default;
};

// kBadMagic for what is no ELF file. In the worker.
base::Result<ObjectFacts> InspectObject(base::Bytes file);

// As one line, for the way between the processes.
std::string WriteObjectFacts(const ObjectFacts& facts);
// Nothing in it is trusted: a text that WriteObjectFacts does not make is kBadValue.
base::Result<ObjectFacts> ReadObjectFacts(std::string_view line);

}  // namespace cairn::worker
