// A module as all systems have it, opened: what GenerateSymbols makes a symbol file of. One function per kind
// of file makes it (elf_module.h, pe_module.h, macho_module.h), and nothing behind them asks which kind it
// was.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/symgen/debug_info.h"
#include "analysis/symgen/text_writer.h"
#include "analysis/symgen/unit_store.h"
#include "base/byte_reader.h"
#include "model/module.h"
#include "model/system.h"

namespace cairn::symgen {

// A function that a table of symbols or exports names.
struct CodeSymbol {
  std::string_view name;  // Mangled; without what the system puts before C's names.
  model::ModuleOffset offset;
  std::uint64_t size = 0;             // Zero: unknown.
  bool global = false;                // Other modules may ask for it.
  std::uint32_t parameter_bytes = 0;  // What its callers push; x86 of Windows only.
};

// A STACK WIN record of frame data or, without a program, of FPO data. Sizes in bytes.
struct WindowsFrame {
  AddressRange range;
  std::uint32_t prologue_bytes = 0;
  std::uint32_t parameter_bytes = 0;
  std::uint32_t saved_register_bytes = 0;
  std::uint32_t local_bytes = 0;
  std::uint32_t max_stack_bytes = 0;
  bool allocates_base_pointer = false;
  std::string program;
};

// What printing unwind tables has met.
struct UnwindCount {
  std::size_t ranges = 0;
  std::size_t complaints = 0;
};

// Borrows the bytes of the files.
struct ModuleInput {
  std::string_view system;  // In MODULE records: "Linux", "windows", "mac".
  model::Cpu cpu = model::Cpu::kUnknown;
  model::DebugId debug_id;
  std::string code_id;    // Upper case as in INFO CODE_ID; may be empty.
  std::string code_file;  // Of Windows: the image's name, which CODE_ID carries too.

  std::vector<AddressRange> code;
  std::uint64_t load_base = 0;
  std::vector<CodeSymbol> symbols;
  DwarfInput dwarf;

  base::Bytes pdb;                       // Debug information of Windows; else empty.
  std::deque<std::string> symbol_names;  // Where names of `symbols` lie that no file has in one piece.
  std::vector<WindowsFrame> frames;      // x86 of Windows only.

  std::function<UnwindCount(TextWriter&)> print_unwind;
};

// The name of a CPU in MODULE records, as Breakpad has them; empty for one that it does not know.
std::string_view ArchitectureName(model::Cpu cpu);

std::string UpperHex(base::Bytes bytes);

}  // namespace cairn::symgen
