// ModuleNames gives addresses of one build the names that its symbol cache has, as a worker would have given
// them to the frames of a crash.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "formats/symfile/symbol_cache.h"
#include "os/file.h"
#include "server/search/raw_stack.h"
#include "server/symbol_lookup/symbol_lookup.h"

namespace cairn::healing {

class ModuleNames {
 public:
  // Nothing if no symbols of that name and id are here.
  static std::optional<ModuleNames> Open(symbol_lookup::SymbolLookup& symbols, const std::string& debug_file,
                                         const std::string& debug_id);

  // Those of `addresses`, all of this build, that the symbols know, with their names.
  std::vector<search::StackFrame> Name(std::span<const search::StackFrame> addresses) const;

 private:
  ModuleNames(os::MappedFile file, symfile::SymbolCache cache)
      : file_(std::move(file)), cache_(std::move(cache)) {}

  os::MappedFile file_;
  symfile::SymbolCache cache_;  // Borrows from file_'s memory, which does not move.
};

}  // namespace cairn::healing
