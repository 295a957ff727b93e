// What a file says of itself before a symbol file is made of it: its kind and id, whether it holds code and
// debug information, and where the rest lies. Cheap: no section is unpacked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_reader.h"
#include "model/module.h"
#include "model/system.h"

namespace cairn::symgen {

enum class FileKind : std::uint8_t { kOther, kElf, kPe, kPdb, kMachO };

// A file by name, and what it must be like. All texts borrow from the file.
struct DebugLink {
  std::string_view name;                  // Of .gnu_debuglink a base name, of .gnu_debugaltlink a path.
  std::optional<std::uint32_t> checksum;  // CRC-32 of the whole file.
  base::Bytes build_id;
};

// Borrows the file's bytes.
struct FileFacts {
  FileKind kind = FileKind::kOther;
  model::Cpu cpu = model::Cpu::kUnknown;
  model::DebugId debug_id;               // Empty: the file cannot be told from others.
  bool is_linked = true;                 // Else an object file, whose code has no addresses yet.
  bool has_code = false;                 // Else it holds debug information alone.
  bool has_debug_info = false;           // A PDB does.
  base::Bytes build_id;                  // Of ELF.
  std::optional<DebugLink> debug_link;   // Where the debug information of a stripped file is.
  std::optional<DebugLink> shared_link;  // What this file's debug information shares with others (dwz).
  std::string_view pdb_path;             // As the linker of a PE file wrote it; often of another machine.
};

// The facts of one file; of a file that cannot be read as its magic says, kOther. A fat Mach-O archive is to
// be taken apart before.
FileFacts ReadFacts(base::Bytes bytes);

// What the checksum of a DebugLink is compared with.
std::uint32_t DebugLinkChecksum(base::Bytes file);

}  // namespace cairn::symgen
