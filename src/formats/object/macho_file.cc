#include "formats/object/macho_file.h"

#include <algorithm>
#include <optional>

#include "base/checked_math.h"
#include "base/hex.h"

namespace cairn::object {

using base::ByteReader;
using base::Bytes;
using base::Code;
using base::Error;

namespace {

constexpr std::uint32_t kMagic32 = 0xfeedface;
constexpr std::uint32_t kMagic64 = 0xfeedfacf;
// Fat archives are big-endian.
constexpr std::uint32_t kFatMagic32 = 0xcafebabe;
constexpr std::uint32_t kFatMagic64 = 0xcafebabf;
// Java classes begin with the fat magic too; their next word is a version from 45 on. No archive has 43 CPUs.
constexpr std::uint32_t kMaxSlices = 42;

// cmd of load commands.
constexpr std::uint32_t kSegment32 = 0x1;
constexpr std::uint32_t kSymbolTable = 0x2;
constexpr std::uint32_t kSegment64 = 0x19;
constexpr std::uint32_t kUuid = 0x1b;
constexpr std::uint32_t kFunctionStarts = 0x26;

constexpr std::size_t kNameBytes = 16;
constexpr std::uint32_t kExecutableProtection = 4;  // VM_PROT_EXECUTE
constexpr std::uint32_t kSectionTypeMask = 0xff;
constexpr std::uint32_t kZeroFill = 0x1;
constexpr std::uint32_t kThreadLocalZeroFill = 0x12;
constexpr std::uint32_t kGigabyteZeroFill = 0xc;
constexpr std::uint32_t kPureInstructions = 0x80000000;
constexpr std::uint32_t kSomeInstructions = 0x400;

// n_type of nlist.
constexpr std::uint8_t kStabMask = 0xe0;
constexpr std::uint8_t kTypeMask = 0x0e;
constexpr std::uint8_t kDefinedInSection = 0x0e;
constexpr std::uint8_t kExternal = 0x01;

// n_desc: the function's code is Thumb.
constexpr std::uint16_t kThumb = 0x0008;

model::Cpu CpuOf(std::uint32_t type) {
  switch (type) {  // <mach/machine.h>, CPU_TYPE_*
    case 7: return model::Cpu::kX86;
    case 0x01000007: return model::Cpu::kAmd64;
    case 12: return model::Cpu::kArm;
    case 0x0100000c: return model::Cpu::kArm64;
    case 18: return model::Cpu::kPpc;
    case 0x01000012: return model::Cpu::kPpc64;
    default: return model::Cpu::kUnknown;
  }
}

std::optional<std::endian> OrderOf(Bytes bytes) {
  for (const std::endian order : {std::endian::little, std::endian::big}) {
    const auto magic = ByteReader(bytes, order).Read<std::uint32_t>();
    if (magic == kMagic32 || magic == kMagic64) return order;
  }
  return std::nullopt;
}

// Names fill their 16 bytes or end at a NUL.
std::string_view FixedName(Bytes bytes) {
  const std::string_view text = base::AsText(bytes);
  return text.substr(0, text.find('\0'));
}

}  // namespace

base::Result<std::vector<MachOSlice>> MachOSlices(Bytes bytes) {
  ByteReader reader(bytes, std::endian::big);
  const auto magic = reader.Read<std::uint32_t>();
  if (magic != kFatMagic32 && magic != kFatMagic64) {
    const std::optional<std::endian> order = OrderOf(bytes);
    if (!order) return Error{Code::kBadMagic, 0, "Mach-O magic"};
    ByteReader header(bytes, *order);
    header.Skip(sizeof magic);
    return std::vector<MachOSlice>{{CpuOf(header.Read<std::uint32_t>()), bytes}};
  }
  const auto count = reader.Read<std::uint32_t>();
  if (count > kMaxSlices) return Error{Code::kBadMagic, 4, "number of CPUs in a fat Mach-O file"};
  std::vector<MachOSlice> slices;
  for (std::uint32_t i = 0; i < count; ++i) {
    const bool wide = magic == kFatMagic64;
    MachOSlice slice;  // fat_arch, fat_arch_64
    slice.cpu = CpuOf(reader.Read<std::uint32_t>());
    reader.Skip(4);  // cpusubtype
    const std::uint64_t offset = wide ? reader.Read<std::uint64_t>() : reader.Read<std::uint32_t>();
    const std::uint64_t size = wide ? reader.Read<std::uint64_t>() : reader.Read<std::uint32_t>();
    reader.Skip(wide ? 8 : 4);  // align, reserved
    if (!reader.ok()) return Error{Code::kTruncated, reader.offset(), "table of a fat Mach-O file"};
    const auto slice_bytes = base::Slice(bytes, offset, size);
    if (!slice_bytes) continue;  // The file was cut; the other CPUs may still be whole.
    slice.bytes = *slice_bytes;
    slices.push_back(slice);
  }
  return slices;
}

base::Result<MachOFile> MachOFile::Open(Bytes bytes) {
  MachOFile file(bytes);
  RETURN_IF_ERROR(file.ReadHeaderAndCommands());
  return file;
}

std::uint64_t MachOFile::ReadWord(ByteReader& reader) const {
  return is_64_bit_ ? reader.Read<std::uint64_t>() : reader.Read<std::uint32_t>();
}

base::Status MachOFile::ReadHeaderAndCommands() {
  const std::optional<std::endian> order = OrderOf(bytes_);
  if (!order) return Error{Code::kBadMagic, 0, "Mach-O magic"};
  order_ = *order;
  ByteReader reader(bytes_, order_);  // mach_header, mach_header_64
  is_64_bit_ = reader.Read<std::uint32_t>() == kMagic64;
  cpu_ = CpuOf(reader.Read<std::uint32_t>());
  reader.Skip(8);  // cpusubtype, filetype
  const auto count = reader.Read<std::uint32_t>();
  const auto size = reader.Read<std::uint32_t>();
  reader.Skip(is_64_bit_ ? 8 : 4);  // flags, reserved
  if (!reader.ok()) return Error{Code::kTruncated, bytes_.size(), "Mach-O header"};
  if (count > kMaxCommands) return Error{Code::kLimitExceeded, 16, "Mach-O load command count"};

  const std::size_t commands_offset = reader.offset();
  ByteReader commands(reader.ReadBytes(size), order_);
  if (!reader.ok()) return Error{Code::kTruncated, commands_offset, "Mach-O load commands"};
  for (std::uint32_t i = 0; i < count; ++i) {
    constexpr std::uint32_t kCommandHeaderBytes = 8;
    const auto command = commands.Read<std::uint32_t>();
    const auto command_size = commands.Read<std::uint32_t>();
    if (command_size < kCommandHeaderBytes) break;  // Also what a reader past the end gives.
    const Bytes body = commands.ReadBytes(command_size - kCommandHeaderBytes);
    if (!commands.ok()) break;
    ReadCommand(command, body);
  }
  // The header lies at the start of __TEXT; object files have one segment without a name, from address 0.
  const auto text = std::ranges::find(segments_, "__TEXT", &MachOSegment::name);
  if (text != segments_.end()) load_base_ = text->address;
  return {};
}

void MachOFile::ReadCommand(std::uint32_t command, Bytes body) {
  ByteReader reader(body, order_);
  switch (command) {
    case kSegment32:
    case kSegment64:
      // A segment of the other width would be read askew.
      if ((command == kSegment64) == is_64_bit_) ReadSegment(body);
      return;
    case kUuid:
      if (body.size() >= 16) uuid_ = body.first(16);
      return;
    case kSymbolTable:
      symbols_.offset = reader.Read<std::uint32_t>();
      symbols_.size = reader.Read<std::uint32_t>();
      strings_.offset = reader.Read<std::uint32_t>();
      strings_.size = reader.Read<std::uint32_t>();
      return;
    case kFunctionStarts:
      function_starts_.offset = reader.Read<std::uint32_t>();
      function_starts_.size = reader.Read<std::uint32_t>();
      return;
    default: return;
  }
}

void MachOFile::ReadSegment(Bytes body) {
  ByteReader reader(body, order_);  // segment_command, segment_command_64
  MachOSegment segment;
  segment.name = FixedName(reader.ReadBytes(kNameBytes));
  segment.address = ReadWord(reader);
  segment.memory_size = ReadWord(reader);
  segment.file_offset = ReadWord(reader);
  segment.file_size = ReadWord(reader);
  reader.Skip(4);  // maxprot
  segment.executable = (reader.Read<std::uint32_t>() & kExecutableProtection) != 0;
  const auto section_count = reader.Read<std::uint32_t>();
  reader.Skip(4);  // flags
  if (!reader.ok()) return;
  segments_.push_back(segment);
  const std::size_t section_bytes = is_64_bit_ ? 80 : 68;
  for (std::uint32_t i = 0; i < section_count && reader.remaining() >= section_bytes; ++i) {
    if (sections_.size() == kMaxSections) return;
    ReadSection(reader, segment);
  }
}

void MachOFile::ReadSection(ByteReader& reader, const MachOSegment& segment) {
  MachOSection section;  // section, section_64
  section.name = FixedName(reader.ReadBytes(kNameBytes));
  section.segment = FixedName(reader.ReadBytes(kNameBytes));
  section.address = ReadWord(reader);
  section.size = ReadWord(reader);
  const auto offset = reader.Read<std::uint32_t>();
  reader.Skip(12);  // align, reloff, nreloc
  const auto flags = reader.Read<std::uint32_t>();
  reader.Skip(is_64_bit_ ? 12 : 8);  // reserved
  section.code = (flags & (kPureInstructions | kSomeInstructions)) != 0;
  const std::uint32_t type = flags & kSectionTypeMask;
  const bool in_file = type != kZeroFill && type != kThreadLocalZeroFill && type != kGigabyteZeroFill;
  // Files of debug data keep the sections of the program, with places that lie outside their segment.
  const bool in_segment = offset >= segment.file_offset &&
                          base::RangeFits(offset - segment.file_offset, section.size, segment.file_size);
  if (in_file && in_segment) section.bytes = base::Slice(bytes_, offset, section.size).value_or(Bytes());
  sections_.push_back(section);
}

model::DebugId MachOFile::debug_id() const {
  const std::string text = code_id();
  if (text.find_first_not_of('0') == std::string::npos) return {};
  return model::ParseDebugId(text + "0").value_or(model::DebugId());
}

std::string MachOFile::code_id() const { return base::BytesToHex(uuid_); }

const MachOSection* MachOFile::FindSection(std::string_view segment, std::string_view name) const {
  const auto found = std::ranges::find_if(sections_, [&](const MachOSection& section) {
    return section.segment == segment && section.name == name;
  });
  return found == sections_.end() ? nullptr : &*found;
}

Bytes MachOFile::BytesAt(model::ModuleOffset offset) const {
  const std::uint64_t address = offset.value + load_base_;
  for (const MachOSegment& segment : segments_) {
    if (address < segment.address) continue;
    const std::uint64_t distance = address - segment.address;
    const std::uint64_t size = std::min(segment.file_size, segment.memory_size);
    if (distance >= size) continue;
    const auto bytes = base::Slice(bytes_, segment.file_offset, size);
    return bytes ? bytes->subspan(static_cast<std::size_t>(distance)) : Bytes();
  }
  return {};
}

std::vector<MachOSymbol> MachOFile::Symbols() const {
  std::vector<MachOSymbol> symbols;
  const std::size_t entry_bytes = is_64_bit_ ? 16 : 12;
  const auto table = base::Slice(bytes_, symbols_.offset, std::uint64_t{symbols_.size} * entry_bytes);
  const auto strings = base::Slice(bytes_, strings_.offset, strings_.size);
  if (!table || !strings) return symbols;
  const std::string_view names = base::AsText(*strings);
  std::size_t bytes_left = kMaxNameBytes;
  ByteReader reader(*table, order_);
  for (std::uint32_t i = 0; i < std::min(symbols_.size, kMaxSymbols); ++i) {
    const auto name_offset = reader.Read<std::uint32_t>();  // nlist, nlist_64
    const auto type = reader.Read<std::uint8_t>();
    reader.Skip(1);  // n_sect
    const auto description = reader.Read<std::uint16_t>();
    std::uint64_t address = ReadWord(reader);
    if ((type & kStabMask) != 0 || (type & kTypeMask) != kDefinedInSection) continue;
    if (name_offset >= names.size() || address < load_base_) continue;
    const std::string_view rest = names.substr(name_offset, bytes_left);
    const std::size_t end = rest.find('\0');
    bytes_left -= std::min(end, rest.size());
    if (end == std::string_view::npos || end == 0) continue;
    if (cpu_ == model::Cpu::kArm && (description & kThumb) != 0) address &= ~std::uint64_t{1};
    symbols.push_back({rest.substr(0, end), OffsetOf(address), (type & kExternal) != 0});
  }
  return symbols;
}

// Distances as unsigned LEB128, the first from the start of __TEXT; zero ends them.
std::vector<model::ModuleOffset> MachOFile::FunctionStarts() const {
  std::vector<model::ModuleOffset> starts;
  const auto data = base::Slice(bytes_, function_starts_.offset, function_starts_.size);
  if (!data) return starts;
  ByteReader reader(*data, order_);
  std::uint64_t offset = 0;
  while (starts.size() < kMaxFunctionStarts) {
    std::uint64_t distance = 0;
    std::uint8_t byte = 0x80;
    for (unsigned shift = 0; (byte & 0x80) != 0; shift += 7) {
      byte = reader.Read<std::uint8_t>();
      if (shift < 64) distance |= std::uint64_t{byte & 0x7fu} << shift;
    }
    const auto next = base::CheckedAdd(offset, distance);
    if (!reader.ok() || distance == 0 || !next) break;
    offset = *next;
    starts.push_back({offset});
  }
  return starts;
}

}  // namespace cairn::object
