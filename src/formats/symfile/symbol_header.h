// The head of a Breakpad symbol file: which module it describes.
//
// Source: Breakpad's docs/symbol_files.md for MODULE; INFO CODE_ID and INFO GENERATOR as dump_syms writes
// them.
#pragma once

#include <string>

#include "base/byte_reader.h"
#include "base/result.h"
#include "formats/symfile/text_source.h"
#include "model/module.h"
#include "model/system.h"

namespace cairn::symfile {

struct SymbolFileHeader {
  std::string os;           // As written: "Linux", "mac", "windows".
  std::string arch;         // As written: "x86_64", "arm64".
  model::DebugId debug_id;  // Upper-case; an id without an age gets age 0.
  std::string debug_file;   // May contain blanks.
  std::string code_id;      // INFO CODE_ID, as written; may be empty, as may be the next two.
  std::string code_file;
  std::string generator;  // INFO GENERATOR: a name and a version.
};

// Reads MODULE, which must be the first line, and the INFO lines right behind it; looks at nothing after
// those. Fails with kUnsupported for UTF-16 text, which some Windows tools write, and kBadMagic for what is
// no symbol file.
base::Result<SymbolFileHeader> ReadSymbolFileHeader(base::Bytes text);
// The same, reading no further.
base::Result<SymbolFileHeader> ReadSymbolFileHeader(const TextSource& text);

// The CPU that MODULE's architecture stands for; kUnknown for a name that is not known.
model::Cpu CpuOfArch(std::string_view arch);

}  // namespace cairn::symfile
