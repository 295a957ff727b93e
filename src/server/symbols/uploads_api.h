// Who uploaded what, as JSON for the site and for scripts; the shapes are Tecken's as far as they make sense
// here.
//
//   GET /api/uploads/                    newest first; page, user, try=1, product, complete=1, sort=size, key
//                                        (each word must be in the name of one of its files)
//   GET /api/uploads/upload/<id>         one, with its files
//   GET /api/uploads/files/              newest first; page, key (each word must be in it), try=1, user
//   GET /api/uploads/files/file/<id>     one
//   GET /api/uploads/usage/              files, bytes and days they are kept, by product and class
//   GET /api/uploads/duplicates/         files with the same bytes under several names
//
// Who has a token sees the own uploads; who has view_all_uploads or administer, everybody's.
#pragma once

#include <cstdint>
#include <vector>

#include "server/http/router.h"
#include "server/store/symbol_records.h"

namespace cairn::symbols {

// How long symbol files are kept; 0: for ever.
struct DaysKept {
  std::int64_t regular = 0;
  std::int64_t of_try = 0;
};

// `records` must outlive the routes.
std::vector<http::Route> MakeUploadsApiRoutes(const store::SymbolRecords& records, const DaysKept& days);

}  // namespace cairn::symbols
