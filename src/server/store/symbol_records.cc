#include "server/store/symbol_records.h"

namespace cairn::store {

std::string_view SymbolClassName(SymbolClass symbol_class) {
  return symbol_class == SymbolClass::kTry ? "try" : "regular";
}

}  // namespace cairn::store
