#include "handler/module_list.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "formats/object/build_id_note.h"

namespace cairn::handler {
namespace {

// elf.h and the generic ABI; all 64-bit little-endian.
constexpr std::uint32_t kElfMagic = 0x464c457f;
constexpr std::size_t kElfHeaderSize = 64;
constexpr std::size_t kProgramHeaderSize = 56;
constexpr std::uint64_t kProgramHeaderOffsetField = 32;  // Elf64_Ehdr.e_phoff
constexpr std::uint64_t kProgramHeaderCountField = 56;   // Elf64_Ehdr.e_phnum
constexpr std::uint32_t kSegmentLoad = 1;
constexpr std::uint32_t kSegmentNote = 4;

constexpr std::uint16_t kMaxProgramHeaders = 128;  // Usual are 7 to 14.
constexpr std::uint64_t kMaxNoteBytes = 16384;     // Usual are under 200.

struct Segment {
  std::uint32_t type = 0;
  std::uint64_t address = 0;
  std::uint64_t memory_size = 0;
};

std::vector<Segment> ReadSegments(const CrashedProcess& process, model::ProcessAddress base) {
  const std::vector<std::byte> header = process.ReadBlock(base, kElfHeaderSize);
  base::ByteReader reader(header);
  if (reader.Read<std::uint32_t>() != kElfMagic) return {};
  reader.Seek(kProgramHeaderOffsetField);
  const auto offset = reader.Read<std::uint64_t>();
  reader.Seek(kProgramHeaderCountField);
  const auto count = std::min(reader.Read<std::uint16_t>(), kMaxProgramHeaders);
  const std::vector<std::byte> table = process.ReadBlock({base.value + offset}, count * kProgramHeaderSize);
  std::vector<Segment> segments;
  for (base::ByteReader rows(table); rows.remaining() >= kProgramHeaderSize;) {
    Segment segment;
    segment.type = rows.Read<std::uint32_t>();
    rows.Skip(4 + 8);  // p_flags, p_offset
    segment.address = rows.Read<std::uint64_t>();
    rows.Skip(8 + 8);  // p_paddr, p_filesz
    segment.memory_size = rows.Read<std::uint64_t>();
    rows.Skip(8);  // p_align
    segments.push_back(segment);
  }
  return segments;
}

std::vector<std::byte> ReadBuildId(const CrashedProcess& process, model::ProcessAddress base) {
  const std::vector<Segment> segments = ReadSegments(process, base);
  const auto load = std::ranges::find(segments, kSegmentLoad, &Segment::type);
  if (load == segments.end()) return {};
  for (const Segment& segment : segments) {
    if (segment.type != kSegmentNote) continue;
    const std::uint64_t size = std::min(segment.memory_size, kMaxNoteBytes);
    const std::uint64_t address = base.value + (segment.address - load->address);
    const std::vector<std::byte> notes = process.ReadBlock({address}, static_cast<std::size_t>(size));
    const base::Bytes id = object::FindBuildIdNote(notes);
    if (!id.empty()) return {id.begin(), id.end()};
  }
  return {};
}

struct Candidate {
  const Mapping* first = nullptr;
  model::ProcessAddress end;
  bool executable = false;
};

bool BeginsModule(const Mapping& mapping) {
  const bool is_file = mapping.path.starts_with('/') && mapping.inode != 0;
  return mapping.offset == 0 && mapping.readable && (is_file || mapping.path == "[vdso]");
}

std::vector<Candidate> FindCandidates(const std::vector<Mapping>& mappings) {
  std::vector<Candidate> candidates;
  for (const Mapping& mapping : mappings) {
    const bool goes_on = !candidates.empty() && mapping.offset != 0 &&
                         candidates.back().first->path == mapping.path &&
                         candidates.back().first->inode == mapping.inode;
    if (goes_on) {
      candidates.back().end = mapping.end;
      candidates.back().executable |= mapping.executable;
    } else if (BeginsModule(mapping)) {
      candidates.push_back({&mapping, mapping.end, mapping.executable});
    }
  }
  std::erase_if(candidates, [](const Candidate& candidate) { return !candidate.executable; });
  return candidates;
}

}  // namespace

std::vector<ModuleSnapshot> ReadModules(const CrashedProcess& process, const std::vector<Mapping>& mappings,
                                        std::string_view main_path) {
  std::vector<ModuleSnapshot> modules;
  for (const Candidate& candidate : FindCandidates(mappings)) {
    if (modules.size() == kMaxModules) break;
    const model::ProcessAddress base = candidate.first->start;
    const std::uint64_t size = candidate.end.value - base.value;
    const std::string& path = candidate.first->path;
    modules.push_back({
        .base = base,
        .size = static_cast<std::uint32_t>(
            std::min<std::uint64_t>(size, std::numeric_limits<std::uint32_t>::max())),
        .path = path == "[vdso]" ? std::string(kVdsoName) : path,
        .build_id = ReadBuildId(process, base),
    });
  }
  const auto main = std::ranges::find(modules, main_path, &ModuleSnapshot::path);
  if (main != modules.end()) std::rotate(modules.begin(), main, main + 1);
  return modules;
}

}  // namespace cairn::handler
