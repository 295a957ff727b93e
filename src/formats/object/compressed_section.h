// Unpacks sections of ELF files that linkers compress to save space, which only those of debug data may be.
//
// Sources: System V gABI, "Section Compression" (SHF_COMPRESSED, types ZLIB and ZSTD), and the form of the
// GNU tools before it: a section .zdebug_NAME of "ZLIB" and a big-endian size before the data.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "formats/object/elf_file.h"

namespace cairn::object {

// The contents of section .debug_NAME if it is compressed in either way. kNotFound if there is no such
// section or it is not compressed: then its bytes are in the file as they are.
base::Result<std::vector<std::byte>> UnpackDebugSection(const ElfFile& file, std::string_view name);

}  // namespace cairn::object
