// Where a dump holds what tells of the person and not of the crash: the environment, the command line, and
// the strings that the system put above main's first frame.
//
// Cairn's own handler writes none of it. Other writers do: Breakpad copies the two files of /proc, Crashpad
// the process parameters of Windows, and all of them the main thread's stack up to its top, where Linux and
// macOS keep the arguments and the environment. No walk reads any of these bytes.
#pragma once

#include <cstdint>
#include <vector>

#include "formats/minidump/reader.h"

namespace cairn::minidump {

// Bytes of the file; always inside it.
struct FileRange {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;

  friend bool operator==(const FileRange&, const FileRange&) = default;
};

// Ranges in no order, which may overlap; bytes that are zero already are no part of them, so a dump without
// private parts has none. With all of them set to zero the dump is still well-formed, says the same of the
// crash, and has none. `file` is what `dump` was opened on.
std::vector<FileRange> FindPrivateParts(const Minidump& dump, base::Bytes file);

}  // namespace cairn::minidump
