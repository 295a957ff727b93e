#include "formats/native_unwind/elf_binary.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace cairn::native {
namespace {

std::vector<NamedFunction> NamesOf(const object::ElfFile& file) {
  std::vector<NamedFunction> names;
  for (const object::ElfSymbol& symbol : file.FunctionSymbols()) {
    names.push_back({symbol.name, symbol.offset, symbol.size});
  }
  return names;
}

}  // namespace

ElfBinary::ElfBinary(const object::ElfFile& file) : file_(file), names_(NamesOf(file)) {
  auto tables = dwarf::ElfUnwindTables::Create(file);
  if (tables) tables_ = *std::move(tables);
}

std::optional<model::UnwindRow> ElfBinary::FindUnwindRow(model::ModuleOffset offset) const {
  return tables_ ? tables_->FindUnwindRow(offset) : std::nullopt;
}

std::optional<model::SymbolizedAddress> ElfBinary::Symbolize(model::ModuleOffset offset) const {
  const dwarf::FrameRange* range = tables_ ? tables_->FindRange(offset) : nullptr;
  return names_.Find(offset, range != nullptr ? std::optional(range->start) : std::nullopt);
}

model::CodeAt ElfBinary::FindCode(model::ModuleOffset offset) const {
  return tables_ ? tables_->FindCode(offset) : model::CodeAt::kUnknown;
}

base::Bytes ElfBinary::ReadCode(model::ModuleOffset offset, std::size_t count) const {
  const base::Bytes bytes = file_.BytesAt({offset.value + file_.load_base().value});
  return bytes.first(std::min(bytes.size(), count));
}

}  // namespace cairn::native
