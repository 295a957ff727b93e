// What there is to say of a symbol file: what it holds, which lines can not be used and why.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/byte_reader.h"
#include "base/result.h"
#include "formats/symfile/compile.h"
#include "formats/symfile/symbol_header.h"
#include "formats/symfile/text_normalize.h"

namespace cairn::symfile {

// A line that can not be used, as a person wants to see it. Numbers and offsets are those of the text, after
// what it was packed in was taken off.
struct ReportedLine {
  BadLine place;
  std::string start;  // The first kMaxShown bytes at most, valid UTF-8 without control characters.
  static constexpr std::size_t kMaxShown = 80;
};

struct SymbolFileReport {
  SymbolFileHeader header;
  CompileReport compiled;
  std::vector<ReportedLine> bad_lines;  // The first CompileReport::kMaxKept.
  std::uint64_t text_bytes = 0;

  std::vector<NormalizedText::Wrapping> wrappings;  // What the text was packed in, the outermost first.
  std::optional<std::endian> utf16_order;

  // None of these loses a record, but each tells of a writer or a transfer that went wrong.
  bool has_final_newline = true;       // Without it the file may have been cut short.
  std::size_t further_modules = 0;     // MODULE lines behind the first, which counts: files were joined.
  std::size_t invalid_utf8_lines = 0;  // Names in them are kept as they are.
  std::size_t first_invalid_utf8 = 0;  // The number of the first of those; 0 if there is none.
};

// Reads the whole file. Fails, as NormalizeSymbolFile and CompileSymbolCache do, where nothing can be used.
base::Result<SymbolFileReport> CheckSymbolFile(base::Bytes file);

// Lines for a person, each with its end.
std::string FormatReport(const SymbolFileReport& report);

}  // namespace cairn::symfile
