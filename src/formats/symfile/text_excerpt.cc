#include "formats/symfile/text_excerpt.h"

#include <algorithm>
#include <iterator>
#include <type_traits>
#include <variant>
#include <vector>

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

// Collects lines up to kMaxExcerptBytes.
class LineCollector {
 public:
  explicit LineCollector(std::string head) : lines_(std::move(head)) {}

  void AddLine(std::string_view line) {
    line = line.substr(0, kMaxLineBytes);
    if (!Fits(line.size())) return;
    lines_.append(line).push_back('\n');
  }

  bool Fits(std::size_t bytes) {
    if (lines_.size() + bytes >= kMaxExcerptBytes) is_full_ = true;
    return !is_full_;
  }

  std::optional<std::string> Take() && {
    if (is_full_) return std::nullopt;
    return std::move(lines_);
  }

 private:
  std::string lines_;
  bool is_full_ = false;
};

// Collects what the block of a FUNC says of one address, and the ids that it names.
class FunctionCollector {
 public:
  FunctionCollector(std::string_view text, std::uint64_t address, LineCollector& lines)
      : text_(text), address_(address), lines_(lines) {}

  // The records that follow a FUNC belong to it until the next FUNC, whatever other records lie between.
  void AddBlock(std::size_t offset) {
    std::string_view line = LineAt(text_, offset);
    lines_.AddLine(line);
    while (true) {
      offset += line.size() + 1;
      if (offset >= text_.size()) return;
      line = LineAt(text_, offset);
      if (!MayCover(line, address_)) continue;
      const bool goes_on =
          std::visit([&](const auto& record) { return Take(record, line); }, ParseRecord(line));
      if (!goes_on) return;
    }
  }

  void AddNames(const TextIndex& index) {
    AddNames(file_ids_, index.files);
    AddNames(origin_ids_, index.origins);
  }

 private:
  bool Take(const LineRecord& record, std::string_view line) {
    if (!Covers({record.address, record.size}, address_)) return true;
    file_ids_.push_back(record.file);
    lines_.AddLine(line);
    return true;
  }
  // Of its ranges, which may be thousands, only those that matter are taken.
  bool Take(const InlineRecord& record, std::string_view line) {
    std::string_view rest = record.ranges;
    const std::size_t head_bytes = static_cast<std::size_t>(rest.data() - line.data());
    std::string kept;
    while (true) {
      const std::string_view before = rest;
      const std::optional<AddressRange> range = TakeRange(rest);
      if (!range) break;
      if (Covers(*range, address_)) kept.append(before.substr(0, before.size() - rest.size())).push_back(' ');
    }
    if (kept.empty() || !lines_.Fits(head_bytes + kept.size())) return true;
    origin_ids_.push_back(record.origin);
    if (record.call_file) file_ids_.push_back(*record.call_file);
    lines_.AddLine(std::string(line.substr(0, head_bytes)).append(kept));
    return true;
  }
  bool Take(const FunctionRecord&, std::string_view) { return false; }
  bool Take(const BadRecord& record, std::string_view) { return !record.is_function; }
  template <typename Other>
  bool Take(const Other&, std::string_view) {
    return true;
  }

  void AddNames(std::vector<std::uint64_t>& ids, const std::vector<RecordPlace>& places) {
    std::ranges::sort(ids);
    const auto repeated = std::ranges::unique(ids);
    ids.erase(repeated.begin(), repeated.end());
    for (const std::uint64_t id : ids) {
      const std::optional<RecordPlace> place = FindLast(places, id);
      if (place) lines_.AddLine(LineAt(text_, place->offset));
    }
  }

  std::string_view text_;
  std::uint64_t address_;
  LineCollector& lines_;
  std::vector<std::uint64_t> file_ids_;
  std::vector<std::uint64_t> origin_ids_;
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
void AddCfiBlock(std::string_view text, std::size_t offset, LineCollector& lines) {
  std::string_view line = LineAt(text, offset);
  lines.AddLine(line);
  while (lines.Fits(0)) {
    offset += line.size() + 1;
    if (offset >= text.size()) return;
    line = LineAt(text, offset);
    if (!line.starts_with("STACK")) continue;
    const Record record = ParseRecord(line);
    if (std::holds_alternative<CfiInitRecord>(record)) return;
    if (std::holds_alternative<CfiDeltaRecord>(record)) lines.AddLine(line);
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
  LineCollector lines(Head());
  FunctionCollector collector(text_, address, lines);
  for (const RecordPlace& place : places) {
    if (place.size == 0) {
      lines.AddLine(LineAt(text_, place.offset));
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
  LineCollector lines(Head());
  for (const RecordPlace& place : places) AddCfiBlock(text_, place.offset, lines);
  return std::move(lines).Take();
}

std::optional<std::string> ExcerptMaker::StackWinAt(std::uint64_t address) const {
  LineCollector lines(Head());
  bool is_empty = true;
  for (const auto* kind : {&index_.frame_data, &index_.fpo}) {
    for (const RecordPlace& place : FirstOf(FindLastStart(*kind, address))) {
      lines.AddLine(LineAt(text_, place.offset));
      is_empty = false;
    }
    for (const RecordPlace& place : FirstOf(FindNextStart(*kind, address))) {
      lines.AddLine(LineAt(text_, place.offset));
    }
  }
  if (is_empty) return std::nullopt;
  return std::move(lines).Take();
}

}  // namespace cairn::symfile
