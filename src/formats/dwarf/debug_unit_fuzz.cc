#include "formats/dwarf/debug_numbers.h"
#include "formats/dwarf/line_program.h"
#include "formats/object/elf_file.h"

// Takes arbitrary bytes for an ELF file, walks the entries of all of its units, and asks for whatever their
// values lead to: texts, ranges, references and lines.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn::dwarf;
  const auto file = cairn::object::ElfFile::Open(std::as_bytes(std::span(data, size)));
  if (!file) return 0;
  const auto section = [&](const char* name) {
    const auto* const found = file->FindSection(name);
    return found != nullptr ? file->SectionBytes(*found) : cairn::base::Bytes();
  };
  DebugSections sections;
  sections.info = section(".debug_info");
  sections.abbreviations = section(".debug_abbrev");
  sections.line = section(".debug_line");
  sections.line_strings = section(".debug_line_str");
  sections.strings = section(".debug_str");
  sections.string_offsets = section(".debug_str_offsets");
  sections.addresses = section(".debug_addr");
  sections.ranges = section(".debug_ranges");
  sections.range_lists = section(".debug_rnglists");
  for (const UnitHeader& header : ListUnits(sections.info).units) {
    if (header.abbreviations > sections.abbreviations.size()) continue;
    const AbbreviationTable table(
        sections.abbreviations.subspan(static_cast<std::size_t>(header.abbreviations)), header.format);
    const DebugUnit unit(header, table, sections, &sections);
    if (unit.line_table()) {
      if (const auto lines = LineProgram::Read(unit, *unit.line_table())) {
        (void)lines->Run(
            [&](std::span<const LineRow> rows, std::uint64_t) { (void)lines->FilePath(rows[0].file); });
      }
    }
    cairn::base::ByteReader reader = unit.ReaderAt(header.first_entry);
    std::vector<LinkRange> ranges;
    for (std::uint64_t code = 0; reader.remaining() != 0 && ReadEntryCode(reader, code);) {
      const Abbreviation* const entry = table.Find(code);
      if (entry == nullptr) continue;
      for (const AttributeSpecification& specification : table.AttributesOf(*entry)) {
        const AttributeValue value = ReadAttributeValue(reader, specification, header.format);
        (void)unit.Text(value);
        (void)unit.Reference(value);
        (void)unit.Range(value, value);
        if (specification.name == attribute::kRanges && ranges.size() < 1000)
          (void)unit.AppendRanges(value, ranges);
      }
    }
  }
  return 0;
}
