#include "server/store/file_survey.h"

#include "os/file.h"
#include "server/store/queue.h"
#include "server/store/sqlite_database.h"

namespace cairn::store {
namespace {

constexpr std::string_view kCountSetAside =
    "SELECT kind, reason, count(*) FROM items WHERE state = ? GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2";
constexpr std::string_view kCountToDo = "SELECT count(*) FROM items WHERE state < ?";
constexpr auto kSetAsideState = static_cast<std::int64_t>(QueueState::kSetAside);

base::Result<SqliteDatabase> OpenExisting(const std::string& path) {
  RETURN_IF_ERROR(os::Inspect(path));
  return SqliteDatabase::Open(path);
}

}  // namespace

base::Result<std::string> QuickCheck(const std::string& path) {
  ASSIGN_OR_RETURN(const SqliteDatabase database, OpenExisting(path));
  ASSIGN_OR_RETURN(SqliteStatement check, database.Prepare("PRAGMA quick_check(1)"));
  ASSIGN_OR_RETURN(const bool row, check.Step());
  return row ? check.Text(0) : std::string("it says nothing");
}

base::Result<std::vector<SetAsideCount>> CountSetAside(const std::string& path) {
  ASSIGN_OR_RETURN(const SqliteDatabase database, OpenExisting(path));
  ASSIGN_OR_RETURN(SqliteStatement count, database.Prepare(kCountSetAside));
  count.Bind(kSetAsideState);
  std::vector<SetAsideCount> counts;
  for (;;) {
    ASSIGN_OR_RETURN(const bool row, count.Step());
    if (!row) return counts;
    counts.push_back({count.Text(0), count.Text(1), count.Integer(2)});
  }
}

base::Result<std::int64_t> CountToDo(const std::string& path) {
  ASSIGN_OR_RETURN(const SqliteDatabase database, OpenExisting(path));
  ASSIGN_OR_RETURN(SqliteStatement count, database.Prepare(kCountToDo));
  ASSIGN_OR_RETURN(const bool row, count.Bind(kSetAsideState).Step());
  return row ? count.Integer(0) : 0;
}

}  // namespace cairn::store
