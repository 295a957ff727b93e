#include "formats/minidump/unloaded_modules.h"

#include <optional>
#include <utility>

#include "formats/minidump/limits.h"
#include "formats/minidump/list.h"
#include "formats/minidump/module_ids.h"
#include "formats/minidump/text_budget.h"

namespace cairn::minidump {

std::vector<model::UnloadedModule> ReadUnloadedModules(const Minidump& dump,
                                                       model::Diagnostics& diagnostics) {
  std::vector<model::UnloadedModule> modules;
  const std::optional<base::Bytes> stream = dump.Stream(wire::StreamType::kUnloadedModuleList);
  if (!stream) return modules;
  const SizedList list = OpenSizedList(dump, *stream,
                                       {.element_bytes_min = wire::kUnloadedModuleSize,
                                        .count_max = kMaxUnloadedModules,
                                        .what = "unloaded modules"},
                                       diagnostics);
  TextBudget budget(kMaxModuleTextBytes);
  const auto note = [&](base::Code code, std::uint32_t entry, std::string_view what) {
    diagnostics.Add(model::Stage::kMinidump, {code, list.EntryOffset(entry), what});
  };
  for (std::uint32_t i = 0; i < list.count; ++i) {
    base::ByteReader reader = list.Entry(i);  // MINIDUMP_UNLOADED_MODULE, minidumpapiset.h.
    model::UnloadedModule module;
    module.base = {reader.Read<std::uint64_t>()};
    const auto size = reader.Read<std::uint32_t>();
    reader.Skip(sizeof(std::uint32_t));  // CheckSum
    const auto timestamp = reader.Read<std::uint32_t>();
    const auto name_rva = reader.Read<std::uint32_t>();
    if (size == 0 || size - 1 > ~module.base.value) {
      note(base::Code::kBadValue, i, "unloaded module's size");
      continue;
    }
    module.size = size;
    module.code_id = PeCodeId({.timestamp = timestamp, .size = size});
    if (std::optional<std::string> name = dump.Utf16At(name_rva)) {
      module.code_file = std::move(*name);
    } else {
      note(base::Code::kBadValue, i, "unloaded module's name");
    }
    if (!budget.Take(module.code_file.size())) {
      note(base::Code::kLimitExceeded, i, "names of unloaded modules");
      break;
    }
    modules.push_back(std::move(module));
  }
  return modules;
}

}  // namespace cairn::minidump
