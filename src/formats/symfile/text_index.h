// An index of the records of a symbol file's text: where they begin and which addresses they cover.
//
// One pass finds the records; line rows and INLINE records are passed over unread. A record is in the index
// exactly if the compiler would use it: the same parser decides. Sixteen bytes a record.
#pragma once

#include <cstddef>
#include <vector>

#include "base/byte_reader.h"
#include "formats/symfile/symbol_header.h"
#include "formats/symfile/text_places.h"

namespace cairn::symfile {

struct TextIndex {
  PlaceIndex symbols;                   // FUNC and PUBLIC by address; size 0 for a PUBLIC.
  bool has_symbols = false;             // Any symbol has an address to cover.
  PlaceIndex cfi_ranges;                // STACK CFI INIT by address.
  std::vector<RecordPlace> frame_data;  // STACK WIN with a program by address, sorted.
  std::vector<RecordPlace> fpo;         // STACK WIN without.
  std::vector<RecordPlace> files;       // FILE by id, sorted.
  std::vector<RecordPlace> origins;     // INLINE_ORIGIN by id, sorted.

  std::size_t bytes() const {
    const std::size_t others = frame_data.size() + fpo.size() + files.size() + origins.size();
    return symbols.bytes() + cfi_ranges.bytes() + others * sizeof(RecordPlace);
  }
};

// `header` is that of the text, which is no longer than kMaxSymbolFileBytes. Long texts are read by several
// threads.
TextIndex IndexSymbolText(base::Bytes text, const SymbolFileHeader& header);

// The same by exactly `parts` threads.
TextIndex IndexSymbolText(base::Bytes text, const SymbolFileHeader& header, std::size_t parts);

}  // namespace cairn::symfile
