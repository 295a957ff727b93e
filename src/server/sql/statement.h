// SqlEngine runs one SELECT of a user over copies of the index (search/snapshot.h): what cairn-sql does
// inside its sandbox. The engine is told to open nothing and to let nothing change its settings; that it
// could not, whatever it was talked into, is the sandbox's part.
//
//   crashes, frames       of reports
//   pings, ping_frames    of pings, if there is a copy of them
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "server/search/duckdb_connection.h"
#include "server/sql/sql_worker.h"

namespace cairn::sql {

// Why a statement has no answer.
struct Refusal {
  std::string sentence;
};

class SqlEngine {
 public:
  // Opens the copies; from here on it opens no file and starts no thread. `pings` empty: there are none.
  static base::Result<SqlEngine> Open(const std::string& reports, const std::string& pings,
                                      const StatementLimits& limits);

  // {"columns": [{"name", "type"}], "rows": [[value]], "cut"?: "rows" | "bytes"}: whole numbers, numbers
  // (of more than 64 bits and decimals as well), booleans, ISO dates, and texts of all else; null.
  std::variant<std::string, Refusal> Run(std::string_view statement);

 private:
  SqlEngine(search::DuckDatabase database, search::DuckConnection connection, StatementLimits limits,
            std::unique_ptr<std::string> message)
      : message_(std::move(message)),
        database_(std::move(database)),
        connection_(std::move(connection)),
        limits_(limits) {}

  Refusal FromEngine() const;

  std::unique_ptr<std::string> message_;  // The engine's last; outlives what writes it.
  search::DuckDatabase database_;
  search::DuckConnection connection_;
  StatementLimits limits_;
};

}  // namespace cairn::sql
