// Compiles the text of a Breakpad symbol file into a symbol cache (docs/formats/symbol-cache.md).
//
// One bad line never loses a file: it is left out, counted and reported. Only a file without a readable
// MODULE line, or one beyond kMaxSymbolFileBytes, has no cache.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/byte_reader.h"
#include "base/result.h"
#include "formats/symfile/text_pieces.h"
#include "formats/symfile/text_source.h"

namespace cairn::symfile {

// The largest symbol files of browsers are near 1 GiB; twice that, and the cache's 32-bit counts can not
// overflow.
inline constexpr std::uint64_t kMaxSymbolFileBytes = std::uint64_t{2} << 30;

// A line that was left out.
struct BadLine {
  std::size_t number = 0;    // The first line of the file is 1.
  std::uint64_t offset = 0;  // Of the line's first byte.
  std::string_view reason;   // A literal.
};

struct CompileReport {
  // More bad lines than this are counted, not kept.
  static constexpr std::size_t kMaxKept = 20;

  std::size_t lines = 0;
  std::size_t bad_lines = 0;
  std::vector<BadLine> first_bad_lines;

  std::size_t functions = 0;
  std::size_t publics = 0;
  std::size_t line_rows = 0;
  std::size_t inline_ranges = 0;
  std::size_t cfi_ranges = 0;
  std::size_t cfi_rows = 0;
  std::size_t stack_win_records = 0;
  std::size_t unused_stack_win_records =
      0;                             // Of another type, contradictory, or inside a record of its kind.
  std::size_t outside_function = 0;  // Line rows and inline ranges of no use: empty, or outside their FUNC.
};

struct CompiledSymbols {
  std::vector<std::byte> cache;
  CompileReport report;
};

struct CompileOptions {
  bool uses_threads = false;              // For parsing and for packing texts; the cache is the same.
  std::size_t piece_bytes = kPieceBytes;  // Read at once.
};

// The text is read once, from its beginning to its end, and is not needed afterwards. kIo if it can not be
// read.
base::Result<CompiledSymbols> CompileSymbolCache(const TextSource& symbol_text,
                                                 const CompileOptions& options = {});
base::Result<CompiledSymbols> CompileSymbolCache(base::Bytes symbol_text);

}  // namespace cairn::symfile
