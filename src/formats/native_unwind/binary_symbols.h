// Opens a program or library of any system as model::ModuleSymbols: its unwind tables, its code, and the
// names of its own symbols, for modules whose symbol file is missing or has no unwind rows.
//
// ELF, PE and Mach-O files are told apart by their magic. What is made borrows the bytes of the file.
#pragma once

#include <memory>
#include <string>

#include "base/byte_reader.h"
#include "base/result.h"
#include "model/module.h"
#include "model/module_symbols.h"
#include "model/system.h"

namespace cairn::native {

// What a binary says of itself; compare it with a dump's module before its answers are believed.
struct BinaryIdentity {
  model::DebugId debug_id;
  std::string code_id;  // As model::Module::code_id.
  model::Cpu cpu = model::Cpu::kUnknown;
};

// `cpu` chooses among the files of a fat Mach-O archive; kUnknown takes the first. Other files ignore it.
base::Result<BinaryIdentity> IdentifyBinary(base::Bytes bytes, model::Cpu cpu = model::Cpu::kUnknown);

// A binary without unwind tables still answers with its code and names. kBadMagic for a file of another kind,
// kUnsupported for a CPU that Cairn does not unwind, kNotFound if a fat archive has no file for `cpu`.
base::Result<std::unique_ptr<model::ModuleSymbols>> OpenBinary(base::Bytes bytes,
                                                               model::Cpu cpu = model::Cpu::kUnknown);

}  // namespace cairn::native
