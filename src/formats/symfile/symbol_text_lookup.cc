#include "formats/symfile/symbol_text_lookup.h"

#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "formats/symfile/answer_table.h"
#include "formats/symfile/compile.h"
#include "formats/symfile/symbol_cache.h"
#include "formats/symfile/text_excerpt.h"

namespace cairn::symfile {
namespace {

// An answer is no longer than the excerpt that it was made of; longer ones are not kept. Bounds what tables
// of answers take.
constexpr std::size_t kMaxKeptExcerptBytes = std::size_t{16} * 1024;

// What `ask` finds in the cache of an excerpt.
template <typename Answer, typename Ask>
Answer AskExcerpt(const std::string& excerpt, Ask ask) {
  const base::Result<CompiledSymbols> compiled = CompileSymbolCache(base::AsBytes(excerpt));
  if (!compiled) return {};
  const base::Result<SymbolCache> cache = SymbolCache::Open(compiled->cache);
  return cache ? ask(*cache) : Answer{};
}

// The answer from the table, or that of the excerpt that `make` makes.
template <typename Answer, typename Make, typename Ask>
Answer AnswerOnce(AnswerTable<Answer>& table, std::uint64_t address, Make make, Ask ask) {
  if (std::optional<Answer> known = table.Find(address)) return *std::move(known);
  const std::optional<std::string> excerpt = make();
  Answer answer = excerpt ? AskExcerpt<Answer>(*excerpt, ask) : Answer{};
  if (!excerpt || excerpt->size() <= kMaxKeptExcerptBytes) table.Keep(address, answer);
  return answer;
}

}  // namespace

struct SymbolText::State {
  State(std::unique_ptr<const TextSource> source, SymbolFileHeader file_header, TextIndex text_index,
        std::size_t window_bytes)
      : text(std::move(source)),
        header(std::move(file_header)),
        index(std::move(text_index)),
        excerpts(*text, header.arch, index, window_bytes) {}

  std::unique_ptr<const TextSource> text;
  SymbolFileHeader header;
  TextIndex index;
  ExcerptMaker excerpts;
  AnswerTable<std::optional<model::SymbolizedAddress>> names;
  AnswerTable<std::optional<model::UnwindRow>> rows;
  AnswerTable<std::optional<model::StackWinRow>> stack_win_rows;
};

SymbolText::SymbolText(std::unique_ptr<State> state) : state_(std::move(state)) {}
SymbolText::SymbolText(SymbolText&&) noexcept = default;
SymbolText& SymbolText::operator=(SymbolText&&) noexcept = default;
SymbolText::~SymbolText() = default;

base::Result<SymbolText> SymbolText::Open(std::unique_ptr<const TextSource> text,
                                          const SymbolTextOptions& options) {
  if (text->size() > kMaxSymbolFileBytes) {
    return base::Error{base::Code::kLimitExceeded, text->size(), "symbol file: larger than 2 GiB"};
  }
  ASSIGN_OR_RETURN(SymbolFileHeader header, ReadSymbolFileHeader(*text));
  ASSIGN_OR_RETURN(TextIndex index, IndexSymbolText(*text, header, options.index));
  return SymbolText(
      std::make_unique<State>(std::move(text), std::move(header), std::move(index), options.window_bytes));
}

base::Result<SymbolText> SymbolText::Open(base::Bytes text) {
  return Open(std::make_unique<TextInMemory>(text));
}

const SymbolFileHeader& SymbolText::header() const { return state_->header; }
std::size_t SymbolText::index_bytes() const { return state_->index.bytes(); }

std::optional<model::UnwindRow> SymbolText::FindUnwindRow(model::ModuleOffset offset) const {
  return AnswerOnce(
      state_->rows, offset.value, [&] { return state_->excerpts.UnwindRowsAt(offset.value); },
      [&](const SymbolCache& cache) { return cache.FindUnwindRow(offset); });
}

std::optional<model::SymbolizedAddress> SymbolText::Symbolize(model::ModuleOffset offset) const {
  return AnswerOnce(
      state_->names, offset.value, [&] { return state_->excerpts.SymbolsAt(offset.value); },
      [&](const SymbolCache& cache) { return cache.Symbolize(offset); });
}

std::optional<model::StackWinRow> SymbolText::FindStackWin(model::ModuleOffset offset) const {
  return AnswerOnce(
      state_->stack_win_rows, offset.value, [&] { return state_->excerpts.StackWinAt(offset.value); },
      [&](const SymbolCache& cache) { return cache.FindStackWin(offset); });
}

// A scan asks this of every word, so what covers the address is enough where a FUNC does.
model::CodeAt SymbolText::FindCode(model::ModuleOffset offset) const {
  const TextIndex& index = state_->index;
  const auto code_if = [](bool is_code) {
    return is_code ? model::CodeAt::kFunction : model::CodeAt::kNothing;
  };
  if (index.has_symbols) return code_if(index.symbols.Covers(offset.value) || Symbolize(offset).has_value());
  if (!index.cfi_ranges.places().empty()) return code_if(index.cfi_ranges.Covers(offset.value));
  return model::CodeAt::kUnknown;
}

}  // namespace cairn::symfile
