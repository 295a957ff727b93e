#include "server/symbols/visibility.h"

namespace cairn::symbols {

bool IsKnown(const http::Caller& caller) { return caller.has_token || caller.Has("upload_symbols"); }

base::Result<bool> MayFetch(const VisibilityRules& rules, const http::Caller& caller,
                            const std::optional<store::SymbolFileRecord>& record) {
  if (IsKnown(caller)) return true;
  if (!record || !record->tells_whose()) return false;
  if (record->product.empty()) return rules.public_by_default;
  ASSIGN_OR_RETURN(const std::optional<store::Product> known, rules.directory.FindProduct(record->product));
  return known ? known->symbols == store::Visibility::kPublic : rules.public_by_default;
}

http::Response AskForToken() {
  http::Response response = http::ErrorResponse(
      401, "These symbols are not public: send a token as Auth-Token, or as the password with any name");
  response.headers.push_back({"WWW-Authenticate", "Basic realm=\"symbols\", charset=\"UTF-8\""});
  return response;
}

}  // namespace cairn::symbols
