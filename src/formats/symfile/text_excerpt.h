// Takes out of a symbol file's text the few records that matter for one address, as a symbol file of its own.
//
// Compiled, an excerpt answers at that address as the whole file would: it holds every record that covers the
// address (of many, the ones that the compiler prefers), and what those name. What the records mean
// together, and which lines are bad, stays the compiler's decision.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "formats/symfile/text_index.h"
#include "formats/symfile/text_lines.h"
#include "formats/symfile/text_source.h"

namespace cairn::symfile {

// The longest excerpt. The function with the deepest inlining of a large C++ program needs some kilobytes;
// this is what one with names at kMaxNameBytes may take, so that no file can fill the memory.
inline constexpr std::size_t kMaxExcerptBytes = std::size_t{4} * 1024 * 1024;

// Of records that cover one address this many are taken.
inline constexpr std::size_t kMaxCovering = 8;

// Borrows text and index. Safe for any number of threads.
class ExcerptMaker {
 public:
  ExcerptMaker(const TextSource& text, std::string_view arch, const TextIndex& index,
               std::size_t window_bytes = TextLines::kWindowBytes)
      : text_(text), arch_(arch), index_(index), window_bytes_(window_bytes) {}

  // FUNCs with lines and inlines, or PUBLICs. Each gives nothing where no record covers the address, or where
  // the excerpt would be longer than kMaxExcerptBytes.
  std::optional<std::string> SymbolsAt(std::uint64_t address) const;

  // STACK CFI records.
  std::optional<std::string> UnwindRowsAt(std::uint64_t address) const;

  // STACK WIN records, with those behind them, which may end them.
  std::optional<std::string> StackWinAt(std::uint64_t address) const;

 private:
  std::string Head() const;

  const TextSource& text_;
  std::string arch_;
  const TextIndex& index_;
  std::size_t window_bytes_;
};

}  // namespace cairn::symfile
