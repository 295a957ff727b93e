// Arm64UnwindTable finds the caller of arm64 code of Windows by the image's .pdata and .xdata.
//
// Code without a row is a leaf, which returns to its link register. The table borrows the image's bytes and
// is immutable.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "formats/dwarf/eh_frame.h"
#include "formats/native_unwind/arm64_unwind_info.h"
#include "formats/native_unwind/code_image.h"
#include "formats/object/pe_file.h"
#include "model/unwind_row.h"

namespace cairn::native {

inline constexpr std::size_t kArm64FunctionBytes = 8;  // A row of .pdata.

class Arm64UnwindTable {
 public:
  explicit Arm64UnwindTable(const object::PeFile& file)
      : Arm64UnwindTable(std::make_unique<FileImage>(file), file.ExceptionDirectory()) {}
  // As of X64UnwindTable.
  Arm64UnwindTable(std::unique_ptr<const CodeImage> image, base::Bytes functions)
      : image_(std::move(image)), functions_(functions) {}

  // Where the function (or the part of one) starts that holds `offset`, or nothing.
  std::optional<model::ModuleOffset> FindStart(model::ModuleOffset offset) const;
  // As X64UnwindTable::FindRow.
  std::optional<model::UnwindRow> FindRow(model::ModuleOffset offset) const;

  std::size_t function_count() const { return functions_.size() / kArm64FunctionBytes; }
  // The rows of the function of one row of .pdata, prologue and epilogues included. Empty if it is broken.
  std::vector<dwarf::FrameRow> Rows(std::size_t index) const;

 private:
  struct Function {
    std::uint32_t start = 0;
    std::uint32_t unwind_data = 0;
  };
  Function FunctionAt(std::size_t index) const;
  std::optional<Function> FindFunction(model::ModuleOffset offset) const;
  std::optional<Arm64UnwindInfo> ReadInfo(const Function& function) const;

  std::unique_ptr<const CodeImage> image_;
  base::Bytes functions_;
};

}  // namespace cairn::native
