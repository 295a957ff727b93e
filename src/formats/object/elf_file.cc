#include "formats/object/elf_file.h"

#include <algorithm>
#include <array>

#include "base/checked_math.h"
#include "formats/object/build_id_note.h"

namespace cairn::object {

using base::ByteReader;
using base::Bytes;
using base::Code;
using base::Error;

namespace {

// The smallest page of any CPU that Cairn knows; loaders map whole pages.
constexpr std::uint64_t kPageBytes = 4096;

// Breakpad's FileID::ElfFileIdentifierFromMappedFile folds this much of .text when there is no build id.
constexpr std::size_t kTextHashBytes = 4096;
constexpr std::size_t kTextIdBytes = 16;

// Note sections and segments of binaries have some hundred bytes. They may overlap, so all that are searched
// count.
constexpr std::uint64_t kMaxNoteBytes = 1 << 20;

// Names may overlap too, so a small file can hold a great many long ones. The 600,000 functions of libxul
// have names of 60 MB together.
constexpr std::uint64_t kMaxNameBytes = 1 << 30;

// An e_shstrndx that says "the true index lies in section header 0"; gABI chapter 4, "ELF Header".
constexpr std::uint16_t kEscapedSectionIndex = 0xffff;

constexpr std::uint16_t kUndefinedSection = 0;
constexpr std::uint8_t kSymbolFunction = 2;
constexpr std::uint8_t kSymbolIndirectFunction = 10;
constexpr std::uint16_t kMachineArm = 40;

// Takes names out of a string table, until they are kMaxNameBytes together.
class NameTable {
 public:
  explicit NameTable(Bytes strings) : strings_(base::AsText(strings)) {}

  // The text at `offset` up to its NUL; empty if it is not all there or would be too much.
  std::string_view Take(std::uint64_t offset) {
    if (offset >= strings_.size()) return {};
    const std::string_view rest = strings_.substr(static_cast<std::size_t>(offset), bytes_left_);
    const std::size_t end = rest.find('\0');
    bytes_left_ -= std::min(end, rest.size());
    return end == std::string_view::npos ? std::string_view() : rest.substr(0, end);
  }

 private:
  std::string_view strings_;
  std::size_t bytes_left_ = kMaxNameBytes;
};

}  // namespace

struct ElfFile::Header {
  std::uint64_t segments_offset = 0;
  std::uint64_t sections_offset = 0;
  std::uint64_t segment_size = 0;
  std::uint64_t segment_count = 0;
  std::uint64_t section_size = 0;
  std::uint64_t section_count = 0;
  std::uint32_t section_names_index = 0;
};

base::Result<ElfFile> ElfFile::Open(Bytes bytes) {
  ElfFile file(bytes);
  ASSIGN_OR_RETURN(const Header header, file.ReadHeader());
  file.ReadSections(header);
  RETURN_IF_ERROR(file.ReadSegments(header));
  file.FindLoadRange();
  file.build_id_ = file.FindBuildId();
  return file;
}

std::uint64_t ElfFile::ReadWord(ByteReader& reader) const {
  return class_ == ElfClass::k64 ? reader.Read<std::uint64_t>() : reader.Read<std::uint32_t>();
}

base::Result<ElfFile::Header> ElfFile::ReadHeader() {
  ByteReader reader(bytes_);
  const Bytes magic = reader.ReadBytes(4);
  if (base::AsText(magic) !=
      "\x7f"
      "ELF") {
    return Error{Code::kBadMagic, 0, "ELF magic"};
  }
  const auto elf_class = reader.Read<std::uint8_t>();   // EI_CLASS
  const auto byte_order = reader.Read<std::uint8_t>();  // EI_DATA
  if (elf_class != 1 && elf_class != 2) return Error{Code::kBadValue, 4, "ELF class"};
  if (byte_order != 1) return Error{Code::kUnsupported, 5, "ELF byte order other than little-endian"};
  class_ = elf_class == 2 ? ElfClass::k64 : ElfClass::k32;

  Header header;
  reader.Seek(16);                          // e_ident
  reader.Skip(2);                           // e_type
  machine_ = reader.Read<std::uint16_t>();  // e_machine
  reader.Skip(4);                           // e_version
  ReadWord(reader);                         // e_entry
  header.segments_offset = ReadWord(reader);
  header.sections_offset = ReadWord(reader);
  reader.Skip(6);  // e_flags, e_ehsize
  header.segment_size = reader.Read<std::uint16_t>();
  header.segment_count = reader.Read<std::uint16_t>();
  header.section_size = reader.Read<std::uint16_t>();
  header.section_count = reader.Read<std::uint16_t>();
  header.section_names_index = reader.Read<std::uint16_t>();
  if (!reader.ok()) return Error{Code::kTruncated, bytes_.size(), "ELF header"};
  return header;
}

void ElfFile::ReadSections(const Header& header) {
  const std::uint64_t entry_bytes = class_ == ElfClass::k64 ? 64 : 40;
  if (header.sections_offset == 0 || header.section_size < entry_bytes) return;
  const auto first_bytes = base::Slice(bytes_, header.sections_offset, entry_bytes);
  if (!first_bytes) return;  // Stripped, or cut off behind the segments: the rest of the file still serves.

  std::uint32_t name_offset = 0;
  ByteReader first_reader(*first_bytes);
  const ElfSection first = ReadSection(first_reader, name_offset);
  const std::uint64_t count = header.section_count != 0 ? header.section_count : first.size;
  const std::uint32_t names_index =
      header.section_names_index == kEscapedSectionIndex ? first.link : header.section_names_index;
  if (count > kMaxSections) return;
  const auto table = base::Slice(bytes_, header.sections_offset, count * header.section_size);
  if (!table) return;

  std::vector<std::uint32_t> name_offsets;
  sections_.reserve(static_cast<std::size_t>(count));
  for (std::uint64_t i = 0; i < count; ++i) {
    ByteReader reader(table->subspan(static_cast<std::size_t>(i * header.section_size)));
    sections_.push_back(ReadSection(reader, name_offset));
    name_offsets.push_back(name_offset);
  }
  NameSections(names_index, name_offsets);
}

ElfSection ElfFile::ReadSection(ByteReader& reader, std::uint32_t& name_offset) const {
  ElfSection section;
  name_offset = reader.Read<std::uint32_t>();   // sh_name
  section.type = reader.Read<std::uint32_t>();  // sh_type
  section.flags = ReadWord(reader);             // sh_flags
  section.address = {ReadWord(reader)};         // sh_addr
  section.file_offset = {ReadWord(reader)};     // sh_offset
  section.size = ReadWord(reader);              // sh_size
  section.link = reader.Read<std::uint32_t>();  // sh_link
  reader.Skip(4);                               // sh_info
  ReadWord(reader);                             // sh_addralign
  section.entry_size = ReadWord(reader);        // sh_entsize
  return section;
}

void ElfFile::NameSections(std::uint32_t names_index, const std::vector<std::uint32_t>& name_offsets) {
  if (names_index >= sections_.size()) return;
  NameTable names(SectionBytes(sections_[names_index]));
  for (std::size_t i = 0; i < sections_.size(); ++i) sections_[i].name = names.Take(name_offsets[i]);
}

base::Status ElfFile::ReadSegments(const Header& header) {
  if (header.segment_count == 0) return {};  // An object file; a debug file of an old toolchain.
  const std::uint64_t entry_bytes = class_ == ElfClass::k64 ? 56 : 32;
  if (header.segment_size < entry_bytes) return Error{Code::kBadValue, 0, "ELF program header size"};
  const std::uint64_t count = header.segment_count;
  if (count > kMaxSegments) return Error{Code::kLimitExceeded, 0, "ELF program header count"};
  const auto table = base::Slice(bytes_, header.segments_offset, count * header.segment_size);
  if (!table) return Error{Code::kTruncated, header.segments_offset, "ELF program headers"};

  for (std::uint64_t i = 0; i < count; ++i) {
    ByteReader reader(table->subspan(static_cast<std::size_t>(i * header.segment_size)));
    ElfSegment segment;
    segment.type = reader.Read<std::uint32_t>();                                // p_type
    if (class_ == ElfClass::k64) segment.flags = reader.Read<std::uint32_t>();  // p_flags
    segment.file_offset = {ReadWord(reader)};                                   // p_offset
    segment.address = {ReadWord(reader)};                                       // p_vaddr
    ReadWord(reader);                                                           // p_paddr
    segment.file_size = ReadWord(reader);                                       // p_filesz
    segment.memory_size = ReadWord(reader);                                     // p_memsz
    if (class_ == ElfClass::k32) segment.flags = reader.Read<std::uint32_t>();  // p_flags
    segments_.push_back(segment);
  }
  return {};
}

void ElfFile::FindLoadRange() {
  std::uint64_t lowest = ~std::uint64_t{0};
  std::uint64_t highest = 0;
  for (const ElfSegment& segment : segments_) {
    if (segment.type != kSegmentLoad) continue;
    const auto end = base::CheckedAdd(segment.address.value, segment.memory_size);
    if (!end) continue;
    lowest = std::min(lowest, segment.address.value);
    highest = std::max(highest, *end);
  }
  if (lowest > highest) return;  // No PT_LOAD: link addresses are offsets.
  load_base_ = {lowest / kPageBytes * kPageBytes};
  image_size_ = highest - load_base_.value;
}

Bytes ElfFile::FindBuildId() const {
  std::uint64_t bytes_left = kMaxNoteBytes;
  const auto find_in = [&bytes_left](Bytes notes) {
    notes = notes.first(static_cast<std::size_t>(std::min<std::uint64_t>(notes.size(), bytes_left)));
    bytes_left -= notes.size();
    return FindBuildIdNote(notes);
  };
  for (const ElfSegment& segment : segments_) {
    if (segment.type != kSegmentNote) continue;
    const Bytes id = find_in(SegmentBytes(segment));
    if (!id.empty()) return id;
  }
  for (const ElfSection& section : sections_) {
    if (section.type != kSectionNote) continue;
    const Bytes id = find_in(SectionBytes(section));
    if (!id.empty()) return id;
  }
  return {};
}

std::vector<std::byte> ElfFile::Identifier() const {
  if (!build_id_.empty()) return {build_id_.begin(), build_id_.end()};
  const ElfSection* text = FindSection(".text");
  if (text == nullptr) return {};
  Bytes code = SectionBytes(*text);
  code = code.first(std::min(code.size(), kTextHashBytes));
  if (code.empty()) return {};
  // A last part of fewer than 16 bytes is folded too; Breakpad reads past it, so such tiny files have no
  // fixed id.
  std::vector<std::byte> id(kTextIdBytes);
  for (std::size_t i = 0; i < code.size(); ++i) id[i % kTextIdBytes] ^= code[i];
  return id;
}

const ElfSection* ElfFile::FindSection(std::string_view name) const {
  const auto found = std::ranges::find(sections_, name, &ElfSection::name);
  return found == sections_.end() ? nullptr : &*found;
}

Bytes ElfFile::SectionBytes(const ElfSection& section) const {
  if (section.type == kSectionNoBits) return {};
  return base::Slice(bytes_, section.file_offset.value, section.size).value_or(Bytes());
}

Bytes ElfFile::SegmentBytes(const ElfSegment& segment) const {
  return base::Slice(bytes_, segment.file_offset.value, segment.file_size).value_or(Bytes());
}

Bytes ElfFile::BytesAt(LinkAddress address) const {
  for (const ElfSegment& segment : segments_) {
    if (segment.type != kSegmentLoad || address < segment.address) continue;
    const std::uint64_t distance = address.value - segment.address.value;
    if (distance >= segment.file_size) continue;
    return SegmentBytes(segment).empty() ? Bytes()
                                         : SegmentBytes(segment).subspan(static_cast<std::size_t>(distance));
  }
  return {};
}

std::vector<ElfSymbol> ElfFile::FunctionSymbols() const {
  std::vector<ElfSymbol> symbols;
  for (const std::uint32_t type : {kSectionSymbols, kSectionDynamicSymbols}) {
    // A file has at most one of each (gABI, "Sections"); more would all be read over and over.
    const auto table = std::ranges::find(sections_, type, &ElfSection::type);
    if (table != sections_.end()) AppendSymbols(*table, symbols);
  }
  return symbols;
}

void ElfFile::AppendSymbols(const ElfSection& table, std::vector<ElfSymbol>& symbols) const {
  const std::uint64_t entry_bytes = class_ == ElfClass::k64 ? 24 : 16;
  const std::uint64_t stride = table.entry_size == 0 ? entry_bytes : table.entry_size;
  if (stride < entry_bytes || table.link >= sections_.size()) return;
  const Bytes bytes = SectionBytes(table);
  NameTable names(SectionBytes(sections_[table.link]));
  const std::uint64_t count = std::min(bytes.size() / stride, kMaxSymbols);

  for (std::uint64_t i = 0; i < count && symbols.size() < kMaxSymbols; ++i) {
    ByteReader reader(bytes.subspan(static_cast<std::size_t>(i * stride)));
    ElfSymbol symbol;
    std::uint64_t value = 0;
    const auto name_offset = reader.Read<std::uint32_t>();  // st_name
    if (class_ == ElfClass::k32) {
      value = reader.Read<std::uint32_t>();        // st_value
      symbol.size = reader.Read<std::uint32_t>();  // st_size
    }
    const auto info = reader.Read<std::uint8_t>();            // st_info
    reader.Skip(1);                                           // st_other
    const auto section_index = reader.Read<std::uint16_t>();  // st_shndx
    if (class_ == ElfClass::k64) {
      value = reader.Read<std::uint64_t>();
      symbol.size = reader.Read<std::uint64_t>();
    }
    const int type = info & 0xf;
    if (type != kSymbolFunction && type != kSymbolIndirectFunction) continue;
    if (section_index == kUndefinedSection) continue;
    // Bit 0 of an ARM function's address says that its code is Thumb.
    if (machine_ == kMachineArm) value &= ~std::uint64_t{1};
    symbol.name = names.Take(name_offset);
    symbol.offset = OffsetOf({value});
    symbol.global = info >> 4 != 0;
    if (symbol.name.empty() || symbol.offset.value >= image_size_) continue;
    symbols.push_back(symbol);
  }
}

model::Cpu ElfFile::cpu() const {
  // e_machine; gABI "Sketch of ELF machine numbers".
  struct Row {
    std::uint16_t machine;
    ElfClass elf_class;
    model::Cpu cpu;
  };
  static constexpr std::array kRows = {
      Row{3, ElfClass::k32, model::Cpu::kX86},           Row{62, ElfClass::k64, model::Cpu::kAmd64},
      Row{kMachineArm, ElfClass::k32, model::Cpu::kArm}, Row{183, ElfClass::k64, model::Cpu::kArm64},
      Row{8, ElfClass::k32, model::Cpu::kMips},          Row{8, ElfClass::k64, model::Cpu::kMips64},
      Row{20, ElfClass::k32, model::Cpu::kPpc},          Row{21, ElfClass::k64, model::Cpu::kPpc64},
      Row{243, ElfClass::k32, model::Cpu::kRiscv},       Row{243, ElfClass::k64, model::Cpu::kRiscv64},
  };
  for (const Row& row : kRows) {
    if (row.machine == machine_ && row.elf_class == class_) return row.cpu;
  }
  return model::Cpu::kUnknown;
}

}  // namespace cairn::object
