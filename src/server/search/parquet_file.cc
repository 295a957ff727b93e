#include "server/search/parquet_file.h"

#include <optional>
#include <string_view>
#include <utility>

namespace cairn::search {
namespace {

using base::Code;
using base::Error;

constexpr std::string_view kRowsFunction = "cairn_rows";

duckdb_type EngineTypeOf(FieldType type) {
  switch (type) {
    case FieldType::kDate: return DUCKDB_TYPE_TIMESTAMP_TZ;
    case FieldType::kInteger: return DUCKDB_TYPE_BIGINT;
    case FieldType::kNumber: return DUCKDB_TYPE_DOUBLE;
    case FieldType::kBoolean: return DUCKDB_TYPE_BOOLEAN;
    default: return DUCKDB_TYPE_VARCHAR;
  }
}

duckdb_logical_type MakeTypeOf(FieldType type) {
  duckdb_logical_type made = duckdb_create_logical_type(EngineTypeOf(type));
  if (type != FieldType::kNames) return made;
  duckdb_logical_type list = duckdb_create_list_type(made);
  duckdb_destroy_logical_type(&made);
  return list;
}

// What the engine's callbacks work on; lives as long as the statement.
struct Source {
  std::span<const ParquetColumn> columns;
  const NextParquetRow& next;
  std::optional<Error> trouble = {};
};

struct Target {
  duckdb_vector vector = nullptr;
  void* data = nullptr;
  std::uint64_t* validity = nullptr;
};

// The lists of a chunk lie one behind the other in one vector of texts.
bool PutNames(const Target& target, idx_t row, std::string_view joined) {
  const std::vector<std::string> names = SplitNames(joined);
  const idx_t start = duckdb_list_vector_get_size(target.vector);
  if (duckdb_list_vector_reserve(target.vector, start + names.size()) != DuckDBSuccess ||
      duckdb_list_vector_set_size(target.vector, start + names.size()) != DuckDBSuccess) {
    return false;
  }
  const duckdb_vector child = duckdb_list_vector_get_child(target.vector);
  for (std::size_t i = 0; i < names.size(); ++i)
    duckdb_vector_assign_string_element_len(child, start + i, names[i].data(), names[i].size());
  static_cast<duckdb_list_entry*>(target.data)[row] = {start, names.size()};
  return true;
}

bool Put(const Target& target, FieldType type, idx_t row, const Value& value) {
  if (const auto* const text = std::get_if<std::string>(&value)) {
    if (type == FieldType::kNames) return PutNames(target, row, *text);
    if (!IsText(type)) return false;
    duckdb_vector_assign_string_element_len(target.vector, row, text->data(), text->size());
    return true;
  }
  const auto* const number = std::get_if<std::int64_t>(&value);
  const auto* const fraction = std::get_if<double>(&value);
  if (number != nullptr && type == FieldType::kInteger) {
    static_cast<std::int64_t*>(target.data)[row] = *number;
  } else if (number != nullptr && type == FieldType::kBoolean) {
    static_cast<bool*>(target.data)[row] = *number != 0;
  } else if (number != nullptr && type == FieldType::kDate) {
    std::int64_t microseconds = 0;
    if (__builtin_mul_overflow(*number, std::int64_t{1000}, &microseconds)) return false;
    static_cast<duckdb_timestamp*>(target.data)[row].micros = microseconds;
  } else if (type == FieldType::kNumber && (number != nullptr || fraction != nullptr)) {
    static_cast<double*>(target.data)[row] = fraction != nullptr ? *fraction : static_cast<double>(*number);
  } else {
    return false;
  }
  return true;
}

void SayColumns(duckdb_bind_info info) {
  const auto& source = *static_cast<const Source*>(duckdb_bind_get_extra_info(info));
  for (const ParquetColumn& column : source.columns) {
    duckdb_logical_type type = MakeTypeOf(column.type);
    duckdb_bind_add_result_column(info, column.name.c_str(), type);
    duckdb_destroy_logical_type(&type);
  }
}

void Begin(duckdb_init_info info) { duckdb_init_set_max_threads(info, 1); }

void GiveRows(duckdb_function_info info, duckdb_data_chunk chunk) {
  auto& source = *static_cast<Source*>(duckdb_function_get_extra_info(info));
  std::vector<Target> targets;
  for (idx_t i = 0; i < source.columns.size(); ++i) {
    duckdb_vector vector = duckdb_data_chunk_get_vector(chunk, i);
    duckdb_vector_ensure_validity_writable(vector);
    targets.push_back({vector, duckdb_vector_get_data(vector), duckdb_vector_get_validity(vector)});
  }
  std::vector<Value> values;
  idx_t rows = 0;
  for (; rows < duckdb_vector_size(); ++rows) {
    const base::Result<bool> has_row = source.next(values);
    if (!has_row || (*has_row && values.size() != targets.size())) {
      source.trouble = has_row ? Error{Code::kBadValue, values.size(), "values of a row"} : has_row.error();
      duckdb_function_set_error(info, "the rows ended with an error");
      return;
    }
    if (!*has_row) break;
    for (std::size_t i = 0; i < targets.size(); ++i) {
      if (!Put(targets[i], source.columns[i].type, rows, values[i]))
        duckdb_validity_set_row_invalid(targets[i].validity, rows);
    }
  }
  duckdb_data_chunk_set_size(chunk, rows);
}

base::Status Register(DuckConnection& connection, Source& source) {
  duckdb_table_function function = duckdb_create_table_function();
  duckdb_table_function_set_name(function, std::string(kRowsFunction).c_str());
  duckdb_table_function_set_extra_info(function, &source, nullptr);
  duckdb_table_function_set_bind(function, SayColumns);
  duckdb_table_function_set_init(function, Begin);
  duckdb_table_function_set_function(function, GiveRows);
  const bool ok = duckdb_register_table_function(connection.handle(), function) == DuckDBSuccess;
  duckdb_destroy_table_function(&function);
  return ok ? base::Status() : Error{Code::kIo, 0, "rows of a Parquet file"};
}

}  // namespace

base::Result<os::FileDescriptor> WriteParquet(const std::string& folder,
                                              std::span<const ParquetColumn> columns,
                                              const NextParquetRow& next, EngineMessageSink messages) {
  ASSIGN_OR_RETURN(os::FileDescriptor file, os::CreateNameless(folder));
  // The only path that this engine may open, and so nothing is left of it after a kill.
  const std::string path = QuoteSql("/proc/self/fd/" + std::to_string(file.get()));
  // One thread: rows keep their order.
  ASSIGN_OR_RETURN(
      const DuckDatabase database,
      DuckDatabase::Open("", {.memory_limit_mb = kParquetMemoryMb, .threads = 1}, std::move(messages)));
  ASSIGN_OR_RETURN(DuckConnection connection, database.Connect());
  Source source{columns, next};
  RETURN_IF_ERROR(Register(connection, source));
  RETURN_IF_ERROR(connection.Execute("LOAD parquet; SET temp_directory = ''; SET allowed_paths = [" + path +
                                     "]; SET enable_external_access = false"));
  const base::Status written =
      connection.Execute("COPY (SELECT * FROM " + std::string(kRowsFunction) + "()) TO " + path +
                         " (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false, ROW_GROUP_SIZE " +
                         std::to_string(kParquetGroupRows) + ")");
  if (source.trouble) return *source.trouble;
  if (!written) return written.error();
  RETURN_IF_ERROR(os::Rewind(file.get()));
  return file;
}

}  // namespace cairn::search
