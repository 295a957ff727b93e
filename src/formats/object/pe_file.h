// PeFile reads the parts of a PE file (an .exe or .dll of Windows) that identify it, map its code and unwind
// it.
//
// Source: Microsoft's "PE Format". Both widths, PE32 and PE32+, always little-endian. Addresses in a PE file
// are relative to the image (RVAs), which is what a model::ModuleOffset is. Every offset in the file is
// untrusted: what points outside reads as absent. The PeFile borrows the file's bytes and is immutable.
#pragma once

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

struct PeSection {
  std::string_view
      name;  // At most 8 characters; longer names of GNU tools are looked up in the string table.
  model::ModuleOffset start;
  std::uint32_t memory_size = 0;
  std::uint32_t file_offset = 0;
  std::uint32_t file_size = 0;
  bool executable = false;
};

// A function or datum that other modules may ask for by name.
struct PeExport {
  std::string_view name;
  model::ModuleOffset offset;
};

// A function of the table of symbols, which images of GNU tools and debug files of theirs have.
struct PeSymbol {
  std::string_view name;
  model::ModuleOffset offset;
  bool external = false;
};

class PeFile {
 public:
  // Windows loads no image with more than 96 sections; GNU tools leave some more in debug files.
  static constexpr std::uint32_t kMaxSections = 4096;
  // Entries of the debug directory; linkers write below 8.
  static constexpr std::uint32_t kMaxDebugEntries = 256;
  // ntdll exports 2,500 names, and ordinals end at 65,535.
  static constexpr std::uint32_t kMaxExports = 1 << 16;
  // Export names may overlap, so a small file can hold many long ones; real tables have below 4 MiB.
  static constexpr std::size_t kMaxExportNameBytes = std::size_t{64} << 20;
  // Of the table of symbols; a debug build of Qt has some 200,000.
  static constexpr std::uint32_t kMaxSymbols = 1 << 24;

  static base::Result<PeFile> Open(base::Bytes bytes);

  base::Bytes bytes() const { return bytes_; }
  model::Cpu cpu() const;  // kUnknown for machines that model/ has no name for.
  std::uint64_t image_base() const { return image_base_; }
  std::uint32_t timestamp() const { return timestamp_; }
  std::uint32_t image_size() const { return image_size_; }
  const std::vector<PeSection>& sections() const { return sections_; }

  // The identity of the PDB that belongs to the image, from its CodeView record; empty if it has none.
  const model::DebugId& debug_id() const { return debug_id_; }
  // The PDB's path as the linker wrote it, or empty.
  std::string_view debug_file() const { return debug_file_; }
  // What symbol servers of Windows name the image by: timestamp and size, in lower-case hex.
  std::string code_id() const;

  // The first section of that name, or nullptr.
  const PeSection* FindSection(std::string_view name) const;
  // The section that holds `offset` when the image is mapped, or nullptr.
  const PeSection* FindSection(model::ModuleOffset offset) const;
  // The file's bytes from `offset` to the end of the section (or of the headers) that holds it; empty if none
  // does.
  base::Bytes BytesAt(model::ModuleOffset offset) const;
  // The table of functions, "RUNTIME_FUNCTION"s, that .pdata holds; empty if the image has none.
  base::Bytes ExceptionDirectory() const { return DirectoryBytes(exception_directory_); }

  // Exported names in the order of the table; those that another module provides ("forwarders") are left out.
  std::vector<PeExport> Exports() const;
  // Functions of the table of symbols in its order; empty if the image has none.
  std::vector<PeSymbol> FunctionSymbols() const;
  // A section's bytes in the file as far as they are meant to be mapped, wherever it is mapped.
  base::Bytes SectionBytes(const PeSection& section) const;

 private:
  struct Directory {
    model::ModuleOffset start;
    std::uint32_t size = 0;
  };
  struct Header;

  explicit PeFile(base::Bytes bytes) : bytes_(bytes) {}
  base::Result<Header> ReadHeader();
  base::Status ReadSections(const Header& header);
  std::string_view SectionName(base::Bytes name, const Header& header) const;
  void ReadDebugDirectory(const Directory& directory);
  bool ReadCodeView(base::Bytes record);
  base::Bytes DirectoryBytes(const Directory& directory) const;

  base::Bytes bytes_;
  std::uint16_t machine_ = 0;
  std::uint32_t timestamp_ = 0;
  std::uint32_t image_size_ = 0;
  std::uint32_t headers_size_ = 0;
  std::uint64_t image_base_ = 0;
  Directory export_directory_;
  Directory exception_directory_;
  std::vector<PeSection> sections_;
  base::Bytes symbols_;
  base::Bytes strings_;  // Of the table of symbols.
  model::DebugId debug_id_;
  std::string_view debug_file_;
};

}  // namespace cairn::object
