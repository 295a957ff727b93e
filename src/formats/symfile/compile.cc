#include "formats/symfile/compile.h"

#include <thread>
#include <utility>
#include <variant>

#include "formats/symfile/bit_fields.h"
#include "formats/symfile/cache_tables.h"
#include "formats/symfile/cfi_builder.h"
#include "formats/symfile/function_builder.h"
#include "formats/symfile/record_batches.h"
#include "formats/symfile/stack_win_builder.h"
#include "formats/symfile/start_thread.h"
#include "formats/symfile/symbol_header.h"
#include "formats/symfile/symbol_text.h"

namespace cairn::symfile {
namespace {

// A thread costs some ten microseconds, in which a text of some kilobytes is parsed.
constexpr std::uint64_t kMinBytesOfThread = std::uint64_t{256} * 1024;

// Hands each record to the builder that it concerns, and reports those that can not be used.
class Compiler {
 public:
  explicit Compiler(const SymbolFileHeader& header)
      : is_arm_(CpuOfArch(header.arch) == model::Cpu::kArm),
        functions_(strings_, report_),
        cfi_(model::FindRegisterTable(CpuOfArch(header.arch)), report_),
        stack_win_(strings_, report_) {
    // In the order of HeadField.
    const std::string_view texts[kHeadFieldCount] = {header.os,         header.arch,    header.debug_id.text,
                                                     header.debug_file, header.code_id, header.code_file,
                                                     header.generator};
    WriteHead(texts);
  }

  // False if the text can not be read.
  bool Run(const TextSource& text, const CompileOptions& options) {
    using Parsing = RecordBatches::Parsing;
    const bool has_thread = options.uses_threads && text.size() >= kMinBytesOfThread;
    RecordBatches batches(text, has_thread ? Parsing::kByThread : Parsing::kByCaller, options.piece_bytes);
    for (auto lines = batches.Next(); !lines.empty(); lines = batches.Next()) {
      for (const ParsedLine& line : lines) {
        ++report_.lines;
        const std::string_view reason =
            std::visit([&](const auto& record) { return Take(record); }, line.record);
        if (!reason.empty()) Report({report_.lines, line.offset, reason});
      }
    }
    return !batches.failed();
  }

  CompiledSymbols Finish(const CompileOptions& options) && {
    CacheTables tables;
    // Packing the texts takes as long as all else, and is of no concern to it.
    const auto finish_strings = [&] { strings_.Finish(tables); };
    std::thread packer;
    if (options.uses_threads) packer = StartThreadIfAny(finish_strings);
    functions_.Finish(tables);
    cfi_.Finish(tables);
    stack_win_.Finish(tables);
    tables[Section::kHead] = std::move(head_);
    packer.joinable() ? packer.join() : finish_strings();
    return {WriteCache(tables, report_.bad_lines), std::move(report_)};
  }

 private:
  std::string_view Take(const LineRecord& record) { return functions_.AddLine(record); }
  std::string_view Take(const InlineRecord& record) { return functions_.AddInline(record); }
  std::string_view Take(const FunctionRecord& record) { return functions_.AddFunction(record); }
  std::string_view Take(PublicRecord record) {
    // Exports of Thumb code carry the mode in bit 0 (seen from dump_syms on Android).
    if (is_arm_) record.address &= ~std::uint64_t{1};
    return functions_.AddPublic(record);
  }
  std::string_view Take(const FileRecord& record) {
    functions_.AddFile(record);
    return {};
  }
  std::string_view Take(const InlineOriginRecord& record) {
    functions_.AddInlineOrigin(record);
    return {};
  }
  std::string_view Take(const CfiInitRecord& record) { return cfi_.AddInit(record); }
  std::string_view Take(const CfiDeltaRecord& record) { return cfi_.AddDelta(record); }
  std::string_view Take(const StackWinRecord& record) { return stack_win_.Add(record); }
  std::string_view Take(const UnusedStackWinRecord&) {
    ++report_.unused_stack_win_records;
    return {};
  }
  std::string_view Take(const OtherRecord&) { return {}; }
  std::string_view Take(const BadRecord& record) {
    if (record.is_function) functions_.SkipFunction();
    return record.reason;
  }

  // Where each text ends, then the texts.
  void WriteHead(std::span<const std::string_view> texts) {
    BitWriter writer(head_);
    std::uint32_t end = 0;
    for (const std::string_view text : texts) {
      end += static_cast<std::uint32_t>(text.size());
      writer.Put(end, 32);
    }
    writer.Align();
    for (const std::string_view text : texts) {
      const base::Bytes bytes = base::AsBytes(text);
      head_.insert(head_.end(), bytes.begin(), bytes.end());
    }
  }

  void Report(const BadLine& line) {
    ++report_.bad_lines;
    if (report_.first_bad_lines.size() < CompileReport::kMaxKept) report_.first_bad_lines.push_back(line);
  }

  bool is_arm_;
  StringTable strings_;
  CompileReport report_;
  FunctionBuilder functions_;
  CfiBuilder cfi_;
  StackWinBuilder stack_win_;
  std::vector<std::byte> head_;
};

}  // namespace

base::Result<CompiledSymbols> CompileSymbolCache(base::Bytes symbol_text) {
  return CompileSymbolCache(TextInMemory(symbol_text));
}

base::Result<CompiledSymbols> CompileSymbolCache(const TextSource& symbol_text,
                                                 const CompileOptions& options) {
  if (symbol_text.size() > kMaxSymbolFileBytes) {
    return base::Error{base::Code::kLimitExceeded, symbol_text.size(), "symbol file: larger than 2 GiB"};
  }
  ASSIGN_OR_RETURN(const SymbolFileHeader header, ReadSymbolFileHeader(symbol_text));
  Compiler compiler(header);
  if (!compiler.Run(symbol_text, options)) return base::Error{base::Code::kIo, 0, "symbol file: its text"};
  CompiledSymbols compiled = std::move(compiler).Finish(options);
  // Positions in a section have 32 bits. Real caches are a tenth of their text; a file made for the purpose
  // may be cut into more rows than it has bytes.
  constexpr std::uint64_t kMaxCacheBytes = 0xffffffff;
  if (compiled.cache.size() > kMaxCacheBytes) {
    return base::Error{base::Code::kLimitExceeded, compiled.cache.size(),
                       "symbol file: its cache is larger than 4 GiB"};
  }
  return compiled;
}

}  // namespace cairn::symfile
