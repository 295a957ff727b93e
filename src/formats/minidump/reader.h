// Minidump opens a dump: header, directory, and access to the bytes of each stream.
//
// Format: minidumpapiset.h. A header of 32 bytes, then a directory of {type, size, rva}; every stream may
// point anywhere else in the file by rva, its offset from the start. Little-endian as a rule; a big-endian
// writer leaves the signature reversed, and then every number is reversed.
//
// Only a header or directory that cannot be read is an Error. All else is best effort: what is missing is
// missing, what is broken is noted in model::Diagnostics by the function that reads it (one file of this
// folder per stream). The dump's bytes are borrowed and must outlive the Minidump and all slices that it
// gives.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/byte_reader.h"
#include "base/result.h"
#include "formats/minidump/limits.h"
#include "model/diagnostics.h"
#include "wire/minidump.h"

namespace cairn::minidump {

// A place in the file, as MINIDUMP_LOCATION_DESCRIPTOR gives it.
struct Location {
  std::uint32_t size = 0;
  std::uint32_t rva = 0;
};
Location ReadLocation(base::ByteReader& reader);

// An entry of the directory that names a stream.
struct StreamEntry {
  std::uint32_t type = 0;
  Location location;  // As the file says.
  base::Bytes bytes;  // What of it the file holds.
};

class Minidump {
 public:
  // Broken directory entries are left out and noted in `diagnostics`, as are types that occur twice.
  static base::Result<Minidump> Open(base::Bytes bytes, model::Diagnostics& diagnostics);

  std::endian order() const { return order_; }

  // Unix time at which the dump was written; zero if the writer did not say.
  std::uint32_t time_s() const { return time_s_; }

  // All streams in the file's order, but those that are unused, empty or outside of the file.
  const std::vector<StreamEntry>& entries() const { return entries_; }

  // The bytes of a stream, or nothing. Of a stream that the file cuts short, what there is. When a type
  // occurs twice, the later one that is not empty counts.
  std::optional<base::Bytes> Stream(wire::StreamType type) const;

  // The bytes at a place, or nothing if they are not all in the file or the size is zero.
  std::optional<base::Bytes> At(Location location) const;

  // All bytes of the file from `rva` on, for structures whose size stands in themselves.
  std::optional<base::Bytes> From(std::uint64_t rva) const;

  // A reader over `bytes` in the file's byte order.
  base::ByteReader Reader(base::Bytes bytes) const { return base::ByteReader(bytes, order_); }

  // MINIDUMP_STRING at `rva`: u32 bytes, then UTF-16. As UTF-8, U+FFFD for what is not valid. Nothing if the
  // text is not there or longer than `max_bytes`.
  std::optional<std::string> Utf16At(std::uint64_t rva, std::uint32_t max_bytes = kMaxTextBytes) const;

  // Crashpad's MinidumpUTF8String and MinidumpByteArray at `rva`: u32 bytes, then the bytes.
  std::optional<std::string> Utf8At(std::uint64_t rva) const;

 private:
  // The bytes behind a u32 that counts them.
  std::optional<base::Bytes> CountedAt(std::uint64_t rva, std::uint32_t max_bytes) const;

  Minidump(base::Bytes bytes, std::endian order) : bytes_(bytes), order_(order) {}

  base::Bytes bytes_;
  std::endian order_;
  std::uint32_t time_s_ = 0;
  std::vector<StreamEntry> entries_;
};

// The UTF-16 units in `bytes` up to a zero unit, as UTF-8.
std::string Utf16ToUtf8(base::Bytes bytes, std::endian order);

}  // namespace cairn::minidump
