#include "formats/minidump/handles.h"

#include <optional>
#include <string>
#include <utility>

#include "formats/minidump/limits.h"
#include "formats/minidump/list.h"
#include "formats/minidump/text_budget.h"

namespace cairn::minidump {

std::vector<model::Handle> ReadHandles(const Minidump& dump, model::Diagnostics& diagnostics) {
  std::vector<model::Handle> handles;
  const std::optional<base::Bytes> stream = dump.Stream(wire::StreamType::kHandleData);
  if (!stream) return handles;
  const SizedList list = OpenSizedList(
      dump, *stream,
      {.element_bytes_min = wire::kHandleDescriptorSize, .count_max = kMaxHandles, .what = "handles"},
      diagnostics);
  TextBudget budget(kMaxHandleTextBytes);
  for (std::uint32_t i = 0; i < list.count; ++i) {
    const auto note = [&](base::Code code, std::string_view what) {
      diagnostics.Add(model::Stage::kMinidump, {code, list.EntryOffset(i), what});
    };
    const auto read_name = [&](std::uint32_t rva) {
      if (rva == 0) return std::string();  // Many handles have no name.
      std::optional<std::string> name = dump.Utf16At(rva);
      if (!name) note(base::Code::kBadValue, "name of a handle");
      return std::move(name).value_or(std::string());
    };
    base::ByteReader reader = list.Entry(i);  // MINIDUMP_HANDLE_DESCRIPTOR, minidumpapiset.h.
    model::Handle handle;
    handle.handle = reader.Read<std::uint64_t>();
    handle.type_name = read_name(reader.Read<std::uint32_t>());
    handle.object_name = read_name(reader.Read<std::uint32_t>());
    if (!budget.Take(handle.type_name.size() + handle.object_name.size())) {
      note(base::Code::kLimitExceeded, "names of handles");
      break;
    }
    handles.push_back(std::move(handle));
  }
  return handles;
}

}  // namespace cairn::minidump
