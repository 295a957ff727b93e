// ArmUnwindTable finds the caller of 32-bit ARM code by the index that C++ exceptions are unwound with there,
// .ARM.exidx, where other CPUs have .eh_frame.
//
// Source: "Exception Handling ABI for the Arm Architecture", "Index table entries". An entry reaches to the
// next one. It is true where a function calls; at the function's first instruction, where nothing has been
// pushed, the table gives a leaf's row instead, and within prologues it may be wrong. A table borrows its
// file's bytes and is immutable.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "formats/dwarf/eh_frame.h"
#include "formats/object/elf_file.h"
#include "model/unwind_row.h"

namespace cairn::native {

class ArmUnwindTable {
 public:
  // Nothing if the file is none of 32-bit ARM or has no index.
  static std::optional<ArmUnwindTable> Create(const object::ElfFile& file);

  // Where the function starts that holds `offset`, or nothing for code of which the table says that it cannot
  // be unwound: linkers say so of code without tables too.
  std::optional<model::ModuleOffset> FindStart(model::ModuleOffset offset) const;
  std::optional<model::UnwindRow> FindRow(model::ModuleOffset offset) const;

  // All functions that can be unwound, in order, as their rows: each that of a leaf at the first instruction,
  // then the table's.
  std::vector<std::vector<dwarf::FrameRow>> Functions() const;

 private:
  struct Entry {
    model::ModuleOffset start;
    std::uint32_t word = 0;            // The second of the row.
    object::LinkAddress word_address;  // Where it lies.
  };
  ArmUnwindTable(const object::ElfFile& file, base::Bytes index, object::LinkAddress address)
      : file_(file), index_(index), address_(address) {}
  Entry EntryAt(std::size_t index) const;
  std::optional<Entry> FindEntry(model::ModuleOffset offset) const;
  bool IsCode(model::ModuleOffset offset) const;

  object::ElfFile file_;
  base::Bytes index_;
  object::LinkAddress address_;
};

}  // namespace cairn::native
