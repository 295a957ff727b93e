// MachOFile reads the parts of a Mach-O file (a program or library of macOS or iOS) that identify it, map its
// code and unwind it. MachOSlices lists the files inside a fat archive, one per CPU.
//
// Source: Apple's <mach-o/loader.h>, <mach-o/nlist.h> and <mach-o/fat.h>. Both widths and byte orders. Every
// offset in the file is untrusted: what points outside reads as absent. A MachOFile borrows its bytes and is
// immutable.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_reader.h"
#include "base/result.h"
#include "model/address.h"
#include "model/module.h"
#include "model/system.h"

namespace cairn::object {

// Addresses here are link addresses: the loader adds one number to all of a file's. See MachOFile::OffsetOf.
struct MachOSegment {
  std::string_view name;
  std::uint64_t address = 0;
  std::uint64_t memory_size = 0;
  std::uint64_t file_offset = 0;
  std::uint64_t file_size = 0;
  bool executable = false;
};

struct MachOSection {
  std::string_view segment;
  std::string_view name;
  std::uint64_t address = 0;
  std::uint64_t size = 0;
  base::Bytes bytes;  // Empty if the file does not hold them: zero-filled, or of a file of debug data.
  bool code = false;
};

// A defined symbol that lies in a section; of data as well as of code.
struct MachOSymbol {
  std::string_view name;  // As in the file: C's main is "_main".
  model::ModuleOffset offset;
  bool external = false;
};

struct MachOSlice {
  model::Cpu cpu = model::Cpu::kUnknown;
  base::Bytes bytes;
};

// The files in a fat archive, in its order; of a file that is not fat the file itself. kBadMagic for neither.
base::Result<std::vector<MachOSlice>> MachOSlices(base::Bytes bytes);

class MachOFile {
 public:
  // The largest programs have some 100 commands and segments with 20 sections; n_sect has 8 bits.
  static constexpr std::uint32_t kMaxCommands = 4096;
  static constexpr std::uint32_t kMaxSections = 4096;
  // XUL has 400,000 symbols; this bounds memory to about 512 MB.
  static constexpr std::uint32_t kMaxSymbols = 1 << 24;
  // Names may overlap, so a small file can hold a great many long ones; see ElfFile.
  static constexpr std::size_t kMaxNameBytes = std::size_t{1} << 30;
  static constexpr std::uint32_t kMaxFunctionStarts = 1 << 24;

  static base::Result<MachOFile> Open(base::Bytes bytes);

  base::Bytes bytes() const { return bytes_; }
  bool is_64_bit() const { return is_64_bit_; }
  std::endian byte_order() const { return order_; }
  model::Cpu cpu() const { return cpu_; }
  const std::vector<MachOSegment>& segments() const { return segments_; }
  const std::vector<MachOSection>& sections() const { return sections_; }

  // Empty if the file has no LC_UUID.
  base::Bytes uuid() const { return uuid_; }
  // The UUID as a debug id (age 0) and as a code id (lower-case hex); empty without one.
  model::DebugId debug_id() const;
  std::string code_id() const;

  // The link address of the Mach-O header, which is where the module starts in memory: the start of __TEXT.
  std::uint64_t load_base() const { return load_base_; }
  // Wraps for an address below the base.
  model::ModuleOffset OffsetOf(std::uint64_t address) const { return {address - load_base_}; }

  // The first section of that name, or nullptr.
  const MachOSection* FindSection(std::string_view segment, std::string_view name) const;
  // The file's bytes from `offset` to the end of the segment that holds it; empty if none does.
  base::Bytes BytesAt(model::ModuleOffset offset) const;

  // Symbols in the order of the table; debugging records ("stabs") are left out.
  std::vector<MachOSymbol> Symbols() const;
  // Where functions start, ascending, from LC_FUNCTION_STARTS; empty without it.
  std::vector<model::ModuleOffset> FunctionStarts() const;

 private:
  struct LinkData {
    std::uint32_t offset = 0;
    std::uint32_t size = 0;  // Bytes; of the symbol table the number of symbols.
  };

  explicit MachOFile(base::Bytes bytes) : bytes_(bytes) {}
  base::Status ReadHeaderAndCommands();
  void ReadCommand(std::uint32_t command, base::Bytes body);
  void ReadSegment(base::Bytes body);
  void ReadSection(base::ByteReader& reader, const MachOSegment& segment);
  std::uint64_t ReadWord(base::ByteReader& reader) const;

  base::Bytes bytes_;
  bool is_64_bit_ = true;
  std::endian order_ = std::endian::little;
  model::Cpu cpu_ = model::Cpu::kUnknown;
  std::uint64_t load_base_ = 0;
  std::vector<MachOSegment> segments_;
  std::vector<MachOSection> sections_;
  base::Bytes uuid_;
  LinkData symbols_;
  LinkData strings_;
  LinkData function_starts_;
};

}  // namespace cairn::object
