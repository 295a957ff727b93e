#include "formats/symfile/symbol_text.h"

#include <algorithm>

#include "formats/symfile/text_fields.h"

namespace cairn::symfile {
namespace {

// Breakpad's own dump_syms writes this for a function whose name it does not know.
constexpr std::string_view kNameOmitted = "<name omitted>";

// A line number as it is kept. A negative one, which some compilers' debug data holds, is unknown.
std::uint32_t TakeLineNumber(TextFields& fields) {
  if (fields.Rest().starts_with('-')) {
    fields.TakeField();
    return 0;
  }
  const std::uint64_t line = fields.TakeDecimal();
  return line > 0xffffffff ? 0 : static_cast<std::uint32_t>(line);
}

// A number of bytes on the stack; one beyond 32 bits is not known.
std::uint32_t Bytes32(std::uint64_t value) {
  return value > 0xffffffff ? 0 : static_cast<std::uint32_t>(value);
}

Record ParseFile(std::string_view line) {
  TextFields fields(line);
  FileRecord record;
  record.id = fields.TakeDecimal();
  record.name = fields.Rest();
  if (!fields.ok()) return BadRecord{"FILE: the id is not a decimal number"};
  return record;
}

Record ParseInlineOrigin(std::string_view line) {
  TextFields fields(line);
  InlineOriginRecord record;
  record.id = fields.TakeDecimal();
  record.name = fields.Rest();
  if (!fields.ok()) return BadRecord{"INLINE_ORIGIN: the id is not a decimal number"};
  // Before 2021 a file id, perhaps -1, stood before the name. No function's name begins with a number and a
  // blank.
  TextFields old_form(record.name);
  if (!old_form.TakeWord("-1")) old_form.TakeDecimal();
  if (old_form.ok() && !old_form.Rest().empty()) record.name = old_form.Rest();
  return record;
}

Record ParseFunction(std::string_view line) {
  TextFields fields(line);
  FunctionRecord record;
  record.shared = fields.TakeWord("m");
  record.address = fields.TakeHex();
  record.size = fields.TakeHex();
  record.parameter_bytes = Bytes32(fields.TakeHex());
  record.name = fields.Rest();
  if (!fields.ok())
    return BadRecord{"FUNC: address, size or parameter size is not a hexadecimal number", true};
  if (record.name.empty()) record.name = kNameOmitted;
  return record;
}

Record ParsePublic(std::string_view line) {
  TextFields fields(line);
  PublicRecord record;
  record.shared = fields.TakeWord("m");
  record.address = fields.TakeHex();
  record.parameter_bytes = Bytes32(fields.TakeHex());
  record.name = fields.Rest();
  if (!fields.ok()) return BadRecord{"PUBLIC: address or parameter size is not a hexadecimal number"};
  if (record.name.empty()) return BadRecord{"PUBLIC: there is no name"};
  return record;
}

Record ParseLine(std::string_view line) {
  TextFields fields(line);
  LineRecord record;
  record.address = fields.TakeHex();
  record.size = fields.TakeHex();
  record.line = TakeLineNumber(fields);
  record.file = fields.TakeDecimal();
  if (!fields.ok()) return BadRecord{"neither a known record nor a line of a function"};
  return record;
}

// Field counts tell the two forms apart: the old has three numbers before the pairs, the new four.
Record ParseInline(std::string_view line) {
  const std::size_t count = TextFields::CountFields(line);
  const bool has_call_file = count % 2 == 0;
  if (count < (has_call_file ? 6u : 5u)) return BadRecord{"INLINE: there is no range"};

  TextFields fields(line);
  InlineRecord record;
  record.depth = fields.TakeDecimal();
  record.call_line = TakeLineNumber(fields);
  if (has_call_file && !fields.TakeWord("-1")) record.call_file = fields.TakeDecimal();
  record.origin = fields.TakeDecimal();
  record.ranges = fields.Rest();
  while (fields.ok() && !fields.Rest().empty()) {
    fields.TakeHex();
    fields.TakeHex();
  }
  if (!fields.ok()) return BadRecord{"INLINE: a field is not a number"};
  return record;
}

// Types of "STACK WIN", which are those of Microsoft's StackFrameTypeEnum (cvconst.h).
constexpr std::uint64_t kWinFpo = 0;
constexpr std::uint64_t kWinFrameData = 4;

Record ParseStackWin(TextFields fields) {
  StackWinRecord record;
  const std::uint64_t type = fields.TakeHex();
  record.address = fields.TakeHex();
  record.size = Bytes32(fields.TakeHex());
  fields.TakeHex();  // Prologue.
  fields.TakeHex();  // Epilogue.
  record.parameter_bytes = Bytes32(fields.TakeHex());
  record.saved_register_bytes = Bytes32(fields.TakeHex());
  record.local_bytes = Bytes32(fields.TakeHex());
  fields.TakeHex();  // Largest use of the stack.
  const bool has_program = fields.TakeHex() != 0;
  if (!fields.ok()) return BadRecord{"STACK WIN: a field is not a hexadecimal number"};
  if (has_program) {
    record.kind = model::StackWinRow::Kind::kFrameData;
    record.program = fields.Rest();
  } else {
    record.allocates_base_pointer = fields.TakeHex() != 0;
    if (!fields.ok()) return BadRecord{"STACK WIN: allocates_base_pointer is not a number"};
  }
  // Writers disagree on what a record is whose flag contradicts its type, so nothing in it can be believed.
  const bool is_known = has_program ? type == kWinFrameData && !record.program.empty() : type == kWinFpo;
  if (!is_known || record.size == 0) return UnusedStackWinRecord{};
  return record;
}

Record ParseStack(std::string_view line) {
  TextFields fields(line);
  if (fields.TakeWord("WIN")) return ParseStackWin(fields);
  if (!fields.TakeWord("CFI")) return BadRecord{"STACK: neither CFI nor WIN"};
  if (fields.TakeWord("INIT")) {
    CfiInitRecord record;
    record.address = fields.TakeHex();
    record.size = fields.TakeHex();
    record.rules = fields.Rest();
    if (!fields.ok()) return BadRecord{"STACK CFI INIT: address or size is not a hexadecimal number"};
    return record;
  }
  CfiDeltaRecord record;
  record.address = fields.TakeHex();
  record.rules = fields.Rest();
  if (!fields.ok()) return BadRecord{"STACK CFI: the address is not a hexadecimal number"};
  return record;
}

Record ParseNothing(std::string_view) { return OtherRecord{}; }

struct Keyword {
  std::string_view word;
  Record (*parse)(std::string_view rest);
};

// In the order of how often they come.
constexpr Keyword kKeywords[] = {
    {"STACK", ParseStack},
    {"INLINE", ParseInline},
    {"FUNC", ParseFunction},
    {"PUBLIC", ParsePublic},
    {"INLINE_ORIGIN", ParseInlineOrigin},
    {"FILE", ParseFile},
    {"INFO", ParseNothing},
    {"MODULE", ParseNothing},
};

}  // namespace

std::optional<AddressRange> TakeRange(std::string_view& ranges) {
  TextFields fields(ranges);
  AddressRange range;
  range.address = fields.TakeHex();
  range.size = fields.TakeHex();
  if (!fields.ok()) return std::nullopt;
  ranges = fields.Rest();
  return range;
}

Record ParseRecord(std::string_view line) {
  while (!line.empty() && (line.back() == '\r' || TextFields::IsBlank(line.back()))) line.remove_suffix(1);
  if (line.empty()) return OtherRecord{};
  // Every keyword begins with a capital letter that is no hexadecimal digit, but FUNC and FILE.
  if (line.front() < 'F' || line.front() > 'S') return ParseLine(line);
  for (const Keyword& keyword : kKeywords) {
    if (!line.starts_with(keyword.word)) continue;
    const std::string_view rest = line.substr(keyword.word.size());
    if (rest.empty() || TextFields::IsBlank(rest.front())) return keyword.parse(rest);
  }
  return ParseLine(line);
}

SymbolTextReader::SymbolTextReader(base::Bytes text, std::uint64_t offset)
    : text_(base::AsText(text)), offset_(offset) {
  if (offset == 0 && text_.starts_with("\xef\xbb\xbf"))
    next_ = 3;  // A byte order mark of UTF-8 means nothing.
}

bool SymbolTextReader::Next() {
  if (next_ >= text_.size()) return false;
  const std::size_t end = std::min(text_.find('\n', next_), text_.size());
  line_offset_ = offset_ + next_;
  record_ = ParseRecord(text_.substr(next_, end - next_));
  next_ = end + 1;
  return true;
}

}  // namespace cairn::symfile
