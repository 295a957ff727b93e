#include "symbols/binary_file.h"

#include <optional>
#include <utility>

#include "base/hex.h"
#include "formats/dwarf/elf_unwind_tables.h"
#include "formats/object/elf_file.h"
#include "os/file.h"

namespace cairn::symbols {
namespace {

bool IsBuildOf(const object::ElfFile& file, const model::Module& module) {
  const std::string build_id = base::BytesToHex(file.build_id());
  if (!build_id.empty() && build_id == module.code_id) return true;
  return !module.debug_id.empty() && model::DebugIdFromBuildId(file.Identifier()) == module.debug_id;
}

// An ELF file with its tables. Never moves, because both parts borrow from the mapping.
class ElfBinary final : public BinaryFile {
 public:
  ElfBinary(os::MappedFile mapping, dwarf::ElfUnwindTables tables)
      : mapping_(std::move(mapping)), tables_(std::move(tables)) {}
  const model::ModuleSymbols& symbols() const override { return tables_; }

 private:
  os::MappedFile mapping_;
  dwarf::ElfUnwindTables tables_;
};

}  // namespace

base::Result<std::shared_ptr<const BinaryFile>> BinaryFile::Open(const std::string& path,
                                                                 const model::Module& module) {
  ASSIGN_OR_RETURN(os::MappedFile mapping, os::MappedFile::Open(path));
  ASSIGN_OR_RETURN(const object::ElfFile file, object::ElfFile::Open(mapping.bytes()));
  if (!IsBuildOf(file, module))
    return base::Error{base::Code::kNotFound, 0, "a binary with the module's build id"};
  ASSIGN_OR_RETURN(dwarf::ElfUnwindTables tables, dwarf::ElfUnwindTables::Create(file));
  // Moving a mapping leaves its bytes where they are.
  return std::shared_ptr<const BinaryFile>(
      std::make_shared<const ElfBinary>(std::move(mapping), std::move(tables)));
}

bool IsBuildOf(const std::string& path, const model::Module& module) {
  const auto mapping = os::MappedFile::Open(path);
  if (!mapping) return false;
  const auto file = object::ElfFile::Open(mapping->bytes());
  return file && IsBuildOf(*file, module);
}

}  // namespace cairn::symbols
