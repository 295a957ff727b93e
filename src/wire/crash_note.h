// A crash note: what a dying process writes by itself when no handler answers it. A later handler makes a
// dump of it.
//
// The file is a CrashRequest (wire/crash_request.h) and then records, each a NoteRecord and its bytes, to the
// end of the file. A note is written under a name that ends in ".partial" and renamed once it is whole. Where
// the application keeps no reports, none is written.
#pragma once

#include <cstdint>
#include <string_view>

namespace cairn::wire {

enum class NoteRecordKind : std::uint32_t {
  kMemory = 1,  // Bytes of the process at `address`.
  kMaps = 2,    // A part of the text of /proc/self/maps, in order.
  // The configuration (wire/configuration.h) of the run that crashed: what was agreed then holds for its
  // crash, and a later run may be of another version.
  kConfiguration = 3,
};

struct NoteRecord {
  NoteRecordKind kind = NoteRecordKind::kMemory;
  std::uint32_t size = 0;
  std::uint64_t address = 0;
};
static_assert(sizeof(NoteRecord) == 16);

inline constexpr std::string_view kNoteSuffix = ".note";
inline constexpr std::string_view kPartialNoteSuffix = ".partial";

// Of the crashing thread's stack. A note is read by a walker later, so it holds as much as a thread of a
// dump.
inline constexpr std::uint64_t kMaxNoteStackBytes = 65536;

}  // namespace cairn::wire
