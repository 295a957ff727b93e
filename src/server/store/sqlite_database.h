// SqliteDatabase and SqliteStatement: SQLite's handles with owners, set up so that a commit that returned is
// durable.
//
// Not for several threads at once: each user brings its lock.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/byte_reader.h"
#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace cairn::store {

// A prepared statement. Use: Bind all parameters in order, then Step until it says false; it is then ready
// for the next use. The first failure is kept and returned by every later Step.
class SqliteStatement {
 public:
  SqliteStatement& Bind(std::int64_t value);
  SqliteStatement& Bind(std::string_view text);
  SqliteStatement& Bind(base::Bytes blob);

  // True: there is a row to read. False: done.
  base::Result<bool> Step();
  // Runs a statement of which no row is wanted.
  base::Status Run();

  std::int64_t Integer(int column) const;
  std::string Text(int column) const;
  std::string Blob(int column) const;

 private:
  friend class SqliteDatabase;
  explicit SqliteStatement(sqlite3_stmt* statement);
  void Rewind();

  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int next_parameter_ = 1;
  bool bound_all_ = true;
};

class SqliteDatabase {
 public:
  // Opens or makes the file (0600): WAL, synchronous=FULL, foreign keys on, 5 s of patience with other
  // processes; what is deleted is overwritten.
  static base::Result<SqliteDatabase> Open(const std::string& path);

  // Several statements without parameters, such as a schema.
  base::Status Execute(const std::string& sql);
  base::Result<SqliteStatement> Prepare(std::string_view sql) const;

  // How many rows the last statement changed.
  std::int64_t changes() const;

  // Texts of which no row is left are in no byte of the file and its log when it returns. Overwriting does
  // not reach copies of rows that moved within the file: where there is one, the file is made anew. Outside
  // of transactions. kTimeout if another process holds on to an old state.
  base::Status Scrub(std::span<const std::string> texts);

 private:
  explicit SqliteDatabase(sqlite3* database);
  base::Status EmptyLog();
  base::Result<bool> Holds(std::span<const std::string> texts) const;

  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace cairn::store
