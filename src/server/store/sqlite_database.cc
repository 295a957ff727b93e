#include "server/store/sqlite_database.h"

#include <sqlite3.h>

#include <algorithm>
#include <cerrno>

#include "os/file.h"
#include "server/store/text_finder.h"

namespace cairn::store {
namespace {

using base::Code;
using base::Error;

// Another process (a command that makes a token) holds the write lock for a few milliseconds.
constexpr int kBusyTimeoutMs = 5000;
constexpr sqlite3_int64 kScrubBlockBytes = 1 << 20;  // Far more than a text that is looked for.

Error SqliteError(int code, std::string_view what) {
  switch (code & 0xff) {  // The low byte is the primary code, https://sqlite.org/rescode.html.
    case SQLITE_FULL: return {Code::kIo, ENOSPC, what};
    case SQLITE_READONLY: return {Code::kIo, EROFS, what};
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return {Code::kTimeout, 0, what};
    case SQLITE_NOTADB: return {Code::kBadMagic, 0, what};
    case SQLITE_CORRUPT: return {Code::kBadValue, 0, what};
    default: return {Code::kIo, EIO, what};
  }
}

}  // namespace

void SqliteStatement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

SqliteStatement::SqliteStatement(sqlite3_stmt* statement) : statement_(statement) {}

SqliteStatement& SqliteStatement::Bind(std::int64_t value) {
  bound_all_ &= sqlite3_bind_int64(statement_.get(), next_parameter_++, value) == SQLITE_OK;
  return *this;
}

SqliteStatement& SqliteStatement::Bind(std::string_view text) {
  bound_all_ &= sqlite3_bind_text64(statement_.get(), next_parameter_++, text.empty() ? "" : text.data(),
                                    text.size(), SQLITE_TRANSIENT, SQLITE_UTF8) == SQLITE_OK;
  return *this;
}

SqliteStatement& SqliteStatement::Bind(base::Bytes blob) {
  const void* const bytes = blob.empty() ? static_cast<const void*>("") : blob.data();
  bound_all_ &= sqlite3_bind_blob64(statement_.get(), next_parameter_++, bytes, blob.size(),
                                    SQLITE_TRANSIENT) == SQLITE_OK;
  return *this;
}

base::Result<bool> SqliteStatement::Step() {
  const int code = bound_all_ ? sqlite3_step(statement_.get()) : SQLITE_MISUSE;
  if (code == SQLITE_ROW) return true;
  Rewind();
  if (code == SQLITE_DONE) return false;
  return SqliteError(code, "database statement");
}

base::Status SqliteStatement::Run() {
  while (true) {
    ASSIGN_OR_RETURN(const bool row, Step());
    if (!row) return {};
  }
}

std::int64_t SqliteStatement::Integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string SqliteStatement::Text(int column) const {
  const void* const text = sqlite3_column_text(statement_.get(), column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return text == nullptr ? std::string() : std::string(static_cast<const char*>(text), size);
}

std::string SqliteStatement::Blob(int column) const {
  const void* const blob = sqlite3_column_blob(statement_.get(), column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return blob == nullptr ? std::string() : std::string(static_cast<const char*>(blob), size);
}

void SqliteStatement::Rewind() {
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
  next_parameter_ = 1;
  bound_all_ = true;
}

void SqliteDatabase::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

SqliteDatabase::SqliteDatabase(sqlite3* database) : database_(database) {}

base::Result<SqliteDatabase> SqliteDatabase::Open(const std::string& path) {
  // SQLite would make the file with the process's umask; its -wal and -shm take the mode of the file.
  RETURN_IF_ERROR(os::CreateIfAbsent(path));
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  SqliteDatabase database(handle);
  if (code != SQLITE_OK) return SqliteError(code, "open database");
  sqlite3_busy_timeout(handle, kBusyTimeoutMs);
  RETURN_IF_ERROR(database.Execute(
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; "
      "PRAGMA secure_delete=ON;"));
  return database;
}

base::Status SqliteDatabase::Execute(const std::string& sql) {
  const int code = sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return SqliteError(code, "database statement");
  return {};
}

base::Result<SqliteStatement> SqliteDatabase::Prepare(std::string_view sql) const {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return SqliteError(code, "prepare database statement");
  return SqliteStatement(statement);
}

std::int64_t SqliteDatabase::changes() const { return sqlite3_changes64(database_.get()); }

base::Status SqliteDatabase::Scrub(std::span<const std::string> texts) {
  RETURN_IF_ERROR(EmptyLog());
  ASSIGN_OR_RETURN(const bool held, Holds(texts));
  if (!held) return {};
  // Its copy of the file is too large for the memory.
  RETURN_IF_ERROR(Execute("PRAGMA temp_store=FILE;"));
  const base::Status made_anew = Execute("VACUUM;");
  RETURN_IF_ERROR(Execute("PRAGMA temp_store=MEMORY;"));
  RETURN_IF_ERROR(made_anew);
  return EmptyLog();
}

// Writes all that is in the log into the file, and leaves the log with no bytes.
base::Status SqliteDatabase::EmptyLog() {
  const int code =
      sqlite3_wal_checkpoint_v2(database_.get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  if (code != SQLITE_OK) return SqliteError(code, "database log");
  return {};
}

// Reads through SQLite: closing a descriptor of its file would end this process's locks on it.
base::Result<bool> SqliteDatabase::Holds(std::span<const std::string> texts) const {
  const TextFinder finder(texts);
  sqlite3_file* file = nullptr;
  sqlite3_int64 size = 0;
  int code = sqlite3_file_control(database_.get(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (code == SQLITE_OK) code = file->pMethods->xFileSize(file, &size);
  if (code != SQLITE_OK) return SqliteError(code, "size of database");
  std::string block;
  for (sqlite3_int64 at = 0; at < size;) {
    block.resize(static_cast<std::size_t>(std::min<sqlite3_int64>(kScrubBlockBytes, size - at)));
    code = file->pMethods->xRead(file, block.data(), static_cast<int>(block.size()), at);
    if (code != SQLITE_OK) return SqliteError(code, "read database");
    if (finder.IsIn(block)) return true;
    if (at + static_cast<sqlite3_int64>(block.size()) == size) break;
    at += static_cast<sqlite3_int64>(block.size() - finder.longest());
  }
  return false;
}

}  // namespace cairn::store
