#include "formats/object/pe_file.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/hex.h"

namespace cairn::object {

using base::ByteReader;
using base::Bytes;
using base::Code;
using base::Error;

namespace {

constexpr std::uint64_t kHeaderOffsetField = 0x3c;  // e_lfanew of the DOS header.
constexpr std::uint16_t kPe32 = 0x10b;
constexpr std::uint16_t kPe32Plus = 0x20b;
constexpr std::uint32_t kSectionHeaderBytes = 40;
constexpr std::uint32_t kSymbolBytes = 18;
constexpr std::uint32_t kExecutable = 0x20000000;  // IMAGE_SCN_MEM_EXECUTE

// Places in the table of data directories.
constexpr std::uint32_t kExportEntry = 0;
constexpr std::uint32_t kExceptionEntry = 3;
constexpr std::uint32_t kDebugEntry = 6;

constexpr std::uint32_t kDebugEntryBytes = 28;
constexpr std::uint32_t kDebugTypeCodeView = 2;
constexpr std::size_t kMaxPathBytes = 4096;

std::string_view TextUpToNul(Bytes bytes, std::size_t limit) {
  const std::string_view text = base::AsText(bytes).substr(0, limit);
  const std::size_t end = text.find('\0');
  return end == std::string_view::npos ? std::string_view() : text.substr(0, end);
}

}  // namespace

struct PeFile::Header {
  std::uint64_t sections_offset = 0;
  std::uint32_t section_count = 0;
  Bytes strings;  // The string table of the COFF symbols, which linked images of GNU tools have.
  Directory debug;
};

base::Result<PeFile> PeFile::Open(Bytes bytes) {
  PeFile file(bytes);
  ASSIGN_OR_RETURN(const Header header, file.ReadHeader());
  RETURN_IF_ERROR(file.ReadSections(header));
  file.ReadDebugDirectory(header.debug);
  return file;
}

base::Result<PeFile::Header> PeFile::ReadHeader() {
  ByteReader reader(bytes_);
  if (base::AsText(reader.ReadBytes(2)) != "MZ") return Error{Code::kBadMagic, 0, "DOS magic"};
  reader.Seek(kHeaderOffsetField);
  reader.Seek(reader.Read<std::uint32_t>());
  if (base::AsText(reader.ReadBytes(4)) != std::string_view("PE\0\0", 4)) {
    return Error{Code::kBadMagic, reader.offset(), "PE magic"};
  }
  Header header;
  // IMAGE_FILE_HEADER
  machine_ = reader.Read<std::uint16_t>();
  header.section_count = reader.Read<std::uint16_t>();
  timestamp_ = reader.Read<std::uint32_t>();
  const std::uint64_t symbols_offset = reader.Read<std::uint32_t>();
  const std::uint64_t symbol_count = reader.Read<std::uint32_t>();
  const auto optional_size = reader.Read<std::uint16_t>();
  reader.Skip(2);  // Characteristics
  const std::size_t optional_offset = reader.offset();
  header.sections_offset = optional_offset + optional_size;

  // IMAGE_OPTIONAL_HEADER
  ByteReader optional(reader.ReadBytes(optional_size));
  const auto magic = optional.Read<std::uint16_t>();
  if (!reader.ok()) return Error{Code::kTruncated, optional_offset, "PE optional header"};
  if (magic != kPe32 && magic != kPe32Plus)
    return Error{Code::kBadValue, optional_offset, "PE magic of width"};
  const bool wide = magic == kPe32Plus;
  optional.Seek(wide ? 24 : 28);
  image_base_ = wide ? optional.Read<std::uint64_t>() : optional.Read<std::uint32_t>();
  optional.Seek(56);
  image_size_ = optional.Read<std::uint32_t>();
  headers_size_ = optional.Read<std::uint32_t>();
  optional.Seek(wide ? 108 : 92);
  const auto directory_count = optional.Read<std::uint32_t>();
  if (!optional.ok()) return Error{Code::kTruncated, optional_offset, "PE optional header"};
  const std::size_t directories = optional.offset();
  const auto read_directory = [&](std::uint32_t entry) {
    Directory directory;
    ByteReader entry_reader = optional;
    entry_reader.Seek(directories + std::size_t{entry} * 8);
    directory.start = {entry_reader.Read<std::uint32_t>()};
    directory.size = entry_reader.Read<std::uint32_t>();
    return entry < directory_count && entry_reader.ok() ? directory : Directory();
  };
  export_directory_ = read_directory(kExportEntry);
  exception_directory_ = read_directory(kExceptionEntry);
  header.debug = read_directory(kDebugEntry);

  // Both factors have 32 bits, so the product cannot wrap.
  if (symbols_offset != 0 && symbols_offset <= bytes_.size()) {
    const std::uint64_t strings_offset = symbols_offset + symbol_count * kSymbolBytes;
    if (strings_offset <= bytes_.size()) {
      header.strings = bytes_.subspan(static_cast<std::size_t>(strings_offset));
      strings_ = header.strings;
      symbols_ = bytes_.subspan(static_cast<std::size_t>(symbols_offset),
                                static_cast<std::size_t>(symbol_count * kSymbolBytes));
    }
  }
  return header;
}

base::Status PeFile::ReadSections(const Header& header) {
  if (header.section_count > kMaxSections) return Error{Code::kLimitExceeded, 0, "PE section count"};
  const std::uint64_t size = std::uint64_t{header.section_count} * kSectionHeaderBytes;
  const auto table = base::Slice(bytes_, header.sections_offset, size);
  if (!table) return Error{Code::kTruncated, header.sections_offset, "PE section headers"};
  ByteReader reader(*table);
  for (std::uint32_t i = 0; i < header.section_count; ++i) {
    PeSection section;  // IMAGE_SECTION_HEADER
    section.name = SectionName(reader.ReadBytes(8), header);
    section.memory_size = reader.Read<std::uint32_t>();
    section.start = {reader.Read<std::uint32_t>()};
    section.file_size = reader.Read<std::uint32_t>();
    section.file_offset = reader.Read<std::uint32_t>();
    reader.Skip(12);  // Relocations and line numbers of object files.
    section.executable = (reader.Read<std::uint32_t>() & kExecutable) != 0;
    // A size of zero in memory means the size in the file, as Windows' loader takes it.
    if (section.memory_size == 0) section.memory_size = section.file_size;
    sections_.push_back(section);
  }
  return {};
}

// "/123" stands for the name at 123 in the string table.
std::string_view PeFile::SectionName(Bytes name, const Header& header) const {
  std::string_view text = base::AsText(name);
  text = text.substr(0, text.find('\0'));
  if (!text.starts_with('/') || header.strings.empty()) return text;
  std::uint32_t offset = 0;
  const auto parsed = std::from_chars(text.data() + 1, text.data() + text.size(), offset);
  if (parsed.ec != std::errc() || offset >= header.strings.size()) return text;
  return TextUpToNul(header.strings.subspan(offset), kMaxPathBytes);
}

void PeFile::ReadDebugDirectory(const Directory& directory) {
  const Bytes table = DirectoryBytes(directory);
  const std::size_t count = std::min<std::size_t>(table.size() / kDebugEntryBytes, kMaxDebugEntries);
  ByteReader reader(table);
  for (std::size_t i = 0; i < count; ++i) {
    reader.Skip(12);  // IMAGE_DEBUG_DIRECTORY: Characteristics, TimeDateStamp, versions
    const auto type = reader.Read<std::uint32_t>();
    const auto size = reader.Read<std::uint32_t>();
    reader.Skip(4);  // AddressOfRawData
    const auto offset = reader.Read<std::uint32_t>();
    if (type != kDebugTypeCodeView) continue;
    const auto record = base::Slice(bytes_, offset, size);
    if (record && ReadCodeView(*record)) return;
  }
}

// "RSDS", a GUID, an age and the path of the PDB. Older kinds ("NB10") end with Visual C++ 6.
bool PeFile::ReadCodeView(Bytes record) {
  ByteReader reader(record);
  if (base::AsText(reader.ReadBytes(4)) != "RSDS") return false;
  std::string text = base::ToHex(reader.Read<std::uint32_t>(), 8);
  text += base::ToHex(reader.Read<std::uint16_t>(), 4);
  text += base::ToHex(reader.Read<std::uint16_t>(), 4);
  text += base::BytesToHex(reader.ReadBytes(8));
  const bool nil = text.find_first_not_of('0') == std::string::npos;
  text += base::ToHex(reader.Read<std::uint32_t>());
  if (!reader.ok() || nil) return false;
  debug_id_ = model::ParseDebugId(text).value_or(model::DebugId());
  debug_file_ = TextUpToNul(record.subspan(reader.offset()), kMaxPathBytes);
  return true;
}

std::string PeFile::code_id() const { return base::ToHex(timestamp_, 8) + base::ToHex(image_size_); }

const PeSection* PeFile::FindSection(std::string_view name) const {
  const auto found = std::ranges::find(sections_, name, &PeSection::name);
  return found == sections_.end() ? nullptr : &*found;
}

const PeSection* PeFile::FindSection(model::ModuleOffset offset) const {
  for (const PeSection& section : sections_) {
    if (offset >= section.start && offset.value - section.start.value < section.memory_size) return &section;
  }
  return nullptr;
}

Bytes PeFile::BytesAt(model::ModuleOffset offset) const {
  if (const PeSection* section = FindSection(offset)) {
    const std::uint64_t distance = offset.value - section->start.value;
    // The file may pad a section beyond what is mapped of it.
    const std::uint64_t size = std::min(section->file_size, section->memory_size);
    if (distance >= size) return {};
    const auto bytes = base::Slice(bytes_, section->file_offset, size);
    return bytes ? bytes->subspan(static_cast<std::size_t>(distance)) : Bytes();
  }
  const std::uint64_t headers = std::min<std::uint64_t>(headers_size_, bytes_.size());
  if (offset.value >= headers) return {};
  return bytes_.first(static_cast<std::size_t>(headers)).subspan(static_cast<std::size_t>(offset.value));
}

Bytes PeFile::DirectoryBytes(const Directory& directory) const {
  const Bytes bytes = BytesAt(directory.start);
  return directory.size == 0 ? Bytes() : bytes.first(std::min<std::size_t>(bytes.size(), directory.size));
}

std::vector<PeExport> PeFile::Exports() const {
  std::vector<PeExport> exports;
  ByteReader directory(DirectoryBytes(export_directory_));
  directory.Skip(20);  // IMAGE_EXPORT_DIRECTORY: up to Base
  const auto function_count = directory.Read<std::uint32_t>();
  const auto name_count = directory.Read<std::uint32_t>();
  const Bytes functions = BytesAt({directory.Read<std::uint32_t>()});
  const Bytes names = BytesAt({directory.Read<std::uint32_t>()});
  const Bytes ordinals = BytesAt({directory.Read<std::uint32_t>()});
  if (!directory.ok()) return exports;

  const std::size_t count =
      std::min<std::size_t>({name_count, kMaxExports, names.size() / sizeof(std::uint32_t),
                             ordinals.size() / sizeof(std::uint16_t)});
  ByteReader name_reader(names);
  ByteReader ordinal_reader(ordinals);
  std::size_t bytes_left = kMaxExportNameBytes;
  for (std::size_t i = 0; i < count; ++i) {
    const model::ModuleOffset name_offset = {name_reader.Read<std::uint32_t>()};
    const auto ordinal = ordinal_reader.Read<std::uint16_t>();
    ByteReader function_reader(functions);
    function_reader.Seek(std::uint64_t{ordinal} * sizeof(std::uint32_t));
    const model::ModuleOffset offset = {function_reader.Read<std::uint32_t>()};
    if (ordinal >= function_count || !function_reader.ok()) continue;
    // An address inside the directory is that of the text "OTHER.Name", which says who provides the function.
    const bool forwarded = offset >= export_directory_.start &&
                           offset.value - export_directory_.start.value < export_directory_.size;
    const std::string_view name = TextUpToNul(BytesAt(name_offset), bytes_left);
    bytes_left -= name.size();
    if (!forwarded && !name.empty()) exports.push_back({name, offset});
  }
  return exports;
}

std::vector<PeSymbol> PeFile::FunctionSymbols() const {
  constexpr std::uint16_t kFunctionType = 0x20;  // IMAGE_SYM_DTYPE_FUNCTION, of no base type.
  constexpr std::uint8_t kExternal = 2;          // IMAGE_SYM_CLASS_EXTERNAL
  constexpr std::uint8_t kStatic = 3;            // IMAGE_SYM_CLASS_STATIC
  std::vector<PeSymbol> symbols;
  ByteReader reader(symbols_);
  std::size_t bytes_left = kMaxExportNameBytes;
  for (std::uint32_t i = 0; i < kMaxSymbols && reader.remaining() >= kSymbolBytes; ++i) {
    const Bytes short_name = reader.ReadBytes(8);
    ByteReader long_name(short_name);
    const bool is_long = long_name.Read<std::uint32_t>() == 0;
    const auto name_offset = long_name.Read<std::uint32_t>();
    const auto value = reader.Read<std::uint32_t>();
    const auto section = reader.Read<std::int16_t>();
    const auto type = reader.Read<std::uint16_t>();
    const auto storage = reader.Read<std::uint8_t>();
    reader.Skip(std::uint64_t{reader.Read<std::uint8_t>()} * kSymbolBytes);  // Auxiliary symbols.
    if (type != kFunctionType || (storage != kExternal && storage != kStatic)) continue;
    if (section < 1 || static_cast<std::size_t>(section) > sections_.size()) continue;
    PeSymbol symbol;
    if (!is_long) {
      symbol.name = base::AsText(short_name);
      symbol.name = symbol.name.substr(0, symbol.name.find('\0'));
    } else if (name_offset < strings_.size()) {
      symbol.name = TextUpToNul(strings_.subspan(name_offset), bytes_left);
      bytes_left -= symbol.name.size();
    }
    symbol.offset = {sections_[static_cast<std::size_t>(section) - 1].start.value + value};
    symbol.external = storage == kExternal;
    if (!symbol.name.empty()) symbols.push_back(symbol);
  }
  return symbols;
}

Bytes PeFile::SectionBytes(const PeSection& section) const {
  return base::Slice(bytes_, section.file_offset, std::min(section.file_size, section.memory_size))
      .value_or(Bytes());
}

model::Cpu PeFile::cpu() const {
  switch (machine_) {  // IMAGE_FILE_MACHINE_*
    case 0x14c: return model::Cpu::kX86;
    case 0x8664: return model::Cpu::kAmd64;
    case 0x1c0:
    case 0x1c4: return model::Cpu::kArm;
    case 0xaa64: return model::Cpu::kArm64;
    default: return model::Cpu::kUnknown;
  }
}

}  // namespace cairn::object
