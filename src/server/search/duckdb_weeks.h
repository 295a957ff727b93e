// DuckDbWeeks is the set of files that hold the crash rows: one per week (from Monday, UTC) and kind,
// attached to the database of the dictionary. Whole-file expiry is then an unlink, and a damaged file costs
// one week of one kind.
//
//   crashes (uuid, date_ms, input_id, stack_id, product, version, ..., rule, weight)
//
// A row names its signature input and its stack by id and never holds the signature. Writing is for one
// thread at a time; reading the list of files is for any.
#pragma once

#include <cstdint>
#include <map>
#include <shared_mutex>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/search/crash_row.h"
#include "server/search/duckdb_connection.h"
#include "server/search/duckdb_dictionary.h"
#include "server/search/query.h"

namespace cairn::search {

// Makes a new DuckDB file with the tables of `schema`, whole or not at all: a kill meanwhile leaves only a
// file that ends in kUnfinishedSuffix, which whoever opens the folder removes.
inline constexpr std::string_view kUnfinishedSuffix = ".new";
base::Status CreateDuckDbFile(const std::string& path, const std::string& schema,
                              const EngineMessageSink& messages);

// "0d4f8a3c-0000-4000-8000-000000261122" as a number; nothing if it is not 8-4-4-4-12 hex digits.
std::optional<duckdb_uhugeint> ParseUuid(std::string_view text);

class DuckDbWeeks {
 public:
  // An attached file.
  struct File {
    CrashKind kind = CrashKind::kReport;
    std::int64_t week = 0;  // Weeks since the one that holds 1970-01-01; they begin on Mondays.
    std::string catalog;    // Its name in statements; made here, of letters, digits and underscores.
  };

  DuckDbWeeks(std::string folder, DuckConnection& writer) : folder_(std::move(folder)), writer_(&writer) {}

  // Attaches every file of the folder.
  base::Status AttachAll();

  // A row to add, with the ids of its shared parts.
  struct NewRow {
    const CrashRow* row;
    duckdb_uhugeint uuid;
    DictionaryIds ids;
  };
  // Adds the rows that are not there yet, one transaction per file.
  base::Status Add(std::span<const NewRow> rows);

  // The files that may hold crashes of these kinds in the window.
  std::vector<File> Overlapping(std::span<const CrashKind> kinds, const DateWindow& window) const;
  std::vector<File> All() const;

 private:
  using Key = std::pair<CrashKind, std::int64_t>;

  base::Status Attach(const Key& key);
  base::Status Create(const std::string& path);
  base::Status AddToFile(const File& file, std::vector<NewRow> rows);
  base::Status AppendRows(const File& file, std::span<const NewRow> rows);

  std::string folder_;
  DuckConnection* writer_;
  mutable std::shared_mutex mutex_;  // Guards files_.
  std::map<Key, File> files_;
};

}  // namespace cairn::search
