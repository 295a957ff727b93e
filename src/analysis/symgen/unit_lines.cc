#include "analysis/symgen/unit_lines.h"

#include <algorithm>
#include <string>

#include "analysis/symgen/source_path.h"

namespace cairn::symgen {

using dwarf::LineRow;

UnitLines::UnitLines(const dwarf::DebugUnit& unit, const CodeMap& code, TextTable& files,
                     std::uint64_t& bytes_left)
    : files_(files) {
  if (!unit.line_table()) return;
  auto program = dwarf::LineProgram::Read(unit, *unit.line_table());
  if (!program || program->program_bytes() > bytes_left) {
    broken_ = true;
    return;
  }
  bytes_left -= program->program_bytes();
  program_ = *std::move(program);
  broken_ = !program_->Run(
      [&](std::span<const LineRow> rows, std::uint64_t end) { TakeSequence(rows, end, code); });
  SeparateLines(lines_);
}

void UnitLines::TakeSequence(std::span<const LineRow> rows, std::uint64_t end, const CodeMap& code) {
  const auto bounds = code.Find(rows.front().address, end);
  if (!bounds) return;
  const std::uint64_t distance = rows.front().address - bounds->start.value;
  const std::uint64_t last = bounds->end() + distance;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const LineRow& row = rows[i];
    const std::uint64_t row_end = std::min(i + 1 < rows.size() ? rows[i + 1].address : end, last);
    if (row_end <= row.address || row.address < rows.front().address) continue;
    const AddressRange range = {{row.address - distance}, row_end - row.address};
    const std::uint32_t file = FileOf(row.file);
    if (!lines_.empty()) {
      LineRecord& before = lines_.back();
      if (before.range.end() == range.start.value && before.line == row.line && before.file == file) {
        before.range.size += range.size;
        continue;
      }
    }
    lines_.push_back({range, row.line, file});
  }
}

std::uint32_t UnitLines::FileOf(std::uint64_t unit_file) {
  if (unit_file >= dwarf::LineProgram::kMaxFiles) return files_.Add(kUnknownSource);
  if (unit_file >= file_numbers_.size()) file_numbers_.resize(unit_file + 1);
  std::optional<std::uint32_t>& number = file_numbers_[unit_file];
  if (!number) {
    const std::string path = program_ ? program_->FilePath(unit_file) : std::string();
    number = files_.Add(path.empty() ? std::string(kUnknownSource) : NormalizedPath(path));
  }
  return *number;
}

}  // namespace cairn::symgen
