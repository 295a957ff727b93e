#include "formats/minidump/annotations.h"

#include <optional>
#include <utility>

#include "formats/minidump/limits.h"
#include "formats/minidump/list.h"

namespace cairn::minidump {
namespace {

using Annotations = std::map<std::string, std::string>;

constexpr std::uint64_t kGuidBytes = 16;
constexpr std::uint32_t kDictionaryEntryBytes = 8;  // MinidumpSimpleStringDictionaryEntry: key rva, value rva
constexpr std::uint32_t kAnnotationObjectBytes =
    12;  // MinidumpAnnotation: name rva, type u16, reserved u16, value rva
constexpr std::uint32_t kModuleLinkBytes = 12;  // MinidumpModuleCrashpadInfoLink: module index, location
constexpr std::uint16_t kTypeString = 1;        // Annotation::Type::kString

class AnnotationReader {
 public:
  AnnotationReader(const Minidump& dump, model::Diagnostics& diagnostics)
      : dump_(dump), diagnostics_(diagnostics) {}

  Annotations Read(base::Bytes stream) {
    base::ByteReader reader = dump_.Reader(stream);  // MinidumpCrashpadInfo
    reader.Skip(sizeof(std::uint32_t) + 2 * kGuidBytes);
    ReadDictionary(ReadLocation(reader));
    const Location modules = ReadLocation(reader);
    if (!reader.ok()) Note(base::Code::kTruncated, stream.size(), "annotations");
    if (reader.ok()) ReadModules(modules);
    return std::move(annotations_);
  }

 private:
  void ReadModules(Location location) {
    const std::optional<base::Bytes> bytes = Find(location);
    if (!bytes) return;
    List list = OpenList(dump_, *bytes, {kModuleLinkBytes, kMaxModules, "module annotations"}, diagnostics_);
    for (std::uint32_t i = 0; i < list.count; ++i) {
      list.reader.Skip(sizeof(std::uint32_t));  // Index of the module.
      const std::optional<base::Bytes> info = Find(ReadLocation(list.reader));
      if (!info) continue;
      base::ByteReader reader = dump_.Reader(*info);             // MinidumpModuleCrashpadInfo
      reader.Skip(sizeof(std::uint32_t) + wire::kLocationSize);  // Version; the list of nameless texts.
      const Location dictionary = ReadLocation(reader);
      const Location objects = ReadLocation(reader);
      if (reader.ok()) ReadDictionary(dictionary);
      if (reader.ok()) ReadObjects(objects);
    }
  }

  void ReadDictionary(Location location) {
    const std::optional<base::Bytes> bytes = Find(location);
    if (!bytes) return;
    List list =
        OpenList(dump_, *bytes, {kDictionaryEntryBytes, kMaxAnnotations, "annotations"}, diagnostics_);
    for (std::uint32_t i = 0; i < list.count; ++i) {
      const auto key_rva = list.reader.Read<std::uint32_t>();
      const auto value_rva = list.reader.Read<std::uint32_t>();
      Add(key_rva, value_rva);
    }
  }

  void ReadObjects(Location location) {
    const std::optional<base::Bytes> bytes = Find(location);
    if (!bytes) return;
    List list =
        OpenList(dump_, *bytes, {kAnnotationObjectBytes, kMaxAnnotations, "annotations"}, diagnostics_);
    for (std::uint32_t i = 0; i < list.count; ++i) {
      const auto name_rva = list.reader.Read<std::uint32_t>();
      const auto type = list.reader.Read<std::uint16_t>();
      list.reader.Skip(sizeof(std::uint16_t));
      const auto value_rva = list.reader.Read<std::uint32_t>();
      if (type == kTypeString) Add(name_rva, value_rva);
    }
  }

  void Add(std::uint32_t key_rva, std::uint32_t value_rva) {
    const std::optional<std::string> key = dump_.Utf8At(key_rva);
    std::optional<std::string> value = dump_.Utf8At(value_rva);
    if (!key || !value) return Note(base::Code::kBadValue, key_rva, "annotation");
    if (annotations_.size() >= kMaxAnnotations)
      return Note(base::Code::kLimitExceeded, key_rva, "annotations");
    annotations_.emplace(*key, std::move(*value));
  }

  std::optional<base::Bytes> Find(Location location) {
    const std::optional<base::Bytes> bytes = dump_.At(location);
    if (!bytes && location.size != 0) Note(base::Code::kTruncated, location.rva, "annotations");
    return bytes;
  }

  void Note(base::Code code, std::uint64_t offset, std::string_view what) {
    diagnostics_.Add(model::Stage::kMinidump, base::Error{code, offset, what});
  }

  const Minidump& dump_;
  model::Diagnostics& diagnostics_;
  Annotations annotations_;
};

}  // namespace

std::map<std::string, std::string> ReadAnnotations(const Minidump& dump, model::Diagnostics& diagnostics) {
  const std::optional<base::Bytes> stream = dump.Stream(wire::StreamType::kCrashpadInfo);
  if (!stream) return {};
  return AnnotationReader(dump, diagnostics).Read(*stream);
}

}  // namespace cairn::minidump
