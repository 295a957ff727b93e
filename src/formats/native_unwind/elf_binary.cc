#include "formats/native_unwind/elf_binary.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "formats/object/compressed_section.h"

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
  if (auto unpacked = object::UnpackDebugSection(file, "frame")) debug_frame_ = *std::move(unpacked);
  auto tables = dwarf::ElfUnwindTables::Create(file, debug_frame_);
  if (tables) tables_ = *std::move(tables);
  arm_ = ArmUnwindTable::Create(file);
}

std::optional<model::UnwindRow> ElfBinary::FindUnwindRow(model::ModuleOffset offset) const {
  if (tables_ && tables_->FindRange(offset) != nullptr) return tables_->FindUnwindRow(offset);
  return arm_ ? arm_->FindRow(offset) : std::nullopt;
}

std::optional<model::ModuleOffset> ElfBinary::FindRangeStart(model::ModuleOffset offset) const {
  const dwarf::FrameRange* const range = tables_ ? tables_->FindRange(offset) : nullptr;
  if (range != nullptr) return range->start;
  return arm_ ? arm_->FindStart(offset) : std::nullopt;
}

std::optional<model::SymbolizedAddress> ElfBinary::Symbolize(model::ModuleOffset offset) const {
  return names_.Find(offset, FindRangeStart(offset));
}

model::CodeAt ElfBinary::FindCode(model::ModuleOffset offset) const {
  const model::CodeAt found = tables_ ? tables_->FindCode(offset) : model::CodeAt::kUnknown;
  return found == model::CodeAt::kUnknown && FindRangeStart(offset) ? model::CodeAt::kFunction : found;
}

base::Bytes ElfBinary::ReadCode(model::ModuleOffset offset, std::size_t count) const {
  const base::Bytes bytes = file_.BytesAt({offset.value + file_.load_base().value});
  return bytes.first(std::min(bytes.size(), count));
}

}  // namespace cairn::native
