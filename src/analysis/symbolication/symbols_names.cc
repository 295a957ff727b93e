#include "analysis/symbolication/symbols_names.h"

#include <deque>

#include "base/json_writer.h"

namespace cairn::symbolication {
namespace {

// Never moves what it holds.
class Texts {
 public:
  std::string_view Keep(std::string text) {
    bytes_ += text.size();
    return kept_.emplace_back(std::move(text));
  }
  bool is_full() const { return bytes_ > kMaxNamesBytes; }

 private:
  std::deque<std::string> kept_;
  std::size_t bytes_ = 0;
};

std::string Quote(const std::string& text) { return text.empty() ? std::string() : base::QuoteJson(text); }

std::string WriteRest(const model::SymbolizedAddress& found) {
  std::deque<std::string> texts;
  const auto quote = [&](const model::SourceLocation& location) {
    return NamedCall{texts.emplace_back(Quote(location.function)), texts.emplace_back(Quote(location.file)),
                     location.line};
  };
  std::vector<NamedCall> inlines;
  inlines.reserve(found.inlines.size());
  for (const model::SourceLocation& call : found.inlines) inlines.push_back(quote(call));
  return WriteRest(quote(found.location), inlines);
}

}  // namespace

NamedAddresses SymbolsNames::Name(std::span<const model::ModuleOffset> offsets) const {
  const auto texts = std::make_shared<Texts>();
  NamedAddresses named;
  named.addresses.resize(offsets.size());
  for (std::size_t i = 0; i < offsets.size() && !texts->is_full(); ++i) {
    const auto found = symbols_.Symbolize(offsets[i]);
    if (!found) continue;
    named.addresses[i] = {.function = texts->Keep(Quote(found->location.function)),
                          .rest = texts->Keep(WriteRest(*found)),
                          .function_offset = offsets[i].value - found->function_start.value};
  }
  named.is_cut = texts->is_full();
  named.texts = texts;
  return named;
}

}  // namespace cairn::symbolication
