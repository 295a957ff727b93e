// An open PDB file: LLVM's reader, and what all who read through it share.
//
// Includes LLVM's headers: for the sources of this folder that read PDBs, and no others.
#pragma once

#include <llvm/DebugInfo/PDB/Native/DbiStream.h>
#include <llvm/DebugInfo/PDB/Native/PDBFile.h>
#include <llvm/Support/Allocator.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "analysis/symgen/debug_info.h"
#include "base/byte_reader.h"
#include "base/result.h"
#include "model/module.h"
#include "model/system.h"

namespace cairn::symgen {

// The value, or nothing: LLVM's errors must be looked at, and there is nothing to be done about them here.
template <typename T>
std::optional<T> TakeExpected(llvm::Expected<T> expected) {
  if (expected) return std::move(*expected);
  llvm::consumeError(expected.takeError());
  return std::nullopt;
}
template <typename T>
T* TakeExpected(llvm::Expected<T&> expected) {
  if (expected) return &*expected;
  llvm::consumeError(expected.takeError());
  return nullptr;
}

class PdbFile {
 public:
  // kBadValue for what LLVM does not read.
  static base::Result<PdbFile> Open(base::Bytes bytes);

  llvm::pdb::PDBFile& file() const { return *file_; }
  llvm::pdb::DbiStream& dbi() const { return *dbi_; }

  model::DebugId debug_id() const;
  model::Cpu cpu() const;
  std::vector<AddressRange> CodeRanges() const;
  // A place in a section, which count from 1, as an offset in the image.
  std::optional<model::ModuleOffset> OffsetOf(std::uint16_t section, std::uint32_t offset) const;

 private:
  PdbFile() = default;

  std::unique_ptr<llvm::BumpPtrAllocator> allocator_;
  std::unique_ptr<llvm::pdb::PDBFile> file_;
  llvm::pdb::DbiStream* dbi_ = nullptr;
};

}  // namespace cairn::symgen
