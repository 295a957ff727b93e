#include "formats/minidump/module_entries.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "formats/minidump/limits.h"
#include "formats/minidump/list.h"
#include "formats/minidump/module_ids.h"

namespace cairn::minidump {
namespace {

constexpr std::uint32_t kFixedFileInfoBytes = 52;  // VS_FIXEDFILEINFO, verrsrc.h.

ModuleEntry ReadEntry(base::ByteReader& reader) {
  ModuleEntry entry;  // MINIDUMP_MODULE, minidumpapiset.h.
  entry.base = reader.Read<std::uint64_t>();
  entry.image_size = reader.Read<std::uint32_t>();
  entry.size = entry.image_size;
  reader.Skip(sizeof(std::uint32_t));  // CheckSum
  entry.timestamp = reader.Read<std::uint32_t>();
  entry.name_rva = reader.Read<std::uint32_t>();
  entry.fixed_file_info = reader.ReadBytes(kFixedFileInfoBytes);
  entry.code_view = ReadLocation(reader);
  reader.Skip(wire::kLocationSize + 2 * sizeof(std::uint64_t));  // MiscRecord, Reserved0, Reserved1
  return entry;
}

std::uint64_t LastByte(const ModuleEntry& entry) { return entry.base + (entry.size - 1); }
bool HasNoRecord(const ModuleEntry& entry) { return entry.code_view.size == 0; }

// Each in turn begins behind the one before. One of which nothing is left gets size zero.
void SeparateByEnd(std::vector<ModuleEntry>& entries) {
  std::ranges::sort(entries, {}, [](const ModuleEntry& entry) {
    return std::tuple(LastByte(entry), HasNoRecord(entry), entry.index);
  });
  std::optional<std::uint64_t> taken;  // The last byte that belongs to a module.
  for (ModuleEntry& entry : entries) {
    if (taken && *taken >= entry.base) {
      if (*taken == LastByte(entry)) {
        entry.size = 0;
        continue;
      }
      entry.own_start = *taken - entry.base + 1;
    }
    taken = LastByte(entry);
  }
}

// Each is cut off where the next begins. One of which nothing is left gets size zero.
void SeparateByStart(std::vector<ModuleEntry>& entries, model::Diagnostics& diagnostics) {
  std::ranges::sort(entries, {}, [](const ModuleEntry& entry) {
    return std::tuple(entry.base, HasNoRecord(entry), entry.index);
  });
  ModuleEntry* below = nullptr;
  for (ModuleEntry& entry : entries) {
    if (below != nullptr && below->base == entry.base) {
      entry.size = 0;
      continue;
    }
    if (below != nullptr && LastByte(*below) >= entry.base) {
      diagnostics.Add(model::Stage::kMinidump,
                      {base::Code::kBadValue, below->index, "module reaches into another"});
      below->size = entry.base - below->base;
    }
    below = &entry;
  }
}

bool IsElf(model::Os os) { return os != model::Os::kWindows && !IsApple(os); }

}  // namespace

std::vector<ModuleEntry> ReadModuleEntries(const Minidump& dump, model::Os os,
                                           model::Diagnostics& diagnostics) {
  const std::optional<base::Bytes> stream = dump.Stream(wire::StreamType::kModuleList);
  if (!stream) {
    diagnostics.Add(model::Stage::kMinidump, {base::Code::kNotFound, 0, "module list"});
    return {};
  }
  List list = OpenList(dump, *stream, {wire::kModuleSize, kMaxModules, "module list"}, diagnostics);
  std::vector<ModuleEntry> entries;
  entries.reserve(list.count);
  for (std::uint32_t i = 0; i < list.count; ++i) {
    const std::size_t entry_offset = list.reader.offset();
    ModuleEntry entry = ReadEntry(list.reader);
    entry.index = i;
    if (entry.size == 0 || entry.size - 1 > ~entry.base) {
      diagnostics.Add(model::Stage::kMinidump, {base::Code::kBadValue, entry_offset, "module size"});
      continue;
    }
    entries.push_back(entry);
  }
  if (IsElf(os)) {
    SeparateByEnd(entries);
  } else {
    SeparateByStart(entries, diagnostics);
  }
  std::erase_if(entries, [&](const ModuleEntry& entry) {
    if (entry.size != 0) return false;
    diagnostics.Add(model::Stage::kMinidump,
                    {base::Code::kBadValue, entry.index, "module in another's place"});
    return true;
  });
  std::ranges::sort(entries, {}, &ModuleEntry::index);
  return entries;
}

}  // namespace cairn::minidump
