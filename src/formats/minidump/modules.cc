#include "formats/minidump/modules.h"

#include <array>
#include <optional>
#include <string>

#include "formats/minidump/limits.h"
#include "formats/minidump/module_entries.h"
#include "formats/minidump/module_ids.h"
#include "formats/minidump/text_budget.h"

namespace cairn::minidump {
namespace {

using model::Os;

constexpr std::uint32_t kFixedFileInfoSignature = 0xfeef04bd;  // VS_FIXEDFILEINFO.dwSignature

// VS_FIXEDFILEINFO.dwFileVersion as four halves; Mozilla's writer for ELF puts four whole numbers into the
// file and product version.
std::string ReadVersion(base::ByteReader reader, Os os) {
  const auto signature = reader.Read<std::uint32_t>();
  reader.Skip(sizeof(std::uint32_t));  // dwStrucVersion
  std::array<std::uint32_t, 4> words{};
  for (std::uint32_t& word : words) word = reader.Read<std::uint32_t>();
  if (signature != kFixedFileInfoSignature) return {};
  if (os == Os::kWindows || IsApple(os)) {
    words = {words[0] >> 16, words[0] & 0xffff, words[1] >> 16, words[1] & 0xffff};
  }
  std::string text;
  for (const std::uint32_t word : words) text += (text.empty() ? "" : ".") + std::to_string(word);
  return text;
}

// Gives the module its name and ids.
void TakeTexts(const Minidump& dump, const ModuleEntry& entry, Os os, model::Module& module,
               model::Diagnostics& diagnostics) {
  const ImageFields image{.timestamp = entry.timestamp, .size = entry.image_size};
  if (std::optional<std::string> name = dump.Utf16At(entry.name_rva)) {
    module.code_file = std::move(*name);
  } else {
    diagnostics.Add(model::Stage::kMinidump, {base::Code::kBadValue, entry.name_rva, "module name"});
  }
  const Location& place = entry.code_view;
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
  const std::vector<ModuleEntry> entries = ReadModuleEntries(dump, os, diagnostics);
  std::vector<model::Module> modules;
  modules.reserve(entries.size());
  TextBudget budget(kMaxModuleTextBytes);
  for (const ModuleEntry& entry : entries) {
    model::Module module{.base = {entry.base}, .size = entry.size, .own_start = entry.own_start};
    module.version = ReadVersion(dump.Reader(entry.fixed_file_info), os);
    TakeTexts(dump, entry, os, module, diagnostics);
    if (!budget.Take(module.code_file.size() + module.debug_file.size())) {
      diagnostics.Add(model::Stage::kMinidump,
                      {base::Code::kLimitExceeded, entry.name_rva, "names of modules"});
      break;
    }
    modules.push_back(std::move(module));
  }
  return modules;
}

}  // namespace cairn::minidump
