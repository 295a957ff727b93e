// An index of the records of a symbol file's text: where they begin and which addresses they cover.
//
// One pass over the text, piece by piece, finds the records; line rows and INLINE records are passed over
// unread. A record is in the index exactly if the compiler would use it: the same parser decides. Sixteen
// bytes a record.
#pragma once

#include <cstddef>
#include <vector>

#include "base/result.h"
#include "formats/symfile/symbol_header.h"
#include "formats/symfile/text_pieces.h"
#include "formats/symfile/text_places.h"
#include "formats/symfile/text_source.h"

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

struct TextIndexOptions {
  std::size_t threads = 0;  // 0: what pays for the text's size.
  std::size_t piece_bytes = kPieceBytes;
};

// `header` is that of the text, which is no longer than kMaxSymbolFileBytes. kIo if the text can not be read.
base::Result<TextIndex> IndexSymbolText(const TextSource& text, const SymbolFileHeader& header,
                                        const TextIndexOptions& options = {});

}  // namespace cairn::symfile
