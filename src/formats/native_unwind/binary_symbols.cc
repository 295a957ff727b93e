#include "formats/native_unwind/binary_symbols.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/hex.h"
#include "formats/native_unwind/elf_binary.h"
#include "formats/native_unwind/macho_binary.h"
#include "formats/native_unwind/pe_binary.h"

namespace cairn::native {

using base::Bytes;
using base::Code;
using base::Error;
using base::Result;

namespace {

enum class Format : std::uint8_t { kElf, kPe, kMachO };

// Mach-O has many magics; its reader refuses what has none of them.
Format FormatOf(Bytes bytes) {
  const std::string_view text = base::AsText(bytes);
  if (text.starts_with("\x7f"
                       "ELF")) {
    return Format::kElf;
  }
  return text.starts_with("MZ") ? Format::kPe : Format::kMachO;
}

Result<object::MachOFile> OpenMachO(Bytes bytes, model::Cpu cpu) {
  ASSIGN_OR_RETURN(const std::vector<object::MachOSlice> slices, object::MachOSlices(bytes));
  const auto slice = std::ranges::find_if(slices, [cpu](const object::MachOSlice& candidate) {
    return cpu == model::Cpu::kUnknown || candidate.cpu == cpu;
  });
  if (slice == slices.end()) return Error{Code::kNotFound, 0, "file of this CPU in a Mach-O archive"};
  return object::MachOFile::Open(slice->bytes);
}

template <typename Binary, typename File>
Result<std::unique_ptr<model::ModuleSymbols>> Make(const File& file) {
  if (model::FindRegisterTable(file.cpu()) == nullptr) return Error{Code::kUnsupported, 0, "CPU of a binary"};
  return std::unique_ptr<model::ModuleSymbols>(std::make_unique<Binary>(file));
}

}  // namespace

Result<BinaryIdentity> IdentifyBinary(Bytes bytes, model::Cpu cpu) {
  switch (FormatOf(bytes)) {
    case Format::kElf: {
      ASSIGN_OR_RETURN(const object::ElfFile file, object::ElfFile::Open(bytes));
      return BinaryIdentity{model::DebugIdFromBuildId(file.Identifier()), base::BytesToHex(file.build_id()),
                            file.cpu()};
    }
    case Format::kPe: {
      ASSIGN_OR_RETURN(const object::PeFile file, object::PeFile::Open(bytes));
      return BinaryIdentity{file.debug_id(), file.code_id(), file.cpu()};
    }
    case Format::kMachO: break;
  }
  ASSIGN_OR_RETURN(const object::MachOFile file, OpenMachO(bytes, cpu));
  return BinaryIdentity{file.debug_id(), file.code_id(), file.cpu()};
}

Result<std::unique_ptr<model::ModuleSymbols>> OpenBinary(Bytes bytes, model::Cpu cpu) {
  switch (FormatOf(bytes)) {
    case Format::kElf: {
      ASSIGN_OR_RETURN(const object::ElfFile file, object::ElfFile::Open(bytes));
      return Make<ElfBinary>(file);
    }
    case Format::kPe: {
      ASSIGN_OR_RETURN(const object::PeFile file, object::PeFile::Open(bytes));
      return Make<PeBinary>(file);
    }
    case Format::kMachO: break;
  }
  ASSIGN_OR_RETURN(const object::MachOFile file, OpenMachO(bytes, cpu));
  return Make<MachOBinary>(file);
}

}  // namespace cairn::native
