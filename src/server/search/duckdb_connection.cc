#include "server/search/duckdb_connection.h"

#include <cerrno>
#include <utility>

namespace cairn::search {
namespace {

using base::Code;
using base::Error;

void Tell(const EngineMessageSink& messages, const char* message) {
  if (messages && message != nullptr) messages(message);
}

std::string TextOf(duckdb_string_t text) {
  return std::string(duckdb_string_t_data(&text), duckdb_string_t_length(text));
}

struct Prepared {
  ~Prepared() { duckdb_destroy_prepare(&statement); }
  duckdb_prepared_statement statement = nullptr;
};

bool BindValue(duckdb_prepared_statement statement, idx_t index, const Value& value) {
  if (const auto* const number = std::get_if<std::int64_t>(&value)) {
    return duckdb_bind_int64(statement, index, *number) == DuckDBSuccess;
  }
  if (const auto* const number = std::get_if<double>(&value)) {
    return duckdb_bind_double(statement, index, *number) == DuckDBSuccess;
  }
  if (const auto* const text = std::get_if<std::string>(&value)) {
    return duckdb_bind_varchar_length(statement, index, text->data(), text->size()) == DuckDBSuccess;
  }
  return duckdb_bind_null(statement, index) == DuckDBSuccess;
}

// Makes a DuckDB list of the values that `make` gives for each element, and hands it to `use`.
template <typename Element, typename Make, typename Use>
bool WithList(duckdb_type element_type, std::span<const Element> elements, const Make& make, const Use& use) {
  std::vector<duckdb_value> values;
  values.reserve(elements.size() + 1);  // DuckDB refuses a null pointer, also for no elements.
  for (const Element& element : elements) values.push_back(make(element));
  duckdb_logical_type type = duckdb_create_logical_type(element_type);
  duckdb_value list = duckdb_create_list_value(type, values.data(), values.size());
  const bool ok = list != nullptr && use(list) == DuckDBSuccess;
  duckdb_destroy_value(&list);
  duckdb_destroy_logical_type(&type);
  for (duckdb_value& value : values) duckdb_destroy_value(&value);
  return ok;
}

}  // namespace

std::string QuoteSql(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("''") : std::string(1, c);
  return quoted + "'";
}

DuckRows::DuckRows(DuckRows&& other) noexcept
    : result_(std::exchange(other.result_, {})),
      chunk_(std::exchange(other.chunk_, nullptr)),
      columns_(std::move(other.columns_)),
      row_(other.row_) {}

DuckRows::~DuckRows() {
  duckdb_destroy_data_chunk(&chunk_);
  duckdb_destroy_result(&result_);
}

bool DuckRows::Next() {
  if (chunk_ != nullptr && ++row_ < duckdb_data_chunk_get_size(chunk_)) return true;
  duckdb_destroy_data_chunk(&chunk_);
  chunk_ = duckdb_fetch_chunk(result_);
  row_ = 0;
  if (chunk_ == nullptr || duckdb_data_chunk_get_size(chunk_) == 0) return false;
  ReadColumns();
  return true;
}

NumberSet DuckRows::ReadNumbers() {
  NumberSet set;
  for (;;) {
    duckdb_destroy_data_chunk(&chunk_);
    chunk_ = duckdb_fetch_chunk(result_);
    if (chunk_ == nullptr) return set;
    const auto* const numbers =
        static_cast<const std::int64_t*>(duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk_, 0)));
    const idx_t count = duckdb_data_chunk_get_size(chunk_);
    for (idx_t i = 0; i < count; ++i) set.Add(numbers[i]);
  }
}

void DuckRows::ReadColumns() {
  columns_.clear();
  for (idx_t i = 0; i < duckdb_data_chunk_get_column_count(chunk_); ++i) {
    const duckdb_vector vector = duckdb_data_chunk_get_vector(chunk_, i);
    columns_.push_back({.type = duckdb_column_type(&result_, i),
                        .data = duckdb_vector_get_data(vector),
                        .validity = duckdb_vector_get_validity(vector),
                        .vector = vector});
  }
}

bool DuckRows::IsAbsent(const Column& column) const {
  return column.validity != nullptr && !duckdb_validity_row_is_valid(column.validity, row_);
}

Value DuckRows::At(std::size_t index) const {
  const Column& column = columns_[index];
  if (IsAbsent(column)) return std::monostate();
  switch (column.type) {
    case DUCKDB_TYPE_VARCHAR: return TextOf(static_cast<const duckdb_string_t*>(column.data)[row_]);
    case DUCKDB_TYPE_BIGINT: return static_cast<const std::int64_t*>(column.data)[row_];
    case DUCKDB_TYPE_DOUBLE: return static_cast<const double*>(column.data)[row_];
    case DUCKDB_TYPE_BOOLEAN: return std::int64_t{static_cast<const bool*>(column.data)[row_]};
    default: return std::monostate();
  }
}

std::int64_t DuckRows::Integer(std::size_t column) const {
  const Value value = At(column);
  const auto* const number = std::get_if<std::int64_t>(&value);
  return number == nullptr ? 0 : *number;
}

double DuckRows::Number(std::size_t column) const {
  const Value value = At(column);
  const auto* const number = std::get_if<double>(&value);
  return number == nullptr ? 0 : *number;
}

std::string DuckRows::Text(std::size_t column) const {
  Value value = At(column);
  auto* const text = std::get_if<std::string>(&value);
  return text == nullptr ? std::string() : std::move(*text);
}

Uuid DuckRows::Id(std::size_t index) const {
  const Column& column = columns_[index];
  if (column.type != DUCKDB_TYPE_UUID || IsAbsent(column)) return {};
  // The highest bit is the other way round: see DuckAppender::Id.
  const duckdb_hugeint number = static_cast<const duckdb_hugeint*>(column.data)[row_];
  return {.upper = static_cast<std::uint64_t>(number.upper) ^ (std::uint64_t{1} << 63),
          .lower = number.lower};
}

std::span<const std::int64_t> DuckRows::Integers(std::size_t index) const {
  const Column& column = columns_[index];
  if (column.type != DUCKDB_TYPE_LIST || IsAbsent(column)) return {};
  const duckdb_list_entry entry = static_cast<const duckdb_list_entry*>(column.data)[row_];
  const void* const all = duckdb_vector_get_data(duckdb_list_vector_get_child(column.vector));
  return {static_cast<const std::int64_t*>(all) + entry.offset, entry.length};
}

DuckConnection::DuckConnection(DuckConnection&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)), messages_(other.messages_) {}

DuckConnection::~DuckConnection() {
  if (connection_ != nullptr) duckdb_disconnect(&connection_);
}

base::Status DuckConnection::Execute(const std::string& sql) {
  duckdb_result result;
  const bool ok = duckdb_query(connection_, sql.c_str(), &result) == DuckDBSuccess;
  base::Status status;
  if (!ok) status = Failure(duckdb_result_error(&result));
  duckdb_destroy_result(&result);
  return status;
}

base::Result<DuckRows> DuckConnection::Query(const std::string& sql, std::span<const Value> parameters) {
  return Run(sql, [&](duckdb_prepared_statement statement) {
    bool ok = duckdb_nparams(statement) == parameters.size();
    for (std::size_t i = 0; ok && i < parameters.size(); ++i) ok = BindValue(statement, i + 1, parameters[i]);
    return ok;
  });
}

base::Result<DuckRows> DuckConnection::QueryWithList(const std::string& sql,
                                                     std::span<const std::string> texts) {
  return Run(sql, [&](duckdb_prepared_statement statement) {
    return WithList(
        DUCKDB_TYPE_VARCHAR, texts,
        [](const std::string& text) { return duckdb_create_varchar_length(text.data(), text.size()); },
        [&](duckdb_value list) { return duckdb_bind_value(statement, 1, list); });
  });
}

base::Result<DuckRows> DuckConnection::QueryWithList(const std::string& sql,
                                                     std::span<const std::int64_t> numbers) {
  return Run(sql, [&](duckdb_prepared_statement statement) {
    return WithList(
        DUCKDB_TYPE_BIGINT, numbers, [](std::int64_t number) { return duckdb_create_int64(number); },
        [&](duckdb_value list) { return duckdb_bind_value(statement, 1, list); });
  });
}

base::Status DuckConnection::InTransaction(const std::function<base::Status()>& work) {
  RETURN_IF_ERROR(Execute("BEGIN TRANSACTION"));
  base::Status status = work();
  if (status) status = Execute("COMMIT");
  if (!status) (void)Execute("ROLLBACK");  // Where the commit failed it is rolled back already.
  return status;
}

template <typename BindAll>
base::Result<DuckRows> DuckConnection::Run(const std::string& sql, const BindAll& bind_all) {
  Prepared prepared;
  if (duckdb_prepare(connection_, sql.c_str(), &prepared.statement) != DuckDBSuccess) {
    return Failure(duckdb_prepare_error(prepared.statement));
  }
  if (!bind_all(prepared.statement)) return Error{Code::kBadValue, 0, "parameter of an index statement"};
  duckdb_result result;
  if (duckdb_execute_prepared(prepared.statement, &result) != DuckDBSuccess) {
    const Error error = Failure(duckdb_result_error(&result));
    duckdb_destroy_result(&result);
    return error;
  }
  return DuckRows(result);
}

Error DuckConnection::Failure(const char* message) const {
  // Whoever interrupted it knows.
  const bool is_interrupt = message != nullptr && std::string_view(message).starts_with("INTERRUPT");
  if (!is_interrupt) Tell(*messages_, message);
  return {Code::kIo, EIO, "index statement"};
}

base::Result<DuckDatabase> DuckDatabase::Open(const std::string& path, const DuckSettings& settings,
                                              EngineMessageSink messages) {
  duckdb_config config = nullptr;
  duckdb_create_config(&config);
  bool ok = true;
  const auto set = [&](const char* name, const std::string& value) {
    ok = ok && duckdb_set_config(config, name, value.c_str()) == DuckDBSuccess;
  };
  set("memory_limit", std::to_string(settings.memory_limit_mb) + "MB");
  set("threads", std::to_string(settings.threads));
  set("checkpoint_threshold", std::to_string(settings.checkpoint_threshold_mb) + "MB");
  set("allocator_background_threads", settings.has_background_thread ? "true" : "false");
  set("preserve_insertion_order", "false");  // Queries say their order; keeping another costs memory.
  // Nothing is ever fetched or loaded by a statement.
  set("autoinstall_known_extensions", "false");
  set("autoload_known_extensions", "false");
  duckdb_database handle = nullptr;
  char* message = nullptr;
  ok = ok &&
       duckdb_open_ext(path.empty() ? nullptr : path.c_str(), &handle, config, &message) == DuckDBSuccess;
  duckdb_destroy_config(&config);
  DuckDatabase database(handle, std::make_unique<EngineMessageSink>(std::move(messages)));
  if (!ok) {
    Tell(*database.messages_, message);
    duckdb_free(message);
    return Error{Code::kIo, EIO, "open the index"};
  }
  return database;
}

DuckDatabase::DuckDatabase(DuckDatabase&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)), messages_(std::move(other.messages_)) {}

DuckDatabase::~DuckDatabase() {
  if (database_ != nullptr) duckdb_close(&database_);
}

base::Result<DuckConnection> DuckDatabase::Connect() const {
  duckdb_connection connection = nullptr;
  if (duckdb_connect(database_, &connection) != DuckDBSuccess)
    return Error{Code::kIo, EIO, "connect to the index"};
  return DuckConnection(connection, messages_.get());
}

}  // namespace cairn::search
