// SQL of users, read-only, over a copy of what is public in the index.
//
//   GET  /api/SQL/   the tables and their columns, the limits
//   POST /api/SQL/   {"sql", "rows"?, "seconds"?} -> {"columns", "rows", "cut"?} (statement.h)
//
// Both need run_custom_queries; the tables of pings need view_pings besides. Each statement runs in a process
// of its own (sql_worker.h), which is given the copies as open files and can reach nothing else, and is
// written into the audit log before it runs. A copy is made when somebody asks and the last one is old.
#pragma once

#include <functional>
#include <memory>
#include <semaphore>
#include <string>
#include <vector>

#include "os/clock.h"
#include "server/http/router.h"
#include "server/search/crash_index.h"
#include "server/sql/sql_worker.h"
#include "server/store/audit_log.h"

namespace cairn::sql {

inline constexpr std::int64_t kSqlDays = 30;
inline constexpr std::int64_t kSqlRefreshMinutes = 15;
inline constexpr int kMaxSqlSeconds = 30;
inline constexpr int kMaxStatementsAtOnce = 2;  // Each holds a thread that answers searches, and memory.

struct SqlOptions {
  std::int64_t days = kSqlDays;  // How old a crash is at most.
  std::int64_t refresh_minutes = kSqlRefreshMinutes;
  int seconds = kMaxSqlSeconds;
  StatementLimits limits = {};
};

// All borrowed; they must outlive the routes. Handlers run on any thread.
struct SqlParts {
  const search::CrashIndex& index;
  store::AuditLog* audit = nullptr;  // Null: nobody is told.
  std::string program;               // Path of cairn-sql.
  std::string spool_folder = ".";    // For answers.
  SqlOptions options = {};
  // Products whose crashes the caller does not see. Empty: there are none.
  std::function<base::Result<std::vector<std::string>>(const http::Caller& caller)> hidden_products = {};
  std::function<std::int64_t()> clock = os::UnixMillis;
  std::shared_ptr<std::counting_semaphore<>> turns =
      std::make_shared<std::counting_semaphore<>>(kMaxStatementsAtOnce);
};

std::vector<http::Route> MakeRoutes(const SqlParts& parts);

}  // namespace cairn::sql
