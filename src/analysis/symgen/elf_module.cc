#include "analysis/symgen/elf_module.h"

#include <algorithm>
#include <array>
#include <deque>
#include <memory>
#include <string>
#include <utility>

#include "analysis/symgen/cfi_text.h"
#include "base/parallel.h"
#include "formats/dwarf/elf_unwind_tables.h"
#include "formats/native_unwind/arm_unwind_table.h"
#include "formats/object/compressed_section.h"
#include "formats/object/elf_file.h"

namespace cairn::symgen {

using base::Bytes;
using base::Code;
using base::Error;
using object::ElfFile;

namespace {

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

struct SectionRow {
  std::string_view name;  // Behind "debug_".
  Bytes dwarf::DebugSections::* place;
};
constexpr std::array kSections = {SectionRow{"info", &dwarf::DebugSections::info},
                                  SectionRow{"abbrev", &dwarf::DebugSections::abbreviations},
                                  SectionRow{"line", &dwarf::DebugSections::line},
                                  SectionRow{"line_str", &dwarf::DebugSections::line_strings},
                                  SectionRow{"str", &dwarf::DebugSections::strings},
                                  SectionRow{"str_offsets", &dwarf::DebugSections::string_offsets},
                                  SectionRow{"addr", &dwarf::DebugSections::addresses},
                                  SectionRow{"ranges", &dwarf::DebugSections::ranges},
                                  SectionRow{"rnglists", &dwarf::DebugSections::range_lists}};

// The sections as they are in the file, or unpacked into `unpacked`. In .dwo files names have an ending.
base::Result<dwarf::DebugSections> ReadSections(const ElfFile& file, unsigned threads,
                                                std::deque<std::vector<std::byte>>& unpacked,
                                                const std::string& ending = "") {
  std::array<base::Result<std::vector<std::byte>>, kSections.size()> contents = {
      Error{}, Error{}, Error{}, Error{}, Error{}, Error{}, Error{}, Error{}, Error{}};
  base::RunParallel(kSections.size(), threads, [&] {
    return [&](std::size_t i) {
      contents.at(i) = object::UnpackDebugSection(file, std::string(kSections.at(i).name) + ending);
    };
  });
  dwarf::DebugSections sections;
  for (std::size_t i = 0; i < kSections.size(); ++i) {
    Bytes& place = sections.*kSections.at(i).place;
    if (contents.at(i)) {
      unpacked.push_back(*std::move(contents.at(i)));
      place = unpacked.back();
    } else if (contents.at(i).error().code != Code::kNotFound) {
      return contents.at(i).error();
    } else if (const auto* section =
                   file.FindSection(".debug_" + std::string(kSections.at(i).name) + ending)) {
      place = file.SectionBytes(*section);
    }
  }
  return sections;
}

// What the unwind tables of both files borrow.
struct UnwindSources {
  std::vector<std::byte> own_debug_frame;
  std::vector<std::byte> debug_frame;
  std::vector<dwarf::EhFrame> tables;
  std::optional<native::ArmUnwindTable> arm;
};

// Empty unless the file has it compressed, as files of debug data often do.
std::vector<std::byte> UnpackDebugFrame(const ElfFile& file) {
  auto unpacked = object::UnpackDebugSection(file, "frame");
  return unpacked ? *std::move(unpacked) : std::vector<std::byte>();
}

UnwindSources FindUnwindTables(const ElfFile& file, const ElfFile& debug_file) {
  UnwindSources sources;
  sources.own_debug_frame = UnpackDebugFrame(file);
  sources.debug_frame = UnpackDebugFrame(debug_file);
  for (const auto& input : {dwarf::FindEhFrame(file), dwarf::FindDebugFrame(file, sources.own_debug_frame),
                            dwarf::FindDebugFrame(debug_file, sources.debug_frame)}) {
    if (!input) continue;
    auto table = dwarf::EhFrame::Create(*input);
    if (table) sources.tables.push_back(*std::move(table));
  }
  sources.arm = native::ArmUnwindTable::Create(file);
  return sources;
}

// .eh_frame, and of .debug_frame what it adds; of .ARM.exidx what neither has.
UnwindCount PrintUnwind(const ElfFile& file, const UnwindSources& sources, TextWriter& writer) {
  UnwindCount count;
  const model::RegisterTable* const table = model::FindRegisterTable(file.cpu());
  if (table == nullptr) return count;
  const auto known = [&](model::ModuleOffset offset, std::size_t tables) {
    return std::any_of(sources.tables.begin(), sources.tables.begin() + static_cast<std::ptrdiff_t>(tables),
                       [&](const dwarf::EhFrame& other) { return other.FindRange(offset) != nullptr; });
  };
  for (std::size_t i = 0; i < sources.tables.size(); ++i) {
    count.complaints += sources.tables[i].bad_entries();
    for (const dwarf::FrameRange& range : sources.tables[i].ranges()) {
      if (range.start.value >= file.image_size() || known(range.start, i)) continue;
      PrintCfi(sources.tables[i].Rows(range), *table, writer);
      ++count.ranges;
    }
  }
  if (!sources.arm) return count;
  for (const std::vector<dwarf::FrameRow>& rows : sources.arm->Functions()) {
    if (known(rows.front().start, sources.tables.size())) continue;
    PrintCfi(rows, *table, writer);
    ++count.ranges;
  }
  return count;
}

}  // namespace

base::Result<ModuleInput> OpenElfModule(const ElfFiles& files) {
  ASSIGN_OR_RETURN(const ElfFile file, ElfFile::Open(files.file));
  ASSIGN_OR_RETURN(const ElfFile debug_file, ElfFile::Open(files.debug_file.value_or(files.file)));
  if (!file.build_id().empty() && !debug_file.build_id().empty() &&
      !std::ranges::equal(file.build_id(), debug_file.build_id())) {
    return Error{Code::kBadValue, 0, "build id of the debug file: it belongs to another build"};
  }
  ModuleInput module;
  module.system = "Linux";
  module.cpu = file.cpu();
  module.debug_id = model::DebugIdFromBuildId(file.Identifier());
  module.code_id = UpperHex(file.build_id());
  module.code = FindCode(file);
  module.load_base = file.load_base().value;
  for (const ElfFile* const source : {&file, &debug_file}) {
    for (const object::ElfSymbol& symbol : source->FunctionSymbols()) {
      module.symbols.push_back({symbol.name, symbol.offset, symbol.size, symbol.global});
    }
    if (!files.debug_file) break;
  }
  ASSIGN_OR_RETURN(module.dwarf.sections, ReadSections(debug_file, files.threads, module.dwarf.unpacked));
  if (files.shared_file) {
    ASSIGN_OR_RETURN(const ElfFile shared, ElfFile::Open(*files.shared_file));
    ASSIGN_OR_RETURN(module.dwarf.alternate, ReadSections(shared, files.threads, module.dwarf.unpacked));
  }
  if (files.split_package) {
    ASSIGN_OR_RETURN(module.dwarf.split_package, OpenSplitFile(*files.split_package, files.threads));
  }
  module.dwarf.open_split = files.open_split;
  const auto unwind = std::make_shared<const UnwindSources>(FindUnwindTables(file, debug_file));
  module.print_unwind = [file, unwind](TextWriter& writer) { return PrintUnwind(file, *unwind, writer); };
  return module;
}

namespace {

// GCC gives each type of DWARF 5 a section of its own in a .dwo file, all of one name: they are put in a row.
// Nothing if there is but one.
std::vector<std::byte> JoinInfo(const ElfFile& file) {
  std::vector<std::byte> joined;
  std::size_t count = 0;
  for (const object::ElfSection& section : file.sections()) {
    if (section.name != ".debug_info.dwo" || (section.flags & object::kSectionCompressed) != 0) continue;
    const Bytes bytes = file.SectionBytes(section);
    // Sections that overlap are no compiler's work.
    if (bytes.size() > file.bytes().size() - joined.size()) return {};
    joined.insert(joined.end(), bytes.begin(), bytes.end());
    ++count;
  }
  return count > 1 ? joined : std::vector<std::byte>();
}

}  // namespace

base::Result<SplitFile> OpenSplitFile(Bytes bytes, unsigned threads) {
  ASSIGN_OR_RETURN(const ElfFile file, ElfFile::Open(bytes));
  SplitFile split;
  ASSIGN_OR_RETURN(split.sections, ReadSections(file, threads, split.unpacked, ".dwo"));
  if (std::vector<std::byte> info = JoinInfo(file); !info.empty()) {
    split.unpacked.push_back(std::move(info));
    split.sections.info = split.unpacked.back();
  }
  if (const auto* section = file.FindSection(".debug_cu_index"))
    split.unit_index = file.SectionBytes(*section);
  return split;
}

}  // namespace cairn::symgen
