#include "formats/dwarf/split_index.h"

#include <cstddef>
#include <cstdint>
#include <span>

// The first eight bytes are an id; the rest is the index, and every section of the package.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn;
  base::ByteReader reader(std::as_bytes(std::span(data, size)));
  const auto id = reader.Read<std::uint64_t>();
  if (!reader.ok()) return 0;
  const base::Bytes rest = reader.ReadBytes(reader.remaining());
  dwarf::DebugSections package;
  package.info = package.abbreviations = package.string_offsets = package.range_lists = rest;
  const auto found = dwarf::FindInPackage(package, rest, id);
  if (found && found->info.size() > rest.size()) __builtin_trap();
  return 0;
}
