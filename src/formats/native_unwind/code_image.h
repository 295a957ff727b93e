// CodeImage is where tables of functions of Windows find code and unwind information: in an image's file, or
// in what a dump holds of a process's memory. Offsets count from the base that the table's rows count from.
#pragma once

#include <span>

#include "base/byte_reader.h"
#include "formats/object/pe_file.h"
#include "model/address.h"
#include "model/memory_view.h"

namespace cairn::native {

class CodeImage {
 public:
  virtual ~CodeImage() = default;

  virtual bool IsCode(model::ModuleOffset offset) const = 0;
  // The bytes from `offset` on, as far as they are at hand; empty if none are.
  virtual base::Bytes BytesAt(model::ModuleOffset offset) const = 0;
};

class FileImage final : public CodeImage {
 public:
  explicit FileImage(const object::PeFile& file) : file_(file) {}

  bool IsCode(model::ModuleOffset offset) const override {
    const object::PeSection* const section = file_.FindSection(offset);
    return section != nullptr && section->executable;
  }
  base::Bytes BytesAt(model::ModuleOffset offset) const override { return file_.BytesAt(offset); }

 private:
  object::PeFile file_;
};

// Code at [start, end) of a process. `memory` is sorted by start and borrowed.
class MemoryImage final : public CodeImage {
 public:
  struct Range {
    model::ProcessAddress start;
    model::ProcessAddress end;
    model::ProcessAddress base;  // What offsets count from.
  };
  MemoryImage(const Range& range, std::span<const model::MemoryView> memory)
      : range_(range), memory_(memory) {}

  bool IsCode(model::ModuleOffset offset) const override {
    const model::ProcessAddress address{range_.base.value + offset.value};
    return address >= range_.start && address < range_.end;
  }
  base::Bytes BytesAt(model::ModuleOffset offset) const override {
    const model::ProcessAddress address{range_.base.value + offset.value};
    const std::optional<model::MemoryView> view = model::FindMemory(memory_, address);
    return view ? view->From(address) : base::Bytes();
  }

 private:
  Range range_;
  std::span<const model::MemoryView> memory_;
};

}  // namespace cairn::native
