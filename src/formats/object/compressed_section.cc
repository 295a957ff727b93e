#include "formats/object/compressed_section.h"

#include <string>

#include "formats/packed/section_data.h"

namespace cairn::object {

using base::ByteReader;
using base::Bytes;
using base::Code;
using base::Error;
using base::Result;

namespace {

// ch_type of Elf32_Chdr and Elf64_Chdr.
constexpr std::uint32_t kZlib = 1;
constexpr std::uint32_t kZstd = 2;

Result<std::vector<std::byte>> UnpackByHeader(const ElfFile& file, Bytes bytes) {
  ByteReader reader(bytes);
  const auto type = reader.Read<std::uint32_t>();  // ch_type
  std::uint64_t size = 0;                          // ch_size; ch_addralign follows
  if (file.elf_class() == ElfClass::k64) {
    reader.Skip(4);
    size = reader.Read<std::uint64_t>();
    reader.Skip(8);
  } else {
    size = reader.Read<std::uint32_t>();
    reader.Skip(4);
  }
  if (!reader.ok()) return Error{Code::kTruncated, 0, "header of a compressed section"};
  const Bytes data = bytes.subspan(reader.offset());
  if (type == kZlib) return packed::UnpackZlib(data, size);
  if (type == kZstd) return packed::UnpackZstd(data, size);
  return Error{Code::kUnsupported, 0, "kind of a compressed section"};
}

Result<std::vector<std::byte>> UnpackGnu(Bytes bytes) {
  ByteReader reader(bytes, std::endian::big);
  const Bytes magic = reader.ReadBytes(4);
  const auto size = reader.Read<std::uint64_t>();
  if (!reader.ok() || base::AsText(magic) != "ZLIB") return Error{Code::kBadMagic, 0, "compressed section"};
  return packed::UnpackZlib(bytes.subspan(reader.offset()), size);
}

}  // namespace

Result<std::vector<std::byte>> UnpackDebugSection(const ElfFile& file, std::string_view name) {
  const std::string suffix = "debug_" + std::string(name);
  if (const ElfSection* const section = file.FindSection("." + suffix)) {
    if ((section->flags & kSectionCompressed) == 0) {
      return Error{Code::kNotFound, 0, "compressed section: it is not compressed"};
    }
    return UnpackByHeader(file, file.SectionBytes(*section));
  }
  const ElfSection* const section = file.FindSection(".z" + suffix);
  if (section == nullptr) return Error{Code::kNotFound, 0, "compressed section"};
  return UnpackGnu(file.SectionBytes(*section));
}

}  // namespace cairn::object
