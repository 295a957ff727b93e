// What minidumpapiset.h and its extensions say of the streams that hold lists and places: as a table, for
// mutations that know what a number means.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace cairn::testing {

enum class Meaning : std::uint8_t {
  kCount,
  kSize,     // Of bytes in the file or in the process.
  kRva,      // A place in the file.
  kAddress,  // A place in the process.
  kText,     // The place of a MINIDUMP_STRING in the file.
  kNumber,   // A flag, an id, a code.
};

struct FieldForm {
  std::size_t offset;  // From the start of the head or of a record.
  std::size_t bytes;
  Meaning meaning;
};

// A stream is a head and then records of one size; either may be empty.
struct StreamForm {
  std::uint32_t type;
  std::size_t head_bytes;
  std::span<const FieldForm> head;
  std::size_t record_bytes;
  std::span<const FieldForm> record;
};

// The form of streams of that type; null where none is known.
const StreamForm* FormOfStream(std::uint32_t type);

// Types that readers know, and one that none knows.
std::span<const std::uint32_t> KnownStreamTypes();

}  // namespace cairn::testing
