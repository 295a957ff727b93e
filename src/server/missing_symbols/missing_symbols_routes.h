// Which symbols are missing, over HTTP.
//
//   GET /api/MissingSymbols/   {"hits": [{"debug_file", "debug_id", "code_file", "code_id", "first_day",
//   "last_day",
//                              "crashes", "clients", "symbolications", "downloads"}...], "total": N}
//                              Those that most crashes wait for come first. Parameters: file (a part of a
//                              name), date (a day like 2026-11-22, or >=, <= and one), _results_number (at
//                              most 1,000), _results_offset. Fewer than ten clients are told to callers with
//                              view_pings alone.
//   GET /missingsymbols.csv    debug_file,debug_id,code_file,code_id of all of them, as Tecken had it; file,
//   date
#pragma once

#include <string>
#include <vector>

#include "server/http/router.h"
#include "server/missing_symbols/missing_symbols.h"

namespace cairn::missing_symbols {

inline constexpr std::size_t kMaxHits = 1000;

struct MissingSymbolsParts {
  MissingSymbols& missing;
  MissingSymbols::IsThere is_there;
  std::string permission;  // Of those who may fetch symbols.
};

std::vector<http::Route> MakeRoutes(const MissingSymbolsParts& parts);

}  // namespace cairn::missing_symbols
