#include "server/http/noted.h"

namespace cairn::http {

std::string AuditNameOf(const Caller& caller) { return caller.name.empty() ? "anonymous" : caller.name; }

Response NotNoted(const base::Error& error) {
  return ErrorResponse(503, "This is done only if it can be noted: " + base::Describe(error));
}

}  // namespace cairn::http
