// ElfUnwindTables are a module's own unwind tables, read from its ELF file: what the client walks stacks
// with, where no symbol files are. What .eh_frame does not cover is looked up in .debug_frame.
//
// They know ranges of code, not names: Symbolize() never answers. They borrow the file's bytes and are
// immutable.
#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "formats/dwarf/eh_frame.h"
#include "formats/object/elf_file.h"
#include "model/module_symbols.h"

namespace cairn::dwarf {

// Where a file's .eh_frame lies: by section name, or in a file without sections by .eh_frame_hdr's segment.
// Nothing if the file has none.
std::optional<EhFrame::Input> FindEhFrame(const object::ElfFile& file);
// The same for .debug_frame, which code without exception tables has. Where the file has it compressed,
// `unpacked` are its contents (formats/object/compressed_section.h); else that is empty.
std::optional<EhFrame::Input> FindDebugFrame(const object::ElfFile& file, base::Bytes unpacked);

class ElfUnwindTables final : public model::ModuleSymbols {
 public:
  // kNotFound if the file has no unwind tables, kUnsupported for a CPU that Cairn does not unwind.
  // `unpacked_debug_frame` is as FindDebugFrame takes it, and borrowed as the file's bytes are.
  static base::Result<ElfUnwindTables> Create(const object::ElfFile& file,
                                              base::Bytes unpacked_debug_frame = {});

  std::optional<model::UnwindRow> FindUnwindRow(model::ModuleOffset offset) const override;
  std::optional<model::SymbolizedAddress> Symbolize(model::ModuleOffset offset) const override;
  model::CodeAt FindCode(model::ModuleOffset offset) const override;

  // The first of the two tables that the file has.
  const EhFrame& eh_frame() const { return eh_frame_; }
  // The range of either table that holds `offset`, or nullptr.
  const FrameRange* FindRange(model::ModuleOffset offset) const;

 private:
  struct CodeRange {
    model::ModuleOffset start;
    std::uint64_t size = 0;
  };

  explicit ElfUnwindTables(EhFrame eh_frame) : eh_frame_(std::move(eh_frame)) {}
  static std::vector<CodeRange> FindCodeRanges(const object::ElfFile& file);

  EhFrame eh_frame_;
  std::optional<EhFrame> debug_frame_;  // If the file has both.
  std::vector<CodeRange> code_;
};

}  // namespace cairn::dwarf
