#include "analysis/symgen/pdb_lines.h"

#include <llvm/DebugInfo/CodeView/DebugInlineeLinesSubsection.h>
#include <llvm/DebugInfo/CodeView/DebugLinesSubsection.h>
#include <llvm/DebugInfo/CodeView/Line.h>
#include <llvm/DebugInfo/PDB/Native/PDBStringTable.h>

#include <algorithm>
#include <string>

#include "analysis/symgen/source_path.h"

namespace cairn::symgen {

using llvm::codeview::DebugSubsectionKind;

namespace {

// What compilers write for code that has no line, so that debuggers step over or into it.
bool IsHidden(std::uint32_t line) { return line == 0xfeefee || line == 0xf00f00; }

}  // namespace

PdbLines::PdbLines(const PdbFile& pdb, const llvm::pdb::ModuleDebugStreamRef& module, const CodeMap& code,
                   TextTable& files)
    : pdb_(pdb), files_(files) {
  checksums_ = TakeExpected(module.findChecksumsSubsection());
  for (const llvm::codeview::DebugSubsectionRecord& record : module.subsections()) {
    if (record.kind() == DebugSubsectionKind::Lines) ReadLines(record.getRecordData(), code);
    if (record.kind() == DebugSubsectionKind::InlineeLines) ReadInlinees(record.getRecordData());
  }
  SeparateLines(lines_);
}

void PdbLines::ReadLines(llvm::BinaryStreamRef data, const CodeMap& code) {
  llvm::codeview::DebugLinesSubsectionRef section;
  if (llvm::Error error = section.initialize(llvm::BinaryStreamReader(data))) {
    llvm::consumeError(std::move(error));
    ++complaints_;
    return;
  }
  const auto start = pdb_.OffsetOf(section.header()->RelocSegment, section.header()->RelocOffset);
  if (!start || !code.Contains(*start)) return;
  const std::uint64_t end = start->value + section.header()->CodeSize;
  for (const llvm::codeview::LineColumnEntry& block : section) {
    const std::uint32_t file = FileOf(block.NameIndex);
    for (std::size_t i = 0; i < block.LineNumbers.size(); ++i) {
      const llvm::codeview::LineNumberEntry& entry = block.LineNumbers[static_cast<std::uint32_t>(i)];
      const std::uint32_t line = llvm::codeview::LineInfo(entry.Flags).getStartLine();
      const std::uint64_t begin = start->value + entry.Offset;
      if (begin < end) lines_.push_back({{{begin}, end - begin}, IsHidden(line) ? 0 : line, file});
    }
  }
  // Each line ends where the next one of the function begins, of whatever file it is.
  std::ranges::stable_sort(lines_, {}, [](const LineRecord& line) { return line.range.start; });
  for (std::size_t i = 0; i + 1 < lines_.size(); ++i) {
    AddressRange& range = lines_[i].range;
    const AddressRange& next = lines_[i + 1].range;
    if (next.start.value < range.end()) range.size = next.start.value - range.start.value;
  }
  std::erase_if(lines_, [](const LineRecord& line) { return line.range.size == 0; });
}

void PdbLines::ReadInlinees(llvm::BinaryStreamRef data) {
  llvm::codeview::DebugInlineeLinesSubsectionRef section;
  if (llvm::Error error = section.initialize(llvm::BinaryStreamReader(data))) {
    llvm::consumeError(std::move(error));
    ++complaints_;
    return;
  }
  for (const llvm::codeview::InlineeSourceLine& line : section) {
    inlinees_.try_emplace(line.Header->Inlinee.getIndex(),
                          Source{line.Header->SourceLineNum, line.Header->FileID});
  }
}

std::optional<PdbLines::Source> PdbLines::FindInlinee(std::uint32_t id) const {
  const auto found = inlinees_.find(id);
  return found == inlinees_.end() ? std::nullopt : std::optional(found->second);
}

std::uint32_t PdbLines::FileOf(std::uint32_t file) {
  const auto [found, added] = file_numbers_.try_emplace(file);
  if (!added) return found->second;
  std::string path;
  llvm::pdb::PDBStringTable* const strings = TakeExpected(pdb_.file().getStringTable());
  // An iterator made of a place outside would read there.
  if (checksums_ && strings != nullptr && file < checksums_->getArray().getUnderlyingStream().getLength()) {
    const auto entry = checksums_->getArray().at(file);
    if (entry != checksums_->end()) {
      if (const auto name = TakeExpected(strings->getStringForID(entry->FileNameOffset))) path = name->str();
    }
  }
  return found->second = files_.Add(path.empty() ? std::string(kUnknownSource) : NormalizedPath(path));
}

}  // namespace cairn::symgen
