#include "formats/object/build_id_note.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace cairn::object {
namespace {

constexpr std::uint32_t kNoteGnuBuildId = 3;
constexpr std::string_view kGnuNoteName{"GNU\0", 4};
constexpr std::size_t kNoteHeaderBytes = 12;

std::uint64_t RoundUpTo4(std::uint64_t size) { return (size + 3) & ~std::uint64_t{3}; }

}  // namespace

base::Bytes FindBuildIdNote(base::Bytes notes) {
  base::ByteReader reader(notes);
  while (reader.remaining() >= kNoteHeaderBytes) {
    const auto name_size = reader.Read<std::uint32_t>();
    const auto value_size = reader.Read<std::uint32_t>();
    const auto type = reader.Read<std::uint32_t>();
    const base::Bytes name = reader.ReadBytes(name_size);
    reader.Skip(RoundUpTo4(name_size) - name_size);
    const base::Bytes value = reader.ReadBytes(value_size);
    if (!reader.ok()) return {};
    if (type == kNoteGnuBuildId && base::AsText(name) == kGnuNoteName) {
      return value.size() <= kMaxBuildIdBytes ? value : base::Bytes();
    }
    // The last value of a note section may lack its padding.
    reader.Skip(std::min<std::uint64_t>(RoundUpTo4(value_size) - value_size, reader.remaining()));
  }
  return {};
}

}  // namespace cairn::object
