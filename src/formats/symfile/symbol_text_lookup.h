// SymbolText answers what a Breakpad symbol file knows of a module straight from its text.
//
// The answers are those of the compiled cache (symbol_cache.h). Opening reads the text once, at memory's
// speed, to index where records begin; a lookup reads and compiles the few records that matter for its
// address. The text is never in memory whole. That pays where a file is asked a few thousand times and the
// cache can not be kept.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/byte_reader.h"
#include "base/result.h"
#include "formats/symfile/symbol_header.h"
#include "formats/symfile/text_index.h"
#include "formats/symfile/text_lines.h"
#include "formats/symfile/text_source.h"
#include "model/module_symbols.h"

namespace cairn::symfile {

struct SymbolTextOptions {
  TextIndexOptions index;
  std::size_t window_bytes = TextLines::kWindowBytes;  // What a lookup reads first.
};

// Safe for any number of threads.
class SymbolText final : public model::ModuleSymbols {
 public:
  // Fails as CompileSymbolCache does, or with kIo. The text is UTF-8 (text_normalize.h). If later it can not
  // be read any more, there are no answers.
  static base::Result<SymbolText> Open(std::unique_ptr<const TextSource> text,
                                       const SymbolTextOptions& options = {});
  // `text` must outlive the object.
  static base::Result<SymbolText> Open(base::Bytes text);

  SymbolText(SymbolText&&) noexcept;
  SymbolText& operator=(SymbolText&&) noexcept;
  ~SymbolText() override;

  const SymbolFileHeader& header() const;
  model::Cpu cpu() const { return CpuOfArch(header().arch); }

  // What the index takes in memory.
  std::size_t index_bytes() const;

  std::optional<model::UnwindRow> FindUnwindRow(model::ModuleOffset offset) const override;
  std::optional<model::SymbolizedAddress> Symbolize(model::ModuleOffset offset) const override;
  model::CodeAt FindCode(model::ModuleOffset offset) const override;
  std::optional<model::StackWinRow> FindStackWin(model::ModuleOffset offset) const override;

 private:
  struct State;
  explicit SymbolText(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace cairn::symfile
