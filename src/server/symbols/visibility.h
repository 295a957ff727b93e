// Who may fetch a symbol file: everybody, or only who brings a token. A file belongs to the product that its
// upload named, and the product says; of a file without a product, or of one that the Directory does not
// know, the server's configuration says. A file whose record a kill kept from being written may be of any
// product: until it is sent again it is for those with a token.
#pragma once

#include <optional>
#include <string>

#include "server/http/message.h"
#include "server/store/directory.h"
#include "server/store/symbol_records.h"

namespace cairn::symbols {

struct VisibilityRules {
  const store::Directory& directory;
  bool public_by_default = false;
};

// Whether the caller brought a token, or is allowed what uploaders are.
bool IsKnown(const http::Caller& caller);

// Whether the caller may fetch the file of that record; without one, a file that has none. An Error only if
// the Directory fails.
base::Result<bool> MayFetch(const VisibilityRules& rules, const http::Caller& caller,
                            const std::optional<store::SymbolFileRecord>& record);

// For who may not: asks for a name and a password, which debuggers send once they are asked.
http::Response AskForToken();

}  // namespace cairn::symbols
