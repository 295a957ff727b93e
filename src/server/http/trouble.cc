#include "server/http/trouble.h"

#include <string>

namespace cairn::http {

Response StoreTrouble(const base::Error& error) {
  return ErrorResponse(500, "The store could not answer: " + base::Describe(error));
}

Response SearchTrouble(const base::Error& error, std::string_view remedy) {
  if (error.code == base::Code::kUnreachable)
    return ErrorResponse(kClientIsGone, "Nobody waited for the answer");
  if (error.code != base::Code::kTimeout) return StoreTrouble(error);
  std::string sentence = "The search took more than " + std::to_string(error.offset) + " s";
  if (!remedy.empty()) sentence.append(": ").append(remedy);
  return ErrorResponse(400, sentence);
}

}  // namespace cairn::http
