#include "analysis/symgen/pdb_file.h"

#include <llvm/DebugInfo/PDB/Native/InfoStream.h>
#include <llvm/Object/COFF.h>
#include <llvm/Support/BinaryByteStream.h>

#include <cstring>
#include <string>
#include <utility>

#include "base/hex.h"

namespace cairn::symgen {

using base::Code;
using base::Error;

namespace {

bool Succeeded(llvm::Error error) {
  const bool ok = !error;
  llvm::consumeError(std::move(error));
  return ok;
}

}  // namespace

base::Result<PdbFile> PdbFile::Open(base::Bytes bytes) {
  const std::string_view text = base::AsText(bytes);
  PdbFile pdb;
  pdb.allocator_ = std::make_unique<llvm::BumpPtrAllocator>();
  pdb.file_ = std::make_unique<llvm::pdb::PDBFile>(
      "",
      std::make_unique<llvm::BinaryByteStream>(llvm::StringRef(text.data(), text.size()),
                                               llvm::endianness::little),
      *pdb.allocator_);
  if (!Succeeded(pdb.file_->parseFileHeaders()) || !Succeeded(pdb.file_->parseStreamData()))
    return Error{Code::kBadValue, 0, "streams of the PDB"};
  if (!pdb.file_->hasPDBDbiStream()) return Error{Code::kNotFound, 0, "debug information in the PDB"};
  pdb.dbi_ = TakeExpected(pdb.file_->getPDBDbiStream());
  if (pdb.dbi_ == nullptr) return Error{Code::kBadValue, 0, "debug information of the PDB"};
  return pdb;
}

// The age that images know is that of the debug information; the PDB's own counts how often it was written.
model::DebugId PdbFile::debug_id() const {
  const llvm::pdb::InfoStream* const info = TakeExpected(file_->getPDBInfoStream());
  if (info == nullptr) return {};
  const llvm::codeview::GUID guid = info->getGuid();
  base::ByteReader reader(std::as_bytes(std::span(guid.Guid)));
  std::string text = base::ToHex(reader.Read<std::uint32_t>(), 8);
  text += base::ToHex(reader.Read<std::uint16_t>(), 4);
  text += base::ToHex(reader.Read<std::uint16_t>(), 4);
  text += base::BytesToHex(reader.ReadBytes(8));
  text += base::ToHex(dbi_->getAge());
  return model::ParseDebugId(text).value_or(model::DebugId());
}

model::Cpu PdbFile::cpu() const {
  switch (dbi_->getMachineType()) {
    case llvm::pdb::PDB_Machine::x86: return model::Cpu::kX86;
    case llvm::pdb::PDB_Machine::Amd64: return model::Cpu::kAmd64;
    case llvm::pdb::PDB_Machine::ArmNT: return model::Cpu::kArm;
    case llvm::pdb::PDB_Machine::Arm64: return model::Cpu::kArm64;
    default: return model::Cpu::kUnknown;
  }
}

std::vector<AddressRange> PdbFile::CodeRanges() const {
  std::vector<AddressRange> ranges;
  for (const llvm::object::coff_section& section : dbi_->getSectionHeaders()) {
    if ((section.Characteristics & llvm::COFF::IMAGE_SCN_MEM_EXECUTE) == 0 || section.VirtualSize == 0)
      continue;
    ranges.push_back({{section.VirtualAddress}, section.VirtualSize});
  }
  return ranges;
}

std::optional<model::ModuleOffset> PdbFile::OffsetOf(std::uint16_t section, std::uint32_t offset) const {
  const auto headers = dbi_->getSectionHeaders();
  if (section == 0 || section > headers.size()) return std::nullopt;
  const llvm::object::coff_section& header = headers[section - 1];
  if (offset > header.VirtualSize) return std::nullopt;
  return model::ModuleOffset{std::uint64_t{header.VirtualAddress} + offset};
}

}  // namespace cairn::symgen
