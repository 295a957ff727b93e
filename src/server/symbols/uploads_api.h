// Who uploaded what, as JSON for the site and for scripts; the shapes are Tecken's as far as they make sense
// here.
//
//   GET /api/uploads/                    newest first; page, user, try=1, sort=size
//   GET /api/uploads/upload/<id>         one, with its files
//   GET /api/uploads/files/              newest first; page, key (each word must be in it), try=1, user
//   GET /api/uploads/files/file/<id>     one
//   GET /api/uploads/usage/              files and bytes by product and class
//   GET /api/uploads/duplicates/         files with the same bytes under several names
//
// Who has a token sees the own uploads; who has view_all_uploads or administer, everybody's.
#pragma once

#include <vector>

#include "server/http/router.h"
#include "server/store/symbol_records.h"

namespace cairn::symbols {

// `records` must outlive the routes.
std::vector<http::Route> MakeUploadsApiRoutes(const store::SymbolRecords& records);

}  // namespace cairn::symbols
