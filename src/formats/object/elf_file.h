// ElfFile reads what Cairn needs of an ELF file: its ids, segments, sections and function symbols.
//
// Source: System V gABI, chapters 4 and 5, and the GNU note of the build id. Little-endian files of both
// classes. Every field is untrusted: what lies outside the file is left out, and only a broken ELF header or
// program header table refuses the file. Sections may be stripped, and a file that was read out of a
// process's memory has none. An ElfFile borrows its bytes; names and slices that it gives point into them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/byte_reader.h"
#include "base/result.h"
#include "model/address.h"
#include "model/system.h"

namespace cairn::object {

// An address as the linker wrote it. The loader adds one number to all of a file's link addresses.
struct LinkAddress {
  std::uint64_t value = 0;
  friend auto operator<=>(const LinkAddress&, const LinkAddress&) = default;
};

enum class ElfClass : std::uint8_t { k32, k64 };

// Values of p_type, p_flags, sh_type, sh_flags and st_info that readers of this class ask for; gABI figures
// 4-9 to 5-3.
inline constexpr std::uint32_t kSegmentLoad = 1;
inline constexpr std::uint32_t kSegmentNote = 4;
inline constexpr std::uint32_t kSegmentEhFrameHeader = 0x6474e550;
inline constexpr std::uint32_t kSegmentExecutable = 1;
inline constexpr std::uint32_t kSectionSymbols = 2;
inline constexpr std::uint32_t kSectionNote = 7;
inline constexpr std::uint32_t kSectionNoBits = 8;
inline constexpr std::uint32_t kSectionDynamicSymbols = 11;
inline constexpr std::uint64_t kSectionAllocated = 2;
inline constexpr std::uint64_t kSectionExecutable = 4;
inline constexpr std::uint64_t kSectionCompressed = 0x800;

struct ElfSegment {
  std::uint32_t type = 0;
  std::uint32_t flags = 0;
  model::FileOffset file_offset;
  LinkAddress address;
  std::uint64_t file_size = 0;
  std::uint64_t memory_size = 0;
};

struct ElfSection {
  std::string_view name;
  std::uint32_t type = 0;
  std::uint64_t flags = 0;
  LinkAddress address;
  model::FileOffset file_offset;
  std::uint64_t size = 0;
  std::uint32_t link = 0;
  std::uint64_t entry_size = 0;
};

// A defined symbol of type function (or indirect function) with a name.
struct ElfSymbol {
  std::string_view name;  // Mangled; without a version.
  model::ModuleOffset offset;
  std::uint64_t size = 0;  // Zero: unknown.
  bool global = false;     // Global or weak; else local.
};

class ElfFile {
 public:
  // The sizes of the tables are 16-bit in the file but may be escaped to 32 bits; real files have below
  // 100,000 sections (one per function with -ffunction-sections) and a few dozen segments.
  static constexpr std::uint64_t kMaxSections = 1 << 20;
  static constexpr std::uint64_t kMaxSegments = 1 << 12;
  // libxul has 600,000 functions; this bounds memory to about 1 GB.
  static constexpr std::uint64_t kMaxSymbols = 1 << 24;

  static base::Result<ElfFile> Open(base::Bytes bytes);

  base::Bytes bytes() const { return bytes_; }
  ElfClass elf_class() const { return class_; }
  std::uint16_t machine() const { return machine_; }  // e_machine; 62 is x86-64.
  model::Cpu cpu() const;                             // kUnknown for machines that model/ has no name for.
  const std::vector<ElfSegment>& segments() const { return segments_; }
  const std::vector<ElfSection>& sections() const { return sections_; }

  // The GNU build id, empty if there is none.
  base::Bytes build_id() const { return build_id_; }

  // The bytes that identify the file: its build id, or without one what Breakpad makes of the code: the first
  // page of .text folded to 16 bytes by exclusive or. Empty if there is neither.
  std::vector<std::byte> Identifier() const;

  // The link address that becomes the first byte of the mapped module: the lowest PT_LOAD rounded down to a
  // page.
  LinkAddress load_base() const { return load_base_; }
  // Bytes from load_base() to the end of the last PT_LOAD.
  std::uint64_t image_size() const { return image_size_; }
  // Wraps for an address below the base, which is then beyond image_size().
  model::ModuleOffset OffsetOf(LinkAddress address) const { return {address.value - load_base_.value}; }

  // The first section of that name, or nullptr.
  const ElfSection* FindSection(std::string_view name) const;
  // A section's or segment's bytes in the file; empty if it has none or if they are not all there.
  base::Bytes SectionBytes(const ElfSection& section) const;
  base::Bytes SegmentBytes(const ElfSegment& segment) const;
  // The file's bytes from a link address to the end of the PT_LOAD that holds it; empty if none does.
  base::Bytes BytesAt(LinkAddress address) const;

  // Defined functions of .symtab and .dynsym in table order, .symtab first; duplicates are kept.
  std::vector<ElfSymbol> FunctionSymbols() const;

 private:
  struct Header;

  explicit ElfFile(base::Bytes bytes) : bytes_(bytes) {}
  base::Result<Header> ReadHeader();
  base::Status ReadSegments(const Header& header);
  void ReadSections(const Header& header);
  void NameSections(std::uint32_t names_index, const std::vector<std::uint32_t>& name_offsets);
  ElfSection ReadSection(base::ByteReader& reader, std::uint32_t& name_offset) const;
  void FindLoadRange();
  base::Bytes FindBuildId() const;
  void AppendSymbols(const ElfSection& table, std::vector<ElfSymbol>& symbols) const;
  std::uint64_t ReadWord(base::ByteReader& reader) const;  // An address or size: 4 or 8 bytes by class.

  base::Bytes bytes_;
  ElfClass class_ = ElfClass::k64;
  std::uint16_t machine_ = 0;
  std::vector<ElfSegment> segments_;
  std::vector<ElfSection> sections_;
  base::Bytes build_id_;
  LinkAddress load_base_;
  std::uint64_t image_size_ = 0;
};

}  // namespace cairn::object
