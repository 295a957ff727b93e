#include "formats/minidump/module_ids.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/hex.h"
#include "formats/minidump/guid.h"
#include "formats/minidump/limits.h"

namespace cairn::minidump {
namespace {

using model::Os;

bool AllZero(base::Bytes bytes) {
  return std::ranges::all_of(bytes, [](std::byte byte) { return byte == std::byte{0}; });
}

std::string UpperHex(std::uint64_t value, int min_digits) {
  std::string text = base::ToHex(value, min_digits);
  std::ranges::transform(text, text.begin(), [](char c) { return c >= 'a' && c <= 'f' ? char(c - 32) : c; });
  return text;
}

std::string ReadName(base::ByteReader& reader) {
  std::string_view text = base::AsText(reader.ReadBytes(reader.remaining()));
  return std::string(text.substr(0, text.find('\0')));
}

bool IsNilGuid(std::string_view guid) { return guid.find_first_not_of('0') == std::string_view::npos; }

// "RSDS": Windows, macOS (its UUID, no age) and Breakpad's old Linux writer.
void TakePdb70(base::ByteReader& reader, Os os, const ImageFields& image, model::Module& module) {
  const std::string guid = ReadGuid(reader);
  const auto age = reader.Read<std::uint32_t>();
  if (!reader.ok()) return;
  const std::string name = ReadName(reader);
  if (!IsNilGuid(guid)) module.debug_id = model::DebugId{guid + base::ToHex(age)};
  if (IsApple(os)) {
    module.debug_file = module.code_file;
    module.code_id = guid;
    std::ranges::transform(module.code_id, module.code_id.begin(),
                           [](char c) { return c >= 'A' && c <= 'F' ? char(c + 32) : c; });
    return;
  }
  module.debug_file = name.empty() ? module.code_file : name;
  module.code_id = PeCodeId(image);
}

// "NB10": old Windows.
void TakePdb20(base::ByteReader& reader, const ImageFields& image, model::Module& module) {
  reader.Skip(sizeof(std::uint32_t));  // Offset, always zero.
  const auto signature = reader.Read<std::uint32_t>();
  const auto age = reader.Read<std::uint32_t>();
  if (!reader.ok()) return;
  module.debug_file = ReadName(reader);
  module.debug_id = model::DebugId{UpperHex(signature, 8) + base::ToHex(age)};
  module.code_id = PeCodeId(image);
}

// "LEpB": Breakpad and Crashpad for ELF; the rest of the record is the build id.
void TakeElf(base::ByteReader& reader, model::Module& module) {
  const base::Bytes build_id = reader.ReadBytes(std::min(reader.remaining(), kMaxBuildIdBytes));
  module.debug_file = module.code_file;
  if (AllZero(build_id)) return;
  module.code_id = base::BytesToHex(build_id);
  // The GUID that the file's byte order makes of the first 16 bytes.
  std::array<std::byte, kGuidBytes> guid{};
  std::copy_n(build_id.begin(), std::min(build_id.size(), guid.size()), guid.begin());
  base::ByteReader guid_reader(guid, reader.order());
  module.debug_id = model::DebugId{ReadGuid(guid_reader) + "0"};
}

}  // namespace

std::string PeCodeId(const ImageFields& image) {
  return base::ToHex(image.timestamp, 8) + base::ToHex(image.size);
}

void TakeCodeView(const Minidump& dump, base::Bytes record, Os os, const ImageFields& image,
                  model::Module& module) {
  base::ByteReader reader = dump.Reader(record);
  switch (reader.Read<std::uint32_t>()) {
    case wire::kCodeViewPdb70: return TakePdb70(reader, os, image, module);
    case wire::kCodeViewPdb20: return TakePdb20(reader, image, module);
    case wire::kCodeViewElf: return TakeElf(reader, module);
    default: return;
  }
}

}  // namespace cairn::minidump
