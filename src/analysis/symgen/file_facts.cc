#include "analysis/symgen/file_facts.h"

#include <algorithm>
#include <array>
#include <utility>

#include "analysis/symgen/pdb_reader.h"
#include "formats/object/elf_file.h"
#include "formats/object/macho_file.h"
#include "formats/object/pe_file.h"

namespace cairn::symgen {

using base::ByteReader;
using base::Bytes;
using object::ElfFile;
using object::MachOFile;
using object::PeFile;

namespace {

std::string_view NameAtStart(Bytes section) {
  const std::string_view text = base::AsText(section);
  return text.substr(0, std::min(text.find('\0'), text.size()));
}

// A name, padding to four bytes, and the checksum; GDB's manual, "Separate Debug Files".
std::optional<DebugLink> ReadDebugLink(Bytes section) {
  DebugLink link;
  link.name = NameAtStart(section);
  ByteReader reader(section);
  reader.Seek((link.name.size() + 1 + 3) / 4 * 4);
  const auto checksum = reader.Read<std::uint32_t>();
  if (!reader.ok() || link.name.empty()) return std::nullopt;
  link.checksum = checksum;
  return link;
}

// A path, and the build id of the file there; dwz(1).
std::optional<DebugLink> ReadSharedLink(Bytes section) {
  DebugLink link;
  link.name = NameAtStart(section);
  if (link.name.empty() || link.name.size() + 1 >= section.size()) return std::nullopt;
  link.build_id = section.subspan(link.name.size() + 1);
  return link;
}

bool HasCode(const ElfFile& file) {
  if (file.sections().empty()) return !file.segments().empty();
  return std::ranges::any_of(file.sections(), [](const object::ElfSection& section) {
    return (section.flags & object::kSectionExecutable) != 0 && section.type != object::kSectionNoBits;
  });
}

FileFacts ReadElf(const ElfFile& file) {
  FileFacts facts;
  facts.kind = FileKind::kElf;
  facts.cpu = file.cpu();
  facts.debug_id = model::DebugIdFromBuildId(file.Identifier());
  facts.is_linked = !file.segments().empty();
  facts.has_code = HasCode(file);
  facts.has_debug_info =
      file.FindSection(".debug_info") != nullptr || file.FindSection(".zdebug_info") != nullptr;
  facts.build_id = file.build_id();
  if (const auto* section = file.FindSection(".gnu_debuglink"))
    facts.debug_link = ReadDebugLink(file.SectionBytes(*section));
  if (const auto* section = file.FindSection(".gnu_debugaltlink"))
    facts.shared_link = ReadSharedLink(file.SectionBytes(*section));
  return facts;
}

FileFacts ReadPe(const PeFile& file) {
  FileFacts facts;
  facts.kind = FileKind::kPe;
  facts.cpu = file.cpu();
  facts.debug_id = file.debug_id();
  facts.has_code = true;
  facts.has_debug_info = file.FindSection(".debug_info") != nullptr;
  facts.pdb_path = file.debug_file();
  if (const auto* section = file.FindSection(".gnu_debuglink"))
    facts.debug_link = ReadDebugLink(file.BytesAt(section->start));
  return facts;
}

FileFacts ReadMachO(const MachOFile& file) {
  FileFacts facts;
  facts.kind = FileKind::kMachO;
  facts.cpu = file.cpu();
  facts.debug_id = file.debug_id();
  const object::MachOSection* const text = file.FindSection("__TEXT", "__text");
  facts.is_linked =
      std::ranges::find(file.segments(), "__TEXT", &object::MachOSegment::name) != file.segments().end();
  facts.has_code = text != nullptr && !text->bytes.empty();
  facts.has_debug_info = file.FindSection("__DWARF", "__debug_info") != nullptr;
  return facts;
}

// The table of CRC-32 (IEEE 802.3), byte by byte.
constexpr std::array<std::uint32_t, 256> MakeChecksumTable() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value & 1) != 0 ? value >> 1 ^ 0xedb88320u : value >> 1;
    table.at(i) = value;
  }
  return table;
}

}  // namespace

FileFacts ReadFacts(Bytes bytes) {
  if (const auto file = ElfFile::Open(bytes)) return ReadElf(*file);
  if (const auto file = PeFile::Open(bytes)) return ReadPe(*file);
  if (const auto file = MachOFile::Open(bytes)) return ReadMachO(*file);
  FileFacts facts;
  if (!IsPdb(bytes)) return facts;
  const auto module = OpenPdbModule(bytes);
  if (!module) return facts;
  facts.kind = FileKind::kPdb;
  facts.cpu = module->cpu;
  facts.debug_id = module->debug_id;
  facts.has_debug_info = true;
  return facts;
}

std::uint32_t DebugLinkChecksum(Bytes file) {
  static constexpr std::array<std::uint32_t, 256> kTable = MakeChecksumTable();
  std::uint32_t value = 0xffffffff;
  for (const std::byte byte : file)
    value = kTable.at((value ^ std::to_integer<std::uint32_t>(byte)) & 0xff) ^ value >> 8;
  return ~value;
}

}  // namespace cairn::symgen
