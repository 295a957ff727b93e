#include "analysis/symgen/generate.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>
#include <vector>

#include "analysis/symgen/cfi_text.h"
#include "analysis/symgen/debug_info.h"
#include "analysis/symgen/demangle.h"
#include "analysis/symgen/dwarf_reader.h"
#include "analysis/symgen/public_symbols.h"
#include "base/hex.h"
#include "formats/dwarf/elf_unwind_tables.h"
#include "formats/object/compressed_section.h"
#include "formats/object/elf_file.h"

namespace cairn::symgen {

using object::ElfFile;

namespace {

// The names of CPUs in MODULE records, those of Breakpad's dump_syms.
std::string_view ArchitectureName(model::Cpu cpu) {
  switch (cpu) {
    case model::Cpu::kX86: return "x86";
    case model::Cpu::kAmd64: return "x86_64";
    case model::Cpu::kArm: return "arm";
    case model::Cpu::kArm64: return "arm64";
    case model::Cpu::kMips: return "mips";
    case model::Cpu::kMips64: return "mips64";
    case model::Cpu::kPpc: return "ppc";
    case model::Cpu::kPpc64: return "ppc64";
    case model::Cpu::kRiscv: return "riscv";
    case model::Cpu::kRiscv64: return "riscv64";
    default: return {};
  }
}

std::vector<AddressRange> FindCode(const ElfFile& file) {
  std::vector<AddressRange> code;
  for (const object::ElfSegment& segment : file.segments()) {
    if (segment.type != object::kSegmentLoad || (segment.flags & object::kSegmentExecutable) == 0) continue;
    if (segment.memory_size != 0) code.push_back({file.OffsetOf(segment.address), segment.memory_size});
  }
  // A segment may begin with headers and read-only data; sections are more exact where there are any.
  std::vector<AddressRange> sections;
  for (const object::ElfSection& section : file.sections()) {
    constexpr std::uint64_t kCode = object::kSectionAllocated | object::kSectionExecutable;
    if ((section.flags & kCode) != kCode || section.size == 0) continue;
    const model::ModuleOffset start = file.OffsetOf(section.address);
    if (start.value < file.image_size()) sections.push_back({start, section.size});
  }
  return sections.empty() ? code : sections;
}

// Appends to one text; symbol files of large libraries have hundreds of megabytes, so nothing is formatted
// twice.
class Printer {
 public:
  Printer& Text(std::string_view text) {
    text_ += text;
    return *this;
  }
  Printer& Hex(std::uint64_t value) { return Number(value, 16); }
  Printer& Decimal(std::uint64_t value) { return Number(value, 10); }
  std::string& text() { return text_; }

  // A name to the end of its line: what would end the line early becomes a blank.
  Printer& Name(std::string_view name) {
    const std::size_t start = text_.size();
    text_ += name;
    std::replace_if(
        text_.begin() + static_cast<std::ptrdiff_t>(start), text_.end(),
        [](char c) { return c == '\n' || c == '\r' || c == '\0'; }, ' ');
    text_ += '\n';
    return *this;
  }

 private:
  Printer& Number(std::uint64_t value, int base) {
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, value, base);
    text_.append(digits, end.ptr);
    return *this;
  }

  std::string text_;
};

// Which names are inlined, and under which numbers they are printed.
std::vector<std::uint32_t> PrintOrigins(const DebugInfo& info, Printer& printer) {
  constexpr std::uint32_t kUnused = ~std::uint32_t{0};
  std::vector<std::uint32_t> numbers(info.origins.texts().size(), kUnused);
  std::uint32_t next = 0;
  for (const FunctionRecord& function : info.functions) {
    for (const InlineRecord& call : function.inlines) {
      if (numbers[call.origin] != kUnused) continue;
      numbers[call.origin] = next;
      printer.Text("INLINE_ORIGIN ").Decimal(next++).Text(" ").Name(info.origins.texts()[call.origin]);
    }
  }
  return numbers;
}

void PrintFunction(const FunctionRecord& function, const DebugInfo& info,
                   const std::vector<std::uint32_t>& origins, Printer& printer) {
  printer.Text(function.folded ? "FUNC m " : "FUNC ").Hex(function.range.start.value).Text(" ");
  printer.Hex(function.range.size).Text(" 0 ").Name(info.origins.texts()[function.name]);
  for (const InlineRecord& call : function.inlines) {
    printer.Text("INLINE ").Decimal(call.depth).Text(" ").Decimal(call.call_line);
    printer.Text(" ").Decimal(call.call_file).Text(" ").Decimal(origins[call.origin]);
    for (const AddressRange& range : call.ranges) {
      printer.Text(" ").Hex(range.start.value).Text(" ").Hex(range.size);
    }
    printer.Text("\n");
  }
  for (const LineRecord& line : function.lines) {
    printer.Hex(line.range.start.value).Text(" ").Hex(line.range.size).Text(" ");
    printer.Decimal(line.line).Text(" ").Decimal(line.file).Text("\n");
  }
}

void PrintDebugInfo(const DebugInfo& info, Printer& printer) {
  for (std::size_t i = 0; i < info.files.texts().size(); ++i) {
    printer.Text("FILE ").Decimal(i).Text(" ").Name(info.files.texts()[i]);
  }
  const std::vector<std::uint32_t> origins = PrintOrigins(info, printer);
  for (const FunctionRecord& function : info.functions) PrintFunction(function, info, origins, printer);
}

// Empty unless the file has it compressed, as files of debug data often do.
std::vector<std::byte> UnpackDebugFrame(const ElfFile& file) {
  auto unpacked = object::UnpackDebugSection(file, "frame");
  return unpacked ? *std::move(unpacked) : std::vector<std::byte>();
}

// .eh_frame, and of .debug_frame what it adds.
void PrintUnwindTables(const ElfFile& file, const ElfFile& debug_file, Printer& printer,
                       GeneratedSymbols& result) {
  const model::RegisterTable* table = model::FindRegisterTable(file.cpu());
  if (table == nullptr) return;
  std::vector<dwarf::EhFrame> sources;
  const std::vector<std::byte> own = UnpackDebugFrame(file);
  const std::vector<std::byte> debug = UnpackDebugFrame(debug_file);
  for (const auto& input : {dwarf::FindEhFrame(file), dwarf::FindDebugFrame(file, own),
                            dwarf::FindDebugFrame(debug_file, debug)}) {
    if (!input) continue;
    auto source = dwarf::EhFrame::Create(*input);
    if (source) sources.push_back(*std::move(source));
  }
  for (std::size_t i = 0; i < sources.size(); ++i) {
    result.complaints += sources[i].bad_entries();
    for (const dwarf::FrameRange& range : sources[i].ranges()) {
      const bool known =
          std::any_of(sources.begin(), sources.begin() + static_cast<std::ptrdiff_t>(i),
                      [&](const dwarf::EhFrame& other) { return other.FindRange(range.start); });
      if (known || range.start.value >= file.image_size()) continue;
      AppendCfi(sources[i].Rows(range), *table, printer.text());
      ++result.unwind_ranges;
    }
  }
}

std::string Upper(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

}  // namespace

base::Result<GeneratedSymbols> GenerateSymbols(const GenerateInput& input) {
  ASSIGN_OR_RETURN(const ElfFile file, ElfFile::Open(input.file));
  ASSIGN_OR_RETURN(const ElfFile debug_file, ElfFile::Open(input.debug_file.value_or(input.file)));
  const std::string_view architecture = ArchitectureName(file.cpu());
  if (architecture.empty()) return base::Error{base::Code::kUnsupported, 18, "CPU of the ELF file"};
  GeneratedSymbols result;
  result.debug_id = model::DebugIdFromBuildId(file.Identifier());
  if (result.debug_id.empty())
    return base::Error{base::Code::kNotFound, 0, "build id or code to identify the file by"};
  ASSIGN_OR_RETURN(DebugInfo info, ReadDebugInfo(debug_file.bytes(), FindCode(file), file.load_base().value));
  std::vector<object::ElfSymbol> symbols = file.FunctionSymbols();
  std::ranges::copy(debug_file.FunctionSymbols(), std::back_inserter(symbols));
  SortSymbols(symbols);
  TakeSymbolNames(symbols, info);

  Printer printer;
  printer.Text("MODULE Linux ")
      .Text(architecture)
      .Text(" ")
      .Text(result.debug_id.text)
      .Text(" ")
      .Name(input.name);
  if (!file.build_id().empty()) printer.Text("INFO CODE_ID ").Name(Upper(base::BytesToHex(file.build_id())));
  PrintDebugInfo(info, printer);
  for (const PublicSymbol& symbol : ChoosePublicSymbols(symbols, info.functions)) {
    printer.Text("PUBLIC ").Hex(symbol.offset.value).Text(" 0 ").Name(Demangle(symbol.name));
    ++result.public_symbols;
  }
  result.functions = info.functions.size();
  result.complaints = info.complaints;
  PrintUnwindTables(file, debug_file, printer, result);
  result.text = std::move(printer.text());
  return result;
}

}  // namespace cairn::symgen
