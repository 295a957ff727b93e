#include "formats/native_unwind/macho_binary.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "formats/native_unwind/arm64_prologue.h"
#include "formats/native_unwind/compact_encoding.h"
#include "formats/native_unwind/x64_epilogue.h"
#include "formats/native_unwind/x64_prologue.h"

namespace cairn::native {

using model::ModuleOffset;
using model::UnwindRow;

namespace {

// Where functions may start, ascending. Data symbols among them do no harm: they are not within code.
std::vector<ModuleOffset> StartsOf(const object::MachOFile& file) {
  std::vector<ModuleOffset> starts = file.FunctionStarts();
  for (const object::MachOSymbol& symbol : file.Symbols()) starts.push_back(symbol.offset);
  std::ranges::sort(starts);
  return starts;
}

// A symbol reaches to where the next function starts; the last one's size stays unknown.
std::vector<NamedFunction> NamesOf(const object::MachOFile& file, const std::vector<ModuleOffset>& starts) {
  std::vector<NamedFunction> names;
  for (const object::MachOSymbol& symbol : file.Symbols()) {
    const auto next = std::ranges::upper_bound(starts, symbol.offset);
    names.push_back(
        {symbol.name, symbol.offset, next == starts.end() ? 0 : next->value - symbol.offset.value});
  }
  return names;
}

std::optional<dwarf::EhFrame> FindEhFrame(const object::MachOFile& file) {
  const object::MachOSection* section = file.FindSection("__TEXT", "__eh_frame");
  if (section == nullptr || section->bytes.empty() || file.byte_order() != std::endian::little) {
    return std::nullopt;
  }
  dwarf::EhFrame::Input input;
  input.section.bytes = section->bytes;
  input.section.pointers.section_address = section->address;
  input.section.pointers.address_bytes = file.is_64_bit() ? 8 : 4;
  input.load_base = file.load_base();
  input.cpu = file.cpu();
  auto eh_frame = dwarf::EhFrame::Create(input);
  if (!eh_frame) return std::nullopt;
  return *std::move(eh_frame);
}

// Exception tables of 32-bit macOS number ebp and esp the other way round than those of other systems: GCC 3
// did so there, and what reads them was never changed.
void SwapStackRegisters(model::Rule& rule) {
  for (model::RuleToken& token : rule) {
    if (token.op != model::RuleOp::kRegister) continue;
    if (token.value == model::kEsp) {
      token.value = model::kEbp;
    } else if (token.value == model::kEbp) {
      token.value = model::kEsp;
    }
  }
}

UnwindRow WithSwappedStackRegisters(UnwindRow row) {
  SwapStackRegisters(row.cfa);
  SwapStackRegisters(row.return_address);
  for (model::RegisterRule& rule : row.registers) {
    SwapStackRegisters(rule.rule);
    if (rule.index == model::kEsp) rule.index = model::kEbp;
  }
  return row;
}

}  // namespace

MachOBinary::MachOBinary(const object::MachOFile& file)
    : file_(file), eh_frame_(FindEhFrame(file)), starts_(StartsOf(file)), names_(NamesOf(file, starts_)) {
  const object::MachOSection* section = file.FindSection("__TEXT", "__unwind_info");
  if (section != nullptr && !section->bytes.empty()) compact_.emplace(section->bytes, file.byte_order());
  for (const object::MachOSection& code : file.sections()) {
    if (code.code) code_.push_back({file.OffsetOf(code.address), code.size});
  }
}

bool MachOBinary::IsInCode(ModuleOffset offset) const {
  return std::ranges::any_of(code_, [offset](const CodeRange& range) {
    return offset >= range.start && offset.value - range.start.value < range.size;
  });
}

std::optional<UnwindRow> MachOBinary::FindUnwindRow(ModuleOffset offset) const {
  if (!IsInCode(offset)) return std::nullopt;
  const std::optional<CompactEntry> entry = compact_ ? compact_->Find(offset) : std::nullopt;
  if (entry && !IsDwarfEncoding(entry->encoding, file_.cpu())) {
    if (const std::optional<UnwindRow> row = RowOf(*entry, offset)) return row;
  }
  const std::optional<UnwindRow> row = eh_frame_ ? eh_frame_->Find(offset) : std::nullopt;
  return row && file_.cpu() == model::Cpu::kX86 ? WithSwappedStackRegisters(*row) : row;
}

std::optional<UnwindRow> MachOBinary::RowOf(const CompactEntry& entry, ModuleOffset offset) const {
  switch (file_.cpu()) {
    case model::Cpu::kX86:
    case model::Cpu::kAmd64: return IntelRow(entry, offset);
    case model::Cpu::kArm64: return Arm64Row(entry, offset);
    default: return std::nullopt;
  }
}

// Linkers give neighbours with equal encodings one entry together: a function may start in its middle.
MachOBinary::Function MachOBinary::FunctionIn(const CompactEntry& entry, ModuleOffset offset) const {
  Function function = {entry.start, {entry.start.value + entry.size}};
  const auto after = std::ranges::upper_bound(starts_, offset);
  if (after != starts_.end()) function.end = std::min(function.end, *after);
  if (after != starts_.begin()) function.start = std::max(function.start, after[-1]);
  return function;
}

std::optional<UnwindRow> MachOBinary::IntelRow(const CompactEntry& entry, ModuleOffset offset) const {
  if (entry.encoding == 0) return std::nullopt;
  const bool is_wide = file_.cpu() == model::Cpu::kAmd64;
  const Function function = FunctionIn(entry, offset);
  const std::uint64_t size = function.end.value - function.start.value;
  const std::uint64_t distance = offset.value - function.start.value;
  const base::Bytes code = ReadCode(function.start, static_cast<std::size_t>(size));
  if (distance < code.size()) {
    const auto split = static_cast<std::size_t>(distance);
    if (const std::optional<UnwindRow> row =
            is_wide ? ReadX64Prologue(code.first(split)) : ReadX86Prologue(code.first(split))) {
      return row;
    }
    if (const std::optional<X64Epilogue> epilogue =
            is_wide ? ReadX64Epilogue(code.subspan(split)) : ReadX86Epilogue(code.subspan(split))) {
      const std::uint64_t target = distance + static_cast<std::uint64_t>(epilogue->jump_distance.value_or(0));
      const bool stays = epilogue->jumps && epilogue->jump_distance && target < size && target != 0;
      if (!stays) return epilogue->row;
    }
  }
  return FinishedRow(entry);
}

std::optional<UnwindRow> MachOBinary::Arm64Row(const CompactEntry& entry, ModuleOffset offset) const {
  if (entry.encoding == 0) return std::nullopt;
  const ModuleOffset start = FunctionIn(entry, offset).start;
  const std::uint64_t distance = offset.value - start.value;
  const base::Bytes before = ReadCode(start, static_cast<std::size_t>(distance));
  if (before.size() == distance) {
    if (std::optional<UnwindRow> row = ReadArm64Prologue(before)) return row;
  }
  return FinishedRow(entry);
}

std::vector<std::vector<dwarf::FrameRow>> MachOBinary::Functions() const {
  std::vector<std::vector<dwarf::FrameRow>> functions;
  if (compact_) AddCompactFunctions(functions);
  if (!eh_frame_) return functions;
  for (const dwarf::FrameRange& range : eh_frame_->ranges()) {
    const std::optional<CompactEntry> entry = compact_ ? compact_->Find(range.start) : std::nullopt;
    const bool known = entry && !IsDwarfEncoding(entry->encoding, file_.cpu()) && FinishedRow(*entry);
    if (known || !IsInCode(range.start)) continue;
    functions.push_back(eh_frame_->Rows(range));
    if (file_.cpu() != model::Cpu::kX86) continue;
    for (dwarf::FrameRow& row : functions.back()) {
      if (row.row) row.row = WithSwappedStackRegisters(*std::move(row.row));
    }
  }
  return functions;
}

void MachOBinary::AddCompactFunctions(std::vector<std::vector<dwarf::FrameRow>>& functions) const {
  for (const CompactEntry& entry : compact_->Entries()) {
    if (IsDwarfEncoding(entry.encoding, file_.cpu()) || !FinishedRow(entry)) continue;
    const std::uint64_t end = entry.start.value + entry.size;
    for (ModuleOffset start = entry.start; start.value < end;) {
      Function function = FunctionIn(entry, start);
      function.start = std::max(function.start, start);
      if (IsInCode(start)) functions.push_back(RowsOf(entry, function));
      start = function.end;
    }
  }
}

std::vector<dwarf::FrameRow> MachOBinary::RowsOf(const CompactEntry& entry, const Function& function) const {
  constexpr std::uint64_t kMaxPrologueBytes = 128;
  const std::uint64_t step = file_.cpu() == model::Cpu::kArm64 ? 4 : 1;
  const std::uint64_t size = function.end.value - function.start.value;
  const base::Bytes code =
      ReadCode(function.start, static_cast<std::size_t>(std::min(size, kMaxPrologueBytes)));
  std::vector<dwarf::FrameRow> rows;
  for (std::uint64_t distance = 0; distance < code.size(); distance += step) {
    // Nothing in the middle of an instruction: the row before it holds until the next one.
    std::optional<UnwindRow> row = PrologueRow(code.first(static_cast<std::size_t>(distance)));
    if (!row) continue;
    if (!rows.empty()) rows.back().size = function.start.value + distance - rows.back().start.value;
    rows.push_back({{function.start.value + distance}, std::min(step, size - distance), std::move(row)});
  }
  const std::uint64_t body = rows.empty() ? function.start.value : rows.back().start.value + rows.back().size;
  if (body < function.end.value) rows.push_back({{body}, function.end.value - body, FinishedRow(entry)});
  return rows;
}

std::optional<UnwindRow> MachOBinary::PrologueRow(base::Bytes before) const {
  switch (file_.cpu()) {
    case model::Cpu::kX86: return ReadX86Prologue(before);
    case model::Cpu::kAmd64: return ReadX64Prologue(before);
    case model::Cpu::kArm64: return ReadArm64Prologue(before);
    default: return std::nullopt;
  }
}

std::optional<UnwindRow> MachOBinary::FinishedRow(const CompactEntry& entry) const {
  if (entry.encoding == 0) return std::nullopt;
  const base::Bytes whole = ReadCode(entry.start, static_cast<std::size_t>(entry.size));
  switch (file_.cpu()) {
    case model::Cpu::kX86: return RowOfX86Encoding(entry.encoding, whole);
    case model::Cpu::kAmd64: return RowOfX64Encoding(entry.encoding, whole);
    case model::Cpu::kArm64: return RowOfArm64Encoding(entry.encoding);
    default: return std::nullopt;
  }
}

std::optional<model::SymbolizedAddress> MachOBinary::Symbolize(ModuleOffset offset) const {
  if (!IsInCode(offset)) return std::nullopt;
  const std::optional<CompactEntry> entry = compact_ ? compact_->Find(offset) : std::nullopt;
  return names_.Find(offset, entry ? std::optional(FunctionIn(*entry, offset).start) : std::nullopt);
}

model::CodeAt MachOBinary::FindCode(ModuleOffset offset) const {
  if (code_.empty()) return model::CodeAt::kUnknown;
  if (!IsInCode(offset)) return model::CodeAt::kNothing;
  const std::optional<CompactEntry> entry = compact_ ? compact_->Find(offset) : std::nullopt;
  return entry && entry->encoding != 0 ? model::CodeAt::kFunction : model::CodeAt::kUnknown;
}

base::Bytes MachOBinary::ReadCode(ModuleOffset offset, std::size_t count) const {
  const base::Bytes bytes = file_.BytesAt(offset);
  return bytes.first(std::min(bytes.size(), count));
}

}  // namespace cairn::native
