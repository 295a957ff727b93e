// SymbolTextReader takes the records of a Breakpad symbol file one line at a time.
//
// Source: Breakpad's docs/symbol_files.md; what files in the wild do beyond it stands at each record. Records
// come in file order and any order is accepted; what they mean together is the compiler's work. Texts in
// records are views into the file. Lines end in LF, with any number of CR before it (Windows' dump_syms has
// written several); the last line needs no end. A line may be of any length.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "base/byte_reader.h"
#include "model/module_symbols.h"

namespace cairn::symfile {

struct FileRecord {
  std::uint64_t id = 0;   // Sparse, in no order; a later record of the same id replaces the earlier.
  std::string_view name;  // May be empty.
};

struct InlineOriginRecord {
  std::uint64_t id = 0;
  std::string_view name;  // dump_syms has written records without a name.
};

struct FunctionRecord {
  std::uint64_t address = 0;
  std::uint64_t size = 0;
  std::uint32_t parameter_bytes = 0;  // On the stack; of use on 32-bit Windows only.
  bool shared =
      false;  // "m": linkers folded several functions into one, and this name is an arbitrary one of them.
  std::string_view name;
};

struct PublicRecord {
  std::uint64_t address = 0;
  std::uint32_t parameter_bytes = 0;
  bool shared = false;
  std::string_view name;
};

struct LineRecord {
  std::uint64_t address = 0;
  std::uint64_t size = 0;
  std::uint32_t line = 0;
  std::uint64_t file = 0;
};

struct InlineRecord {
  std::uint64_t depth = 0;
  std::uint32_t call_line = 0;
  std::optional<std::uint64_t> call_file;  // Not in records of before 2021, and -1 where it is not known.
  std::uint64_t origin = 0;
  std::string_view ranges;  // Pairs of address and size, checked; TakeRange reads them.
};

struct CfiInitRecord {
  std::uint64_t address = 0;
  std::uint64_t size = 0;
  std::string_view rules;
};

struct CfiDeltaRecord {
  std::uint64_t address = 0;
  std::string_view rules;
};

// FPO_DATA and IMAGE_DEBUG_FRAME_DATA of PDB files. Prologue, epilogue and stack sizes are read past: no
// unwinder asks for them.
struct StackWinRecord {
  model::StackWinRow::Kind kind = model::StackWinRow::Kind::kFpo;
  std::uint64_t address = 0;
  std::uint32_t size = 0;
  std::uint32_t parameter_bytes = 0;
  std::uint32_t saved_register_bytes = 0;
  std::uint32_t local_bytes = 0;
  bool allocates_base_pointer = false;
  std::string_view program;
};
// A STACK WIN record of another type than these two, or one whose type and program do not agree.
struct UnusedStackWinRecord {};
struct OtherRecord {};  // MODULE, INFO, empty lines: nothing for the compiler.
struct BadRecord {
  std::string_view reason;   // A literal.
  bool is_function = false;  // A FUNC: the lines that follow belong to no function that is known.
};

using Record = std::variant<LineRecord, CfiDeltaRecord, CfiInitRecord, InlineRecord, FunctionRecord,
                            PublicRecord, FileRecord, InlineOriginRecord, StackWinRecord,
                            UnusedStackWinRecord, OtherRecord, BadRecord>;

// Reads one line without its end.
Record ParseRecord(std::string_view line);

struct AddressRange {
  std::uint64_t address = 0;
  std::uint64_t size = 0;
};

// Takes the next pair off the front of InlineRecord::ranges; nothing when there is none.
std::optional<AddressRange> TakeRange(std::string_view& ranges);

class SymbolTextReader {
 public:
  // A whole text, or whole lines of one from `offset` on.
  explicit SymbolTextReader(base::Bytes text, std::uint64_t offset = 0);

  // Moves on to the next line; false at the end.
  bool Next();

  const Record& record() const { return record_; }
  std::uint64_t line_offset() const { return line_offset_; }  // Of the line's first byte in the whole text.

 private:
  std::string_view text_;
  std::uint64_t offset_ = 0;
  std::size_t next_ = 0;
  std::uint64_t line_offset_ = 0;
  Record record_;
};

}  // namespace cairn::symfile
