#include "formats/minidump/modules.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>

#include "base/hex.h"
#include "formats/minidump/limits.h"
#include "formats/minidump/list.h"

namespace cairn::minidump {
namespace {

using model::Os;

constexpr std::uint32_t kFixedFileInfoSignature = 0xfeef04bd;  // VS_FIXEDFILEINFO.dwSignature
constexpr std::size_t kFixedFileInfoWords = 13;
constexpr std::size_t kGuidBytes = 16;

bool IsApple(Os os) { return os == Os::kMacOs || os == Os::kIos; }
bool AllZero(base::Bytes bytes) {
  return std::ranges::all_of(bytes, [](std::byte byte) { return byte == std::byte{0}; });
}

std::string UpperHex(std::uint64_t value, int min_digits) {
  std::string text = base::ToHex(value, min_digits);
  std::ranges::transform(text, text.begin(), [](char c) { return c >= 'a' && c <= 'f' ? char(c - 32) : c; });
  return text;
}

// A GUID is a u32, two u16 and 8 bytes; the numbers are of the file's byte order.
std::string ReadGuid(base::ByteReader& reader) {
  std::string text = UpperHex(reader.Read<std::uint32_t>(), 8);
  text += UpperHex(reader.Read<std::uint16_t>(), 4);
  text += UpperHex(reader.Read<std::uint16_t>(), 4);
  for (int i = 0; i < 8; ++i) text += UpperHex(reader.Read<std::uint8_t>(), 2);
  return text;
}

std::string ReadName(base::ByteReader& reader) {
  std::string_view text = base::AsText(reader.ReadBytes(reader.remaining()));
  return std::string(text.substr(0, text.find('\0')));
}

bool IsNilGuid(std::string_view guid) { return guid.find_first_not_of('0') == std::string_view::npos; }

// What a module's fields say of its code; needed where the debug record does not.
struct ImageFields {
  std::uint32_t timestamp = 0;
  std::uint32_t size = 0;
};

// How PE files are named on a symbol server: timestamp in 8 digits, then the size.
std::string PeCodeId(const ImageFields& image) {
  return base::ToHex(image.timestamp, 8) + base::ToHex(image.size);
}

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

// VS_FIXEDFILEINFO.dwFileVersion as four halves; Mozilla's writer for ELF puts four whole numbers into the
// file and product version.
std::string ReadVersion(base::ByteReader& reader, Os os) {
  const auto signature = reader.Read<std::uint32_t>();
  reader.Skip(sizeof(std::uint32_t));  // dwStrucVersion
  std::array<std::uint32_t, 4> words{};
  for (std::uint32_t& word : words) word = reader.Read<std::uint32_t>();
  reader.Skip((kFixedFileInfoWords - 6) * sizeof(std::uint32_t));
  if (signature != kFixedFileInfoSignature) return {};
  if (os == Os::kWindows || IsApple(os)) {
    words = {words[0] >> 16, words[0] & 0xffff, words[1] >> 16, words[1] & 0xffff};
  }
  std::string text;
  for (const std::uint32_t word : words) text += (text.empty() ? "" : ".") + std::to_string(word);
  return text;
}

// Which stretches of the address space are taken, to refuse overlaps in O(log n).
class Taken {
 public:
  bool Overlaps(std::uint64_t start, std::uint64_t last) const {
    auto next = ranges_.upper_bound(last);
    return next != ranges_.begin() && std::prev(next)->second >= start;
  }
  void Add(std::uint64_t start, std::uint64_t last) { ranges_[start] = last; }

 private:
  std::map<std::uint64_t, std::uint64_t> ranges_;  // First byte -> last byte.
};

// What an entry of the list points at.
struct ModuleTexts {
  std::uint32_t name_rva = 0;
  Location code_view;
};

// Gives the module its name and ids.
void TakeTexts(const Minidump& dump, const ModuleTexts& texts, Os os, const ImageFields& image,
               model::Module& module, model::Diagnostics& diagnostics) {
  if (std::optional<std::string> name = dump.Utf16At(texts.name_rva)) {
    module.code_file = std::move(*name);
  } else {
    diagnostics.Add(model::Stage::kMinidump, {base::Code::kBadValue, texts.name_rva, "module name"});
  }
  const Location& place = texts.code_view;
  const std::optional<base::Bytes> record = place.size > kMaxCodeViewBytes ? std::nullopt : dump.At(place);
  if (record) {
    TakeCodeView(dump, *record, os, image, module);
  } else if (place.size != 0) {
    diagnostics.Add(model::Stage::kMinidump, {base::Code::kBadValue, place.rva, "module debug record"});
  }
  if (os == Os::kWindows && module.code_id.empty()) module.code_id = PeCodeId(image);
}

}  // namespace

std::vector<model::Module> ReadModules(const Minidump& dump, Os os, model::Diagnostics& diagnostics) {
  const std::optional<base::Bytes> stream = dump.Stream(wire::StreamType::kModuleList);
  if (!stream) {
    diagnostics.Add(model::Stage::kMinidump, {base::Code::kNotFound, 0, "module list"});
    return {};
  }
  List list = OpenList(dump, *stream, {wire::kModuleSize, kMaxModules, "module list"}, diagnostics);
  std::vector<model::Module> modules;
  modules.reserve(list.count);
  Taken taken;
  std::size_t text_bytes = 0;
  for (std::uint32_t i = 0; i < list.count; ++i) {
    const std::size_t entry_offset = list.reader.offset();
    // MINIDUMP_MODULE, minidumpapiset.h.
    model::Module module;
    module.base = {list.reader.Read<std::uint64_t>()};
    ImageFields image;
    image.size = list.reader.Read<std::uint32_t>();
    module.size = image.size;
    list.reader.Skip(sizeof(std::uint32_t));  // CheckSum
    image.timestamp = list.reader.Read<std::uint32_t>();
    const auto name_rva = list.reader.Read<std::uint32_t>();
    module.version = ReadVersion(list.reader, os);
    const Location code_view = ReadLocation(list.reader);
    list.reader.Skip(wire::kLocationSize + 2 * sizeof(std::uint64_t));  // MiscRecord, Reserved0, Reserved1

    const std::uint64_t last = module.base.value + (module.size - 1);
    if (module.size == 0 || last < module.base.value) {
      diagnostics.Add(model::Stage::kMinidump, {base::Code::kBadValue, entry_offset, "module size"});
      continue;
    }
    if (taken.Overlaps(module.base.value, last)) {
      diagnostics.Add(model::Stage::kMinidump,
                      {base::Code::kBadValue, entry_offset, "module overlaps another"});
      continue;
    }
    TakeTexts(dump, {name_rva, code_view}, os, image, module, diagnostics);
    text_bytes += module.code_file.size() + module.debug_file.size();
    if (text_bytes > kMaxModuleTextBytes) {
      diagnostics.Add(model::Stage::kMinidump,
                      {base::Code::kLimitExceeded, entry_offset, "names of modules"});
      break;
    }
    taken.Add(module.base.value, last);
    modules.push_back(std::move(module));
  }
  return modules;
}

}  // namespace cairn::minidump
