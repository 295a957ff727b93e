#include "formats/native_unwind/pe_binary.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace cairn::native {
namespace {

std::vector<NamedFunction> NamesOf(const object::PeFile& file) {
  std::vector<NamedFunction> names;
  for (const object::PeExport& symbol : file.Exports()) names.push_back({symbol.name, symbol.offset, 0});
  return names;
}

std::optional<dwarf::EhFrame> FindEhFrame(const object::PeFile& file) {
  const object::PeSection* section = file.FindSection(".eh_frame");
  if (section == nullptr) return std::nullopt;
  dwarf::EhFrame::Input input;
  input.section.bytes = file.BytesAt(section->start);
  input.section.pointers.section_address = file.image_base() + section->start.value;
  input.section.pointers.address_bytes = model::PointerBytes(file.cpu());
  input.load_base = file.image_base();
  input.cpu = file.cpu();
  auto eh_frame = dwarf::EhFrame::Create(input);
  if (!eh_frame) return std::nullopt;
  return *std::move(eh_frame);
}

}  // namespace

PeBinary::PeBinary(const object::PeFile& file)
    : file_(file), eh_frame_(FindEhFrame(file)), names_(NamesOf(file)) {
  if (file.ExceptionDirectory().empty()) return;
  if (file.cpu() == model::Cpu::kAmd64) x64_.emplace(file);
  if (file.cpu() == model::Cpu::kArm64) arm64_.emplace(file);
}

std::optional<model::UnwindRow> PeBinary::FindUnwindRow(model::ModuleOffset offset) const {
  if (eh_frame_ && eh_frame_->FindRange(offset) != nullptr) return eh_frame_->Find(offset);
  if (arm64_) return arm64_->FindRow(offset);
  return x64_ ? x64_->FindRow(offset) : std::nullopt;
}

std::optional<model::ModuleOffset> PeBinary::FindRangeStart(model::ModuleOffset offset) const {
  if (x64_) {
    if (const std::optional<X64Function> function = x64_->FindFunction(offset)) {
      return model::ModuleOffset{function->begin};
    }
  }
  if (arm64_) {
    if (const std::optional<model::ModuleOffset> start = arm64_->FindStart(offset)) return start;
  }
  const dwarf::FrameRange* range = eh_frame_ ? eh_frame_->FindRange(offset) : nullptr;
  return range != nullptr ? std::optional(range->start) : std::nullopt;
}

std::optional<model::SymbolizedAddress> PeBinary::Symbolize(model::ModuleOffset offset) const {
  return names_.Find(offset, FindRangeStart(offset));
}

model::CodeAt PeBinary::FindCode(model::ModuleOffset offset) const {
  const object::PeSection* section = file_.FindSection(offset);
  if (section == nullptr || !section->executable) return model::CodeAt::kNothing;
  return FindRangeStart(offset) ? model::CodeAt::kFunction : model::CodeAt::kUnknown;
}

base::Bytes PeBinary::ReadCode(model::ModuleOffset offset, std::size_t count) const {
  const base::Bytes bytes = file_.BytesAt(offset);
  return bytes.first(std::min(bytes.size(), count));
}

}  // namespace cairn::native
