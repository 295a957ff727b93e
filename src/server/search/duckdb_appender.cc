#include "server/search/duckdb_appender.h"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace cairn::search {
namespace {

using base::Code;
using base::Error;

void Tell(const EngineMessageSink& messages, const char* message) {
  if (messages && message != nullptr) messages(message);
}

}  // namespace

base::Result<DuckAppender> DuckAppender::Create(DuckConnection& connection, const std::string& catalog,
                                                const std::string& table,
                                                std::span<const std::string> columns) {
  duckdb_appender handle = nullptr;
  const duckdb_state state = duckdb_appender_create_ext(
      connection.handle(), catalog.empty() ? nullptr : catalog.c_str(), nullptr, table.c_str(), &handle);
  DuckAppender appender(handle, &connection.messages());
  appender.ok_ = state == DuckDBSuccess;
  for (const std::string& column : columns) {
    appender.ok_ = appender.ok_ && duckdb_appender_add_column(handle, column.c_str()) == DuckDBSuccess;
  }
  if (!appender.ok_) {
    Tell(connection.messages(), duckdb_appender_error(handle));
    return Error{Code::kIo, EIO, "append to the index"};
  }
  appender.MakeChunk();
  return appender;
}

DuckAppender::DuckAppender(DuckAppender&& other) noexcept
    : appender_(std::exchange(other.appender_, nullptr)),
      messages_(other.messages_),
      chunk_(std::exchange(other.chunk_, nullptr)),
      columns_(std::move(other.columns_)),
      next_column_(other.next_column_),
      row_(other.row_),
      ok_(other.ok_) {}

DuckAppender::~DuckAppender() {
  if (chunk_ != nullptr) duckdb_destroy_data_chunk(&chunk_);
  // Destroying flushes; where that fails, the transaction is rolled back by whoever reads the status of
  // Finish.
  if (appender_ != nullptr) duckdb_appender_destroy(&appender_);
}

void DuckAppender::MakeChunk() {
  std::vector<duckdb_logical_type> types;
  for (idx_t i = 0; i < duckdb_appender_column_count(appender_); ++i) {
    types.push_back(duckdb_appender_column_type(appender_, i));
    columns_.push_back({.type = duckdb_get_type_id(types.back())});
  }
  chunk_ = duckdb_create_data_chunk(types.data(), types.size());
  for (duckdb_logical_type& type : types) duckdb_destroy_logical_type(&type);
  StartChunk();
}

void DuckAppender::StartChunk() {
  row_ = 0;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    Column& column = columns_[i];
    column.vector = duckdb_data_chunk_get_vector(chunk_, i);
    column.data = duckdb_vector_get_data(column.vector);
    duckdb_vector_ensure_validity_writable(column.vector);
    column.validity = duckdb_vector_get_validity(column.vector);
    if (column.type == DUCKDB_TYPE_LIST)
      ok_ = ok_ && duckdb_list_vector_set_size(column.vector, 0) == DuckDBSuccess;
  }
}

bool DuckAppender::SendChunk() {
  duckdb_data_chunk_set_size(chunk_, row_);
  const bool sent = duckdb_append_data_chunk(appender_, chunk_) == DuckDBSuccess;
  duckdb_data_chunk_reset(chunk_);
  StartChunk();
  return sent;
}

DuckAppender::Column* DuckAppender::Next(duckdb_type type) {
  ok_ = ok_ && next_column_ < columns_.size() && columns_[next_column_].type == type;
  return ok_ ? &columns_[next_column_++] : nullptr;
}

DuckAppender& DuckAppender::Integer(std::int64_t value) {
  if (const Column* const column = Next(DUCKDB_TYPE_BIGINT)) {
    static_cast<std::int64_t*>(column->data)[row_] = value;
  }
  return *this;
}

DuckAppender& DuckAppender::Number(double value) {
  if (const Column* const column = Next(DUCKDB_TYPE_DOUBLE)) static_cast<double*>(column->data)[row_] = value;
  return *this;
}

DuckAppender& DuckAppender::Boolean(bool value) {
  if (const Column* const column = Next(DUCKDB_TYPE_BOOLEAN)) static_cast<bool*>(column->data)[row_] = value;
  return *this;
}

DuckAppender& DuckAppender::Text(std::string_view text) {
  const Column* const column = Next(DUCKDB_TYPE_VARCHAR);
  if (column == nullptr) return *this;
  if (text.empty()) {
    duckdb_validity_set_row_invalid(column->validity, row_);
  } else {
    duckdb_vector_assign_string_element_len(column->vector, row_, text.data(), text.size());
  }
  return *this;
}

DuckAppender& DuckAppender::Id(const Uuid& uuid) {
  if (const Column* const column = Next(DUCKDB_TYPE_UUID)) {
    // DuckDB keeps a UUID as a signed number with the highest bit the other way round, so that both sort
    // alike.
    static_cast<duckdb_hugeint*>(column->data)[row_] = {
        .lower = uuid.lower, .upper = static_cast<std::int64_t>(uuid.upper ^ (std::uint64_t{1} << 63))};
  }
  return *this;
}

DuckAppender& DuckAppender::Integers(std::span<const std::int64_t> values) {
  const Column* const column = Next(DUCKDB_TYPE_LIST);
  if (column == nullptr) return *this;
  const idx_t begin = duckdb_list_vector_get_size(column->vector);
  ok_ = duckdb_list_vector_reserve(column->vector, begin + values.size()) == DuckDBSuccess &&
        duckdb_list_vector_set_size(column->vector, begin + values.size()) == DuckDBSuccess;
  if (!ok_) return *this;
  // Asked for again each time: reserving may move it.
  void* const elements = duckdb_vector_get_data(duckdb_list_vector_get_child(column->vector));
  std::ranges::copy(values, static_cast<std::int64_t*>(elements) + begin);
  static_cast<duckdb_list_entry*>(column->data)[row_] = {.offset = begin, .length = values.size()};
  return *this;
}

DuckAppender& DuckAppender::Absent() {
  ok_ = ok_ && next_column_ < columns_.size();
  if (ok_) duckdb_validity_set_row_invalid(columns_[next_column_++].validity, row_);
  return *this;
}

void DuckAppender::EndRow() {
  ok_ = ok_ && next_column_ == columns_.size();
  next_column_ = 0;
  if (ok_ && ++row_ == duckdb_vector_size()) ok_ = SendChunk();
}

base::Status DuckAppender::Finish() {
  if (ok_ && row_ > 0) ok_ = SendChunk();
  ok_ = ok_ && duckdb_appender_close(appender_) == DuckDBSuccess;
  if (ok_) return {};
  Tell(*messages_, duckdb_appender_error(appender_));
  return Error{Code::kIo, EIO, "append to the index"};
}

}  // namespace cairn::search
