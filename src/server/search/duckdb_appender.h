// DuckAppender adds rows to a table of DuckDB by chunks of columns: the fastest way in that the C API has.
//
// Rows belong to the connection's transaction. The first failure is kept for Finish, so callers need not look
// at each value.
#pragma once

#include <duckdb.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/search/duckdb_connection.h"
#include "server/search/uuid.h"

namespace cairn::search {

class DuckAppender {
 public:
  // `catalog` empty: the database's own file. Rows give the columns of that names in that order, and the
  // others are absent; with `columns` empty, rows give all of the table's.
  static base::Result<DuckAppender> Create(DuckConnection& connection, const std::string& catalog,
                                           const std::string& table,
                                           std::span<const std::string> columns = {});
  DuckAppender(DuckAppender&& other) noexcept;
  DuckAppender& operator=(DuckAppender&&) = delete;
  DuckAppender(const DuckAppender&) = delete;
  DuckAppender& operator=(const DuckAppender&) = delete;
  ~DuckAppender();

  // The values of a row, column by column.
  DuckAppender& Integer(std::int64_t value);
  DuckAppender& Number(double value);
  DuckAppender& Boolean(bool value);
  DuckAppender& Text(std::string_view text);  // Empty is stored as absent. Must be UTF-8.
  DuckAppender& Id(const Uuid& uuid);
  DuckAppender& Integers(std::span<const std::int64_t> values);
  DuckAppender& Absent();
  void EndRow();

  base::Status Finish();

 private:
  struct Column {
    duckdb_type type = DUCKDB_TYPE_INVALID;
    duckdb_vector vector = nullptr;
    void* data = nullptr;
    std::uint64_t* validity = nullptr;
  };

  DuckAppender(duckdb_appender appender, const EngineMessageSink* messages)
      : appender_(appender), messages_(messages) {}

  void MakeChunk();
  void StartChunk();
  bool SendChunk();
  // The next column of the row, if it has this type; else null, and the append has failed.
  Column* Next(duckdb_type type);

  duckdb_appender appender_;
  const EngineMessageSink* messages_;
  duckdb_data_chunk chunk_ = nullptr;
  std::vector<Column> columns_;
  std::size_t next_column_ = 0;
  idx_t row_ = 0;
  bool ok_ = true;
};

}  // namespace cairn::search
