#include "server/search/crash_row.h"

#include "server/search/content_hash.h"

namespace cairn::search {

std::int64_t ClientToken(std::string_view client_id) {
  if (client_id.empty()) return 0;
  const std::int64_t token = ContentHash().Add("client").Add(client_id).Finish();
  return token == 0 ? 1 : token;
}

}  // namespace cairn::search
