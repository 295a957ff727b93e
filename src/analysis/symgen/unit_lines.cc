#include "analysis/symgen/unit_lines.h"

#include <algorithm>
#include <filesystem>

namespace cairn::symgen {

using llvm::DWARFDebugLine;

namespace {

// More files than one unit can have in LLVM's line table, whose rows hold a 16-bit number.
constexpr std::uint64_t kMaxUnitFiles = 1 << 16;
constexpr const char* kUnknownFile = "<unknown>";

std::uint64_t StartOf(const LineRecord& line) { return line.range.start.value; }

}  // namespace

CodeMap::CodeMap(std::vector<AddressRange> ranges, std::uint64_t load_base)
    : ranges_(std::move(ranges)), load_base_(load_base) {
  std::ranges::sort(ranges_, {}, &AddressRange::start);
}

std::optional<AddressRange> CodeMap::Find(std::uint64_t low, std::uint64_t high) const {
  if (low >= high || low < load_base_) return std::nullopt;
  const model::ModuleOffset start{low - load_base_};
  const auto after = std::ranges::upper_bound(ranges_, start, {}, &AddressRange::start);
  if (after == ranges_.begin() || !after[-1].Contains(start)) return std::nullopt;
  return AddressRange{start, std::min(high - low, after[-1].end() - start.value)};
}

UnitLines::UnitLines(llvm::DWARFContext& context, llvm::DWARFUnit& unit, const CodeMap& code,
                     TextTable& files)
    : files_(files) {
  const auto ignore = [](llvm::Error error) { llvm::consumeError(std::move(error)); };
  llvm::Expected<const DWARFDebugLine::LineTable*> table = context.getLineTableForUnit(&unit, ignore);
  if (!table) {
    llvm::consumeError(table.takeError());
    table_ = nullptr;
    return;
  }
  table_ = *table;
  if (const char* folder = unit.getCompilationDir()) folder_ = folder;
  if (table_ == nullptr) return;
  for (const DWARFDebugLine::Sequence& sequence : table_->Sequences) ReadSequence(sequence, code);
  std::ranges::stable_sort(lines_, {}, StartOf);
  // Where sequences overlap, the piece that starts first keeps its place.
  std::vector<LineRecord> apart;
  apart.reserve(lines_.size());
  for (LineRecord& line : lines_) {
    if (!apart.empty() && line.range.start.value < apart.back().range.end()) continue;
    apart.push_back(line);
  }
  lines_ = std::move(apart);
}

void UnitLines::ReadSequence(const DWARFDebugLine::Sequence& sequence, const CodeMap& code) {
  const auto bounds = code.Find(sequence.LowPC, sequence.HighPC);
  if (!bounds) return;
  // The last row of a sequence only says where it ends.
  for (unsigned i = sequence.FirstRowIndex; i + 1 < sequence.LastRowIndex; ++i) {
    const DWARFDebugLine::Row& row = table_->Rows[i];
    const std::uint64_t end = table_->Rows[i + 1].Address.Address;
    if (end <= row.Address.Address) continue;
    const auto range = code.Find(row.Address.Address, end);
    if (!range) continue;
    const std::uint32_t file = FileOf(row.File);
    if (!lines_.empty()) {
      LineRecord& last = lines_.back();
      if (last.range.end() == range->start.value && last.line == row.Line && last.file == file) {
        last.range.size += range->size;
        continue;
      }
    }
    lines_.push_back({*range, row.Line, file});
  }
}

std::vector<LineRecord> UnitLines::Slice(const AddressRange& range) const {
  auto line = std::ranges::upper_bound(lines_, range.start.value, {}, StartOf);
  if (line != lines_.begin() && line[-1].range.Contains(range.start)) --line;
  std::vector<LineRecord> slice;
  for (; line != lines_.end() && StartOf(*line) < range.end(); ++line) {
    LineRecord piece = *line;
    const std::uint64_t start = std::max(StartOf(piece), range.start.value);
    piece.range.size = std::min(piece.range.end(), range.end()) - start;
    piece.range.start = {start};
    slice.push_back(piece);
  }
  return slice;
}

std::uint32_t UnitLines::FileOf(std::uint64_t unit_file) {
  if (unit_file >= kMaxUnitFiles) return files_.Add(kUnknownFile);
  if (unit_file >= file_numbers_.size()) file_numbers_.resize(unit_file + 1);
  std::optional<std::uint32_t>& number = file_numbers_[unit_file];
  if (!number) {
    std::string path;
    const bool found =
        table_ != nullptr &&
        table_->getFileNameByIndex(unit_file, folder_,
                                   llvm::DILineInfoSpecifier::FileLineInfoKind::AbsoluteFilePath, path);
    // "build/../src/a.cc" is what build tools make of "src/a.cc"; readers and source links want the latter.
    number = files_.Add(found && !path.empty() ? std::filesystem::path(path).lexically_normal().string()
                                               : kUnknownFile);
  }
  return *number;
}

}  // namespace cairn::symgen
