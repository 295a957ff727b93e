#include "server/healing/name_addresses.h"

#include <utility>

#include "model/module.h"
#include "server/worker/outcome.h"

namespace cairn::healing {
namespace {

void AddName(const model::SourceLocation& location, std::vector<search::NamedFrame>& names) {
  if (names.size() == worker::kMaxOutcomeNames) return;
  names.push_back(
      {worker::CutOutcomeText(location.function), worker::CutOutcomeText(location.file), location.line});
}

}  // namespace

std::optional<ModuleNames> ModuleNames::Open(symbol_lookup::SymbolLookup& symbols,
                                             const std::string& debug_file, const std::string& debug_id) {
  model::Module module;
  module.debug_file = debug_file;
  module.debug_id.text = debug_id;
  const std::optional<os::FileDescriptor> found = symbols.FindHere(module);
  if (!found) return std::nullopt;
  base::Result<os::MappedFile> file = os::MappedFile::FromDescriptor(found->get());
  if (!file) return std::nullopt;
  base::Result<symfile::SymbolCache> cache = symfile::SymbolCache::Open(file->bytes());
  if (!cache) return std::nullopt;
  return ModuleNames(*std::move(file), *std::move(cache));
}

std::vector<search::StackFrame> ModuleNames::Name(std::span<const search::StackFrame> addresses) const {
  std::vector<search::StackFrame> named;
  for (const search::StackFrame& address : addresses) {
    const std::optional<model::SymbolizedAddress> found =
        cache_.Symbolize(model::ModuleOffset{address.module_offset});
    if (!found) continue;
    search::StackFrame frame = address;
    frame.names.clear();
    for (const model::SourceLocation& location : found->inlines) AddName(location, frame.names);
    if (!found->location.function.empty()) AddName(found->location, frame.names);
    if (!frame.names.empty()) named.push_back(std::move(frame));
  }
  return named;
}

}  // namespace cairn::healing
