#include "formats/minidump/annotations.h"

#include <algorithm>
#include <utility>

#include "formats/minidump/guid.h"
#include "formats/minidump/limits.h"
#include "formats/minidump/list.h"
#include "formats/minidump/module_entries.h"
#include "formats/minidump/text_budget.h"

namespace cairn::minidump {
namespace {

using Annotations = std::map<std::string, std::string>;

constexpr std::uint32_t kDictionaryEntryBytes = 8;  // MinidumpSimpleStringDictionaryEntry: key rva, value rva
constexpr std::uint32_t kAnnotationObjectBytes =
    12;  // MinidumpAnnotation: name rva, type u16, reserved u16, value rva
constexpr std::uint32_t kModuleLinkBytes = 12;  // MinidumpModuleCrashpadInfoLink: module index, location
constexpr std::uint16_t kTypeString = 1;        // Annotation::Type::kString

class AnnotationReader {
 public:
  AnnotationReader(const Minidump& dump, model::Diagnostics& diagnostics)
      : dump_(dump), diagnostics_(diagnostics) {}

  // Those of the process.
  Annotations ReadProcess(base::Bytes stream) {
    Annotations annotations;
    ReadDictionary(ReadHeader(stream).dictionary, annotations);
    return annotations;
  }

  // In the stream's order, `module` being the index in the stream's module list.
  std::vector<model::ModuleAnnotations> ReadModules(base::Bytes stream) {
    std::vector<model::ModuleAnnotations> modules;
    const std::optional<base::Bytes> bytes = Find(ReadHeader(stream).modules);
    if (!bytes) return modules;
    List list = OpenList(dump_, *bytes, {kModuleLinkBytes, kMaxModules, "module annotations"}, diagnostics_);
    for (std::uint32_t i = 0; i < list.count && !is_full_; ++i) {
      model::ModuleAnnotations module{.module = list.reader.Read<std::uint32_t>()};
      const std::optional<base::Bytes> info = Find(ReadLocation(list.reader));
      if (!info) continue;
      base::ByteReader reader = dump_.Reader(*info);  // MinidumpModuleCrashpadInfo
      reader.Skip(sizeof(std::uint32_t));             // Version.
      const Location texts = ReadLocation(reader);
      const Location dictionary = ReadLocation(reader);
      if (reader.ok()) ReadTexts(texts, module.list);
      if (reader.ok()) ReadDictionary(dictionary, module.values);
      const Location objects = ReadLocation(reader);  // Writers of old know none.
      if (reader.ok()) ReadObjects(objects, module.values);
      if (!module.list.empty() || !module.values.empty()) modules.push_back(std::move(module));
    }
    return modules;
  }

 private:
  // Places that the stream is too short for are empty.
  struct Header {
    Location dictionary;
    Location modules;
  };
  Header ReadHeader(base::Bytes stream) {
    base::ByteReader reader = dump_.Reader(stream);  // MinidumpCrashpadInfo
    reader.Skip(sizeof(std::uint32_t) + 2 * kGuidBytes);
    Header header;
    header.dictionary = ReadLocation(reader);
    if (reader.ok()) header.modules = ReadLocation(reader);
    if (!reader.ok()) Note(base::Code::kTruncated, stream.size(), "annotations");
    return header;
  }

  void ReadTexts(Location location, std::vector<std::string>& texts) {
    const std::optional<base::Bytes> bytes = Find(location);
    if (!bytes) return;
    List list =
        OpenList(dump_, *bytes, {sizeof(std::uint32_t), kMaxAnnotations, "annotations"}, diagnostics_);
    for (std::uint32_t i = 0; i < list.count; ++i) {
      const auto rva = list.reader.Read<std::uint32_t>();
      std::optional<std::string> text = dump_.Utf8At(rva);
      if (!text) {
        Note(base::Code::kBadValue, rva, "annotation");
      } else if (HasRoom(text->size(), rva)) {
        texts.push_back(std::move(*text));
      }
    }
  }

  void ReadDictionary(Location location, Annotations& annotations) {
    const std::optional<base::Bytes> bytes = Find(location);
    if (!bytes) return;
    List list =
        OpenList(dump_, *bytes, {kDictionaryEntryBytes, kMaxAnnotations, "annotations"}, diagnostics_);
    for (std::uint32_t i = 0; i < list.count; ++i) {
      const auto key_rva = list.reader.Read<std::uint32_t>();
      const auto value_rva = list.reader.Read<std::uint32_t>();
      Add(key_rva, value_rva, annotations);
    }
  }

  void ReadObjects(Location location, Annotations& annotations) {
    const std::optional<base::Bytes> bytes = Find(location);
    if (!bytes) return;
    List list =
        OpenList(dump_, *bytes, {kAnnotationObjectBytes, kMaxAnnotations, "annotations"}, diagnostics_);
    for (std::uint32_t i = 0; i < list.count; ++i) {
      const auto name_rva = list.reader.Read<std::uint32_t>();
      const auto type = list.reader.Read<std::uint16_t>();
      list.reader.Skip(sizeof(std::uint16_t));
      const auto value_rva = list.reader.Read<std::uint32_t>();
      if (type == kTypeString) Add(name_rva, value_rva, annotations);
    }
  }

  void Add(std::uint32_t key_rva, std::uint32_t value_rva, Annotations& annotations) {
    std::optional<std::string> key = dump_.Utf8At(key_rva);
    std::optional<std::string> value = dump_.Utf8At(value_rva);
    if (!key || !value) return Note(base::Code::kBadValue, key_rva, "annotation");
    if (HasRoom(key->size() + value->size(), key_rva))
      annotations.emplace(std::move(*key), std::move(*value));
  }

  // Counts one more annotation; false once there are too many.
  bool HasRoom(std::size_t bytes, std::uint64_t offset) {
    if (is_full_) return false;
    is_full_ = ++count_ > kMaxModuleAnnotations || !budget_.Take(bytes);
    if (is_full_) Note(base::Code::kLimitExceeded, offset, "annotations");
    return !is_full_;
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
  TextBudget budget_{kMaxAnnotationTextBytes};
  std::size_t count_ = 0;
  bool is_full_ = false;
};

}  // namespace

std::map<std::string, std::string> ReadAnnotations(const Minidump& dump, model::Diagnostics& diagnostics) {
  const std::optional<base::Bytes> stream = dump.Stream(wire::StreamType::kCrashpadInfo);
  if (!stream) return {};
  AnnotationReader reader(dump, diagnostics);
  Annotations annotations = reader.ReadProcess(*stream);
  for (model::ModuleAnnotations& module : reader.ReadModules(*stream)) {
    for (auto& [name, value] : module.values) {
      if (annotations.size() == kMaxAnnotations) {
        diagnostics.Add(model::Stage::kMinidump,
                        {base::Code::kLimitExceeded, annotations.size(), "annotations"});
        return annotations;
      }
      annotations.emplace(name, std::move(value));
    }
  }
  return annotations;
}

std::vector<model::ModuleAnnotations> ReadModuleAnnotations(const Minidump& dump, model::Os os,
                                                            model::Diagnostics& diagnostics) {
  const std::optional<base::Bytes> stream = dump.Stream(wire::StreamType::kCrashpadInfo);
  if (!stream) return {};
  model::Diagnostics noted_by_read_modules;
  const std::vector<ModuleEntry> entries = ReadModuleEntries(dump, os, noted_by_read_modules);
  std::vector<model::ModuleAnnotations> modules = AnnotationReader(dump, diagnostics).ReadModules(*stream);
  std::erase_if(modules, [&](model::ModuleAnnotations& module) {
    const auto entry = std::ranges::lower_bound(entries, module.module, {}, &ModuleEntry::index);
    if (entry == entries.end() || entry->index != module.module) {
      diagnostics.Add(model::Stage::kMinidump, {base::Code::kNotFound, module.module, "annotated module"});
      return true;
    }
    module.module = static_cast<std::uint32_t>(entry - entries.begin());
    return false;
  });
  return modules;
}

CrashpadIds ReadCrashpadIds(const Minidump& dump) {
  CrashpadIds ids;
  const std::optional<base::Bytes> stream = dump.Stream(wire::StreamType::kCrashpadInfo);
  if (!stream) return ids;
  base::ByteReader reader = dump.Reader(*stream);  // MinidumpCrashpadInfo
  reader.Skip(sizeof(std::uint32_t));              // Version.
  const auto read_id = [&] {
    const std::string id = ReadUuid(reader);
    return reader.ok() && id.find_first_not_of("0-") != std::string::npos ? id : std::string();
  };
  ids.report_id = read_id();
  ids.client_id = read_id();
  reader.Skip(std::uint64_t{2} * wire::kLocationSize +
              sizeof(std::uint32_t));  // Annotations, modules, reserved.
  const auto mask = reader.Read<std::uint64_t>();
  if (reader.ok() && mask != 0) ids.address_mask = mask;
  return ids;
}

}  // namespace cairn::minidump
