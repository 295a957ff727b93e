#include "analysis/symgen/pdb_functions.h"

#include <llvm/DebugInfo/CodeView/SymbolDeserializer.h>

#include <algorithm>
#include <utility>

#include "model/limits.h"

namespace cairn::symgen {

using llvm::codeview::BinaryAnnotationsOpCode;
using llvm::codeview::CVSymbol;
using llvm::codeview::SymbolKind;

namespace {

// Symbols nest as blocks of source do.
constexpr std::size_t kMaxScopes = 4096;

template <typename Record>
std::optional<Record> Read(CVSymbol symbol) {
  return TakeExpected(llvm::codeview::SymbolDeserializer::deserializeAs<Record>(symbol));
}

// Runs the annotations of an inlined call: steps through its code and its source.
class AnnotationReader {
 public:
  AnnotationReader(model::ModuleOffset function, const PdbLines::Source& source)
      : offset_(function.value), base_(function.value), source_(source) {}

  void Take(const llvm::codeview::DecodedAnnotation& annotation) {
    switch (annotation.OpCode) {
      case BinaryAnnotationsOpCode::CodeOffset: offset_ = base_ + annotation.U1; break;
      case BinaryAnnotationsOpCode::ChangeCodeOffset:
        offset_ += annotation.U1;
        Begin();
        break;
      case BinaryAnnotationsOpCode::ChangeCodeOffsetAndLineOffset:
        offset_ += annotation.U1;
        source_.line += static_cast<std::uint32_t>(annotation.S1);
        Begin();
        break;
      case BinaryAnnotationsOpCode::ChangeCodeLength:
        offset_ += annotation.U1;
        End(offset_);
        break;
      case BinaryAnnotationsOpCode::ChangeCodeLengthAndCodeOffset:
        offset_ += annotation.U2;
        Begin();
        End(offset_ + annotation.U1);
        break;
      case BinaryAnnotationsOpCode::ChangeFile: source_.file = annotation.U1; break;
      case BinaryAnnotationsOpCode::ChangeLineOffset:
        source_.line += static_cast<std::uint32_t>(annotation.S1);
        break;
      default: break;  // Columns, ends of statements, and what says whether code is an expression.
    }
  }

  struct Row {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;  // 0: not known.
    PdbLines::Source source;
  };
  const std::vector<Row>& rows() const { return rows_; }

 private:
  void Begin() {
    End(offset_);
    rows_.push_back({offset_, 0, source_});
  }
  void End(std::uint64_t end) {
    if (!rows_.empty() && rows_.back().end == 0) rows_.back().end = end;
  }

  std::uint64_t offset_;
  std::uint64_t base_;
  PdbLines::Source source_;
  std::vector<Row> rows_;
};

std::vector<AddressRange> RangesOf(const std::vector<LineRecord>& lines) {
  std::vector<AddressRange> ranges;
  for (const LineRecord& line : lines) ranges.push_back(line.range);
  JoinRanges(ranges);
  return ranges;
}

}  // namespace

std::vector<LineRecord> Overlay(const std::vector<LineRecord>& lines, const std::vector<LineRecord>& over) {
  std::vector<LineRecord> result;
  auto next = over.begin();
  for (LineRecord line : lines) {
    while (line.range.size != 0) {
      while (next != over.end() && next->range.end() <= line.range.start.value) ++next;
      const bool overlaps = next != over.end() && next->range.start.value < line.range.end();
      const std::uint64_t begin = line.range.start.value;
      const std::uint64_t until = overlaps ? std::max(begin, next->range.start.value) : line.range.end();
      if (until > begin) result.push_back({{{begin}, until - begin}, line.line, line.file});
      std::uint64_t end = until;
      if (overlaps) {
        end = std::min(next->range.end(), line.range.end());
        result.push_back({{{until}, end - until}, next->line, next->file});
      }
      line.range = {{end}, line.range.end() - end};
    }
  }
  SeparateLines(result);
  return result;
}

void PdbFunctions::Read(const llvm::pdb::ModuleDebugStreamRef& module) {
  bool had_error = false;
  for (const CVSymbol& symbol : module.symbols(&had_error)) {
    switch (symbol.kind()) {
      case SymbolKind::S_GPROC32:
      case SymbolKind::S_LPROC32:
      case SymbolKind::S_GPROC32_ID:
      case SymbolKind::S_LPROC32_ID:
      case SymbolKind::S_LPROC32_DPC:
      case SymbolKind::S_LPROC32_DPC_ID:
        if (const auto function = symgen::Read<llvm::codeview::ProcSym>(symbol)) OpenFunction(*function);
        break;
      case SymbolKind::S_INLINESITE:
        if (const auto call = symgen::Read<llvm::codeview::InlineSiteSym>(symbol)) OpenCall(*call);
        break;
      case SymbolKind::S_BLOCK32:
      case SymbolKind::S_THUNK32:
      case SymbolKind::S_SEPCODE:
      case SymbolKind::S_INLINESITE2: scopes_.push_back(Scope::kOther); break;
      case SymbolKind::S_END:
      case SymbolKind::S_PROC_ID_END:
      case SymbolKind::S_INLINESITE_END: Close(); break;
      default: break;
    }
    if (scopes_.size() > kMaxScopes) had_error = true;
    if (had_error) break;
  }
  if (had_error) ++info_.complaints;
  while (!scopes_.empty()) Close();
}

void PdbFunctions::OpenFunction(const llvm::codeview::ProcSym& symbol) {
  while (!scopes_.empty()) Close();  // Functions do not nest: something was not ended.
  scopes_.push_back(Scope::kFunction);
  const auto start = tools_.pdb.OffsetOf(symbol.Segment, symbol.CodeOffset);
  if (!start) return;
  const auto range = tools_.code.Find(start->value, start->value + symbol.CodeSize);
  if (!range) return;
  FunctionRecord function;
  function.range = *range;
  const std::string name = tools_.names.OfFunction(*start, symbol.Name.str(), symbol.FunctionType);
  function.name = info_.names.Add(name);
  function.has_linkage_name = true;  // As good as one.
  function_ = std::move(function);
  Site site;
  site.own = SliceLines(tools_.lines.lines(), *range);
  site.final = site.own;
  sites_.push_back(std::move(site));
}

void PdbFunctions::OpenCall(const llvm::codeview::InlineSiteSym& symbol) {
  const bool too_deep = sites_.size() > model::kMaxInlineDepth;
  std::vector<LineRecord> lines;
  if (function_ && !too_deep) lines = SliceLines(LinesOfCall(symbol), function_->range);
  if (lines.empty()) {
    scopes_.push_back(Scope::kOther);
    return;
  }
  scopes_.push_back(Scope::kCall);
  InlineRecord call;
  call.depth = static_cast<std::uint32_t>(sites_.size() - 1);
  call.origin = info_.names.Add(tools_.names.OfInlinee(symbol.Inlinee));
  const std::vector<AddressRange> ranges = RangesOf(lines);
  // The code around has the call's line where the call's code is.
  const AddressRange first = {ranges.front().start, 1};
  const std::vector<LineRecord> here = SliceLines(sites_.back().own, first);
  if (!here.empty()) {
    call.call_line = here.front().line;
    call.call_file = here.front().file;
  } else {
    call.call_file = lines.front().file;
  }
  Site site;
  site.final = lines;
  site.own = std::move(lines);
  function_->AddInline(call, ranges);
  sites_.push_back(std::move(site));
}

std::vector<LineRecord> PdbFunctions::LinesOfCall(const llvm::codeview::InlineSiteSym& symbol) {
  const PdbLines::Source source =
      tools_.lines.FindInlinee(symbol.Inlinee.getIndex()).value_or(PdbLines::Source());
  AnnotationReader annotations(function_->range.start, source);
  for (const llvm::codeview::DecodedAnnotation& annotation : symbol.annotations())
    annotations.Take(annotation);
  std::vector<LineRecord> lines;
  for (const AnnotationReader::Row& row : annotations.rows()) {
    const std::uint64_t end = row.end != 0 ? row.end : function_->range.end();
    if (row.begin >= end) continue;
    lines.push_back({{{row.begin}, end - row.begin}, row.source.line, tools_.lines.FileOf(row.source.file)});
  }
  SeparateLines(lines);
  return lines;
}

void PdbFunctions::Close() {
  if (scopes_.empty()) return;
  const Scope scope = scopes_.back();
  scopes_.pop_back();
  if (scope == Scope::kCall) CloseCall();
  if (scope == Scope::kFunction && function_) CloseFunction();
}

void PdbFunctions::CloseCall() {
  const Site site = std::move(sites_.back());
  sites_.pop_back();
  std::vector<LineRecord>& around = sites_.back().final;
  // Lines of the call that the code around does not have count as well: the function's own table may have
  // gaps.
  std::vector<LineRecord> merged = Overlay(around, site.final);
  merged.insert(merged.end(), site.final.begin(), site.final.end());
  SeparateLines(merged);
  around = std::move(merged);
}

void PdbFunctions::CloseFunction() {
  function_->lines = std::move(sites_.front().final);
  info_.functions.push_back(*std::move(function_));
  function_.reset();
  sites_.clear();
}

}  // namespace cairn::symgen
