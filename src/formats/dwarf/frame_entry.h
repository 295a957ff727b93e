// The two kinds of entry of .eh_frame and .debug_frame: a common entry (CIE) and a description of one
// function (FDE).
//
// Sources: DWARF 5 section 6.4.1 for .debug_frame; Linux Standard Base Core 5.0 section 10.6 for .eh_frame,
// which differs in how an FDE points at its CIE and in the augmentation. Places are offsets in the section's
// bytes.
#pragma once

#include <cstdint>
#include <optional>

#include "base/byte_reader.h"
#include "base/result.h"
#include "formats/dwarf/encoded_pointer.h"

namespace cairn::dwarf {

enum class FrameFormat : std::uint8_t { kEhFrame, kDebugFrame };

struct FrameSection {
  base::Bytes bytes;
  PointerContext pointers;
  FrameFormat format = FrameFormat::kEhFrame;
};

// Half-open, in the section's bytes.
struct SectionRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

// A reader that stands at the range's first byte and ends with it; its offsets count from the section's
// start.
base::ByteReader ReaderOf(const FrameSection& section, const SectionRange& range);

struct CommonEntry {
  std::uint64_t code_alignment = 1;
  std::int64_t data_alignment = 1;
  std::uint64_t return_address_register = 0;
  std::uint8_t pointer_encoding = kPointerAbsolute;
  bool has_augmentation_data =
      false;                  // FDEs of this CIE carry augmentation data whose size stands before it.
  bool signal_frame = false;  // The caller was interrupted: its address is no return address.
  SectionRange program;
};

struct DescriptionEntry {
  std::uint64_t common_offset = 0;
  std::uint64_t start = 0;  // Link address of the first instruction.
  std::uint64_t size = 0;
  SectionRange program;
};

// What stands before every entry.
struct EntryHeader {
  bool common = false;              // A CIE; else an FDE.
  std::uint64_t common_offset = 0;  // FDE: where its CIE starts.
  SectionRange body;                // What follows the id, to the end of the entry.
  bool terminator = false;          // A length of zero, which ends .eh_frame.
};

base::Result<EntryHeader> ReadEntryHeader(const FrameSection& section, std::uint64_t offset);
base::Result<CommonEntry> ReadCommonEntry(const FrameSection& section, const SectionRange& body);
base::Result<DescriptionEntry> ReadDescriptionEntry(const FrameSection& section, const EntryHeader& header,
                                                    const CommonEntry& common);

}  // namespace cairn::dwarf
