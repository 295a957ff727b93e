#include "analysis/symbolication/symbols_names.h"

#include <deque>

#include "base/json_writer.h"

namespace cairn::symbolication {
namespace {

// Keeps texts as JSON, each for itself.
class Texts {
 public:
  std::string_view Add(std::string_view text) {
    if (text.empty() || bytes_ > kMaxNamesBytes) return {};
    kept_.push_back(base::QuoteJson(text));
    bytes_ += kept_.back().size();
    return kept_.back();
  }
  NamedCall Add(const model::SourceLocation& location) {
    return {Add(location.function), Add(location.file), location.line};
  }
  bool is_full() const { return bytes_ > kMaxNamesBytes; }

 private:
  std::deque<std::string> kept_;  // Never moves what it holds.
  std::size_t bytes_ = 0;
};

}  // namespace

NamedAddresses SymbolsNames::Name(std::span<const model::ModuleOffset> offsets) const {
  const auto texts = std::make_shared<Texts>();
  NamedAddresses named;
  named.addresses.resize(offsets.size());
  const auto is_full = [&] { return texts->is_full() || named.inlines.size() > kMaxNamedCalls; };
  for (std::size_t i = 0; i < offsets.size() && !is_full(); ++i) {
    const auto found = symbols_.Symbolize(offsets[i]);
    if (!found) continue;
    NamedAddress& address = named.addresses[i];
    address.place = texts->Add(found->location);
    address.function_offset = offsets[i].value - found->function_start.value;
    address.first_inline = static_cast<std::uint32_t>(named.inlines.size());
    address.inline_count = static_cast<std::uint32_t>(found->inlines.size());
    for (const model::SourceLocation& call : found->inlines) named.inlines.push_back(texts->Add(call));
  }
  named.is_cut = is_full();
  named.texts = texts;
  return named;
}

}  // namespace cairn::symbolication
