// X64UnwindTable finds the caller of amd64 code of Windows, by the tables that every image for it must have.
//
// Source: Microsoft's "x64 exception handling". Every function that changes the stack pointer or a preserved
// register has a row in .pdata; code without one is a leaf, whose return address lies on top of the stack.
// Code that is made at run time may have such a table too. A table borrows its image's bytes and is
// immutable.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "formats/dwarf/eh_frame.h"
#include "formats/native_unwind/code_image.h"
#include "formats/native_unwind/x64_unwind_info.h"
#include "formats/object/pe_file.h"
#include "model/unwind_row.h"

namespace cairn::native {

class X64UnwindTable {
 public:
  // Parts of one function that point at each other; compilers chain two or three.
  static constexpr int kMaxChain = 32;

  explicit X64UnwindTable(const object::PeFile& file)
      : X64UnwindTable(std::make_unique<FileImage>(file), file.ExceptionDirectory()) {}
  // `functions` are sorted by where they begin, as linkers do, and borrowed.
  X64UnwindTable(std::unique_ptr<const CodeImage> image, base::Bytes functions)
      : image_(std::move(image)), functions_(functions) {}

  std::size_t function_count() const { return functions_.size() / kX64FunctionBytes; }
  X64Function function(std::size_t index) const;

  // The row that holds `offset`, or nothing.
  std::optional<X64Function> FindFunction(model::ModuleOffset offset) const;
  // The row in force at `offset`; of code that no row holds that of a leaf. Nothing for an offset
  // outside code, or if the function's unwind information is broken.
  std::optional<model::UnwindRow> FindRow(model::ModuleOffset offset) const;

  // The rows of one function, from its first byte to its last: after each instruction of the prologue that
  // changes something, a row. Epilogues have none of their own, because the table says nothing of them before
  // version 2 and only the code itself shows where they are: FindRow reads it. Empty if the unwind
  // information is broken.
  std::vector<dwarf::FrameRow> Rows(const X64Function& function) const;

 private:
  std::optional<X64UnwindInfo> ReadInfo(const X64Function& function) const;
  std::optional<model::UnwindRow> FindEpilogue(model::ModuleOffset offset, const X64Function& function,
                                               const X64UnwindInfo& info) const;
  bool LeavesFunction(std::uint64_t target, const X64Function& function) const;
  std::optional<model::UnwindRow> Simulate(model::ModuleOffset offset, const X64Function& function,
                                           X64UnwindInfo info) const;

  std::unique_ptr<const CodeImage> image_;
  base::Bytes functions_;
};

}  // namespace cairn::native
