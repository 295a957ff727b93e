#include "formats/symfile/text_excerpt.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/hex.h"
#include "formats/symfile/cache_layout.h"
#include "formats/symfile/symbol_header.h"
#include "formats/symfile/symbol_text.h"
#include "formats/symfile/text_cover.h"
#include "formats/symfile/text_scan.h"

namespace cairn::symfile {
namespace {

// The compiler cuts names at kMaxNameBytes; the fields before a name take less than the rest of this.
constexpr std::size_t kMaxLineBytes = kMaxNameBytes + 4096;

bool Covers(const AddressRange& range, std::uint64_t address) {
  return address >= range.address && address - range.address < range.size;
}

std::span<const RecordPlace> FirstOf(std::span<const RecordPlace> places) {
  return places.first(std::min(places.size(), kMaxCovering));
}

// Reads lines of the text, and collects what is taken of them up to kMaxExcerptBytes.
class LineCollector {
 public:
  LineCollector(TextLines text, std::string head) : text_(std::move(text)), lines_(std::move(head)) {}

  std::optional<std::string_view> Read(std::uint64_t offset) { return text_.At(offset); }

  void AddLine(std::string_view line) {
    line = line.substr(0, kMaxLineBytes);
    if (!Fits(line.size())) return;
    lines_.append(line).push_back('\n');
  }

  // Gives the offset of the next line.
  std::uint64_t AddLineAt(std::uint64_t offset) {
    const std::string_view line = text_.At(offset).value_or("");
    AddLine(line);
    return offset + line.size() + 1;
  }

  bool Fits(std::size_t bytes) {
    if (lines_.size() + bytes >= kMaxExcerptBytes) is_full_ = true;
    return !is_full_;
  }

  // Nothing if lines are missing.
  std::optional<std::string> Take() && {
    if (is_full_ || text_.failed()) return std::nullopt;
    return std::move(lines_);
  }

 private:
  TextLines text_;
  std::string lines_;
  bool is_full_ = false;
};

// Gives ids numbers from 0 on in the order in which they come: the compiler keeps an array by id, which ids
// of a large file would make large.
class IdNumbers {
 public:
  std::size_t NumberOf(std::uint64_t id) {
    const auto [entry, is_new] = numbers_.try_emplace(id, ids_.size());
    if (is_new) ids_.push_back(id);
    return entry->second;
  }

  const std::vector<std::uint64_t>& ids() const { return ids_; }

 private:
  std::unordered_map<std::uint64_t, std::size_t> numbers_;
  std::vector<std::uint64_t> ids_;
};

// Collects what the block of a FUNC says of one address, and the names that it refers to.
class FunctionCollector {
 public:
  FunctionCollector(std::uint64_t address, LineCollector& lines) : address_(address), lines_(lines) {}

  // The records that follow a FUNC belong to it until the next FUNC, whatever other records lie between.
  void AddBlock(std::uint64_t offset) {
    offset = lines_.AddLineAt(offset);
    while (const std::optional<std::string_view> line = lines_.Read(offset)) {
      offset += line->size() + 1;
      if (!MayCover(*line, address_)) continue;
      if (!std::visit([&](const auto& record) { return Take(record); }, ParseRecord(*line))) return;
    }
  }

  void AddNames(const TextIndex& index) {
    AddNames<FileRecord>(files_, index.files, "FILE ", " ");
    // The form with a file id in front of the name: in the other a name that begins with a number is read so.
    AddNames<InlineOriginRecord>(origins_, index.origins, "INLINE_ORIGIN ", " -1 ");
  }

 private:
  // Each tells whether the block goes on.
  bool Take(const LineRecord& record) {
    if (!Covers({record.address, record.size}, address_)) return true;
    std::string line = base::ToHex(record.address);
    line.append(" ").append(base::ToHex(record.size)).append(" ").append(std::to_string(record.line));
    lines_.AddLine(line.append(" ").append(std::to_string(files_.NumberOf(record.file))));
    return true;
  }
  // Of its ranges, which may be thousands, only those that matter are taken.
  bool Take(const InlineRecord& record) {
    std::string ranges;
    std::string_view rest = record.ranges;
    while (const std::optional<AddressRange> range = TakeRange(rest)) {
      if (!Covers(*range, address_) || !lines_.Fits(ranges.size())) continue;
      ranges.append(" ").append(base::ToHex(range->address)).append(" ").append(base::ToHex(range->size));
    }
    if (ranges.empty()) return true;
    std::string line = "INLINE ";
    line.append(std::to_string(record.depth)).append(" ").append(std::to_string(record.call_line));
    line.append(" ").append(record.call_file ? std::to_string(files_.NumberOf(*record.call_file)) : "-1");
    line.append(" ").append(std::to_string(origins_.NumberOf(record.origin)));
    lines_.AddLine(line.append(ranges));
    return true;
  }
  bool Take(const FunctionRecord&) { return false; }
  bool Take(const BadRecord& record) { return !record.is_function; }
  template <typename Other>
  bool Take(const Other&) {
    return true;
  }

  template <typename NameRecord>
  void AddNames(const IdNumbers& numbers, std::span<const RecordPlace> places, std::string_view keyword,
                std::string_view separator) {
    for (std::size_t number = 0; number < numbers.ids().size(); ++number) {
      const std::optional<RecordPlace> place = FindLast(places, numbers.ids()[number]);
      if (!place) continue;
      const Record record = ParseRecord(lines_.Read(place->offset).value_or(""));
      const auto* const named = std::get_if<NameRecord>(&record);
      if (named == nullptr) continue;
      std::string line(keyword);
      line.append(std::to_string(number));
      if (!named->name.empty()) line.append(separator).append(named->name.substr(0, kMaxLineBytes));
      lines_.AddLine(line);
    }
  }

  std::uint64_t address_;
  LineCollector& lines_;
  IdNumbers files_;
  IdNumbers origins_;
};

// The records of a FUNC, or of a PUBLIC, which reaches to the next symbol: a FUNC that begins at the same
// address or behind it hides it.
std::vector<RecordPlace> FindSymbolPlaces(const PlaceIndex& symbols, std::uint64_t address) {
  std::vector<RecordPlace> places = symbols.FindCovering(address, kMaxCovering);
  if (!places.empty()) return places;
  const std::span<const RecordPlace> last = FirstOf(FindLastStart(symbols.places(), address));
  if (last.empty() || last.front().size != 0) return {};
  return {last.begin(), last.end()};
}

// The STACK CFI records that follow an INIT belong to it until the next.
void AddCfiBlock(std::uint64_t offset, LineCollector& lines) {
  offset = lines.AddLineAt(offset);
  while (lines.Fits(0)) {
    const std::optional<std::string_view> line = lines.Read(offset);
    if (!line) return;
    offset += line->size() + 1;
    if (!line->starts_with("STACK")) continue;
    const Record record = ParseRecord(*line);
    if (std::holds_alternative<CfiInitRecord>(record)) return;
    if (std::holds_alternative<CfiDeltaRecord>(record)) lines.AddLine(*line);
  }
}

}  // namespace

// The compiler asks the head for nothing but the CPU.
std::string ExcerptMaker::Head() const {
  const bool is_known = CpuOfArch(arch_) != model::Cpu::kUnknown;
  std::string head = "MODULE excerpt ";
  head.append(is_known ? arch_ : "unknown").append(" 000000000000000000000000000000000 excerpt\n");
  return head;
}

std::optional<std::string> ExcerptMaker::SymbolsAt(std::uint64_t address) const {
  const std::vector<RecordPlace> places = FindSymbolPlaces(index_.symbols, address);
  if (places.empty()) return std::nullopt;
  LineCollector lines(TextLines(text_, window_bytes_), Head());
  FunctionCollector collector(address, lines);
  for (const RecordPlace& place : places) {
    if (place.size == 0) {
      lines.AddLineAt(place.offset);
    } else {
      collector.AddBlock(place.offset);
    }
  }
  collector.AddNames(index_);
  return std::move(lines).Take();
}

std::optional<std::string> ExcerptMaker::UnwindRowsAt(std::uint64_t address) const {
  const std::vector<RecordPlace> places = index_.cfi_ranges.FindCovering(address, kMaxCovering);
  if (places.empty()) return std::nullopt;
  LineCollector lines(TextLines(text_, window_bytes_), Head());
  for (const RecordPlace& place : places) AddCfiBlock(place.offset, lines);
  return std::move(lines).Take();
}

std::optional<std::string> ExcerptMaker::StackWinAt(std::uint64_t address) const {
  LineCollector lines(TextLines(text_, window_bytes_), Head());
  bool is_empty = true;
  for (const auto* kind : {&index_.frame_data, &index_.fpo}) {
    for (const RecordPlace& place : FirstOf(FindLastStart(*kind, address))) {
      lines.AddLineAt(place.offset);
      is_empty = false;
    }
    for (const RecordPlace& place : FirstOf(FindNextStart(*kind, address))) {
      lines.AddLineAt(place.offset);
    }
  }
  if (is_empty) return std::nullopt;
  return std::move(lines).Take();
}

}  // namespace cairn::symfile
