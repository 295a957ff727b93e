// DuckDB's C handles with owners: a database, connections to it, results read by chunks.
//
// Only the C API, so that a newer library can be put in place of this one. Results hold what Value holds
// (from BIGINT, DOUBLE, BOOLEAN and VARCHAR) and UUID: statements cast everything else. A connection is for
// one thread at a time, a database for many.
#pragma once

#include <duckdb.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/search/number_set.h"
#include "server/search/uuid.h"
#include "server/search/value.h"

namespace cairn::search {

// Where the engine's own words about a failure go: an Error holds only literals.
using EngineMessageSink = std::function<void(std::string_view)>;

// A text as a literal of a statement, for the few statements that take no parameters (ATTACH, SET) and our
// own paths.
std::string QuoteSql(std::string_view text);

// The rows of a result, which it owns, from first to last.
class DuckRows {
 public:
  explicit DuckRows(duckdb_result result) : result_(result) {}
  DuckRows(DuckRows&& other) noexcept;
  DuckRows& operator=(DuckRows&&) = delete;
  DuckRows(const DuckRows&) = delete;
  DuckRows& operator=(const DuckRows&) = delete;
  ~DuckRows();

  // Goes to the next row; false behind the last one.
  bool Next();

  // Of all rows the first column, which has numbers of a NumberPool and is never absent. In place of Next.
  NumberSet ReadNumbers();

  Value At(std::size_t column) const;
  std::int64_t Integer(std::size_t column) const;  // 0 if absent.
  double Number(std::size_t column) const;         // 0 if absent.
  std::string Text(std::size_t column) const;      // "" if absent.
  Uuid Id(std::size_t column) const;               // Zeros if absent.
  // Of a list of BIGINT; empty if absent. Valid until the next row.
  std::span<const std::int64_t> Integers(std::size_t column) const;

 private:
  struct Column {
    duckdb_type type;
    const void* data;
    std::uint64_t* validity;  // Null: all are there.
    duckdb_vector vector;
  };

  void ReadColumns();
  bool IsAbsent(const Column& column) const;

  duckdb_result result_;
  duckdb_data_chunk chunk_ = nullptr;
  std::vector<Column> columns_;  // Of the chunk.
  idx_t row_ = 0;
};

class DuckConnection {
 public:
  DuckConnection(DuckConnection&& other) noexcept;
  DuckConnection& operator=(DuckConnection&&) = delete;
  DuckConnection(const DuckConnection&) = delete;
  DuckConnection& operator=(const DuckConnection&) = delete;
  ~DuckConnection();

  // One or more statements without parameters and without interest in rows.
  base::Status Execute(const std::string& sql);

  // One statement; `parameters` stand for its question marks in order.
  base::Result<DuckRows> Query(const std::string& sql, std::span<const Value> parameters = {});

  // One statement with one parameter: a list of texts, or of numbers.
  base::Result<DuckRows> QueryWithList(const std::string& sql, std::span<const std::string> texts);
  base::Result<DuckRows> QueryWithList(const std::string& sql, std::span<const std::int64_t> numbers);

  // What `work` does happens whole or not at all.
  base::Status InTransaction(const std::function<base::Status()>& work);

  duckdb_connection handle() const { return connection_; }
  const EngineMessageSink& messages() const { return *messages_; }

 private:
  friend class DuckDatabase;
  DuckConnection(duckdb_connection connection, const EngineMessageSink* messages)
      : connection_(connection), messages_(messages) {}

  template <typename BindAll>
  base::Result<DuckRows> Run(const std::string& sql, const BindAll& bind_all);
  base::Error Failure(const char* message) const;

  duckdb_connection connection_;
  const EngineMessageSink* messages_;  // The database's.
};

struct DuckSettings {
  // Of the buffer manager; the process takes up to twice that. Buffers fill up to it whatever the load,
  // because the file's blocks stay there; the system keeps what falls out, so that reading it again is a
  // copy.
  std::uint32_t memory_limit_mb = 256;
  std::uint32_t threads = 2;
  std::uint32_t checkpoint_threshold_mb = 64;  // Smaller stalls writers often, larger for long.
};

class DuckDatabase {
 public:
  // Opens the file, which must be there. With `path` empty, a database in memory.
  static base::Result<DuckDatabase> Open(const std::string& path, const DuckSettings& settings,
                                         EngineMessageSink messages);
  DuckDatabase(DuckDatabase&& other) noexcept;
  DuckDatabase& operator=(DuckDatabase&&) = delete;
  DuckDatabase(const DuckDatabase&) = delete;
  DuckDatabase& operator=(const DuckDatabase&) = delete;
  ~DuckDatabase();

  base::Result<DuckConnection> Connect() const;

 private:
  DuckDatabase(duckdb_database database, std::unique_ptr<EngineMessageSink> messages)
      : database_(database), messages_(std::move(messages)) {}

  duckdb_database database_;
  std::unique_ptr<EngineMessageSink>
      messages_;  // On the heap: connections point to it while the database moves.
};

}  // namespace cairn::search
