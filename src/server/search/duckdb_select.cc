#include "server/search/duckdb_select.h"

namespace cairn::search {
namespace {

// How a column comes into the answer.
struct Form {
  std::string_view type;   // In the answer.
  std::string_view begin;  // Around the column's number, so that it is of a type that DuckRows reads.
  std::string_view end;
};

Form FormOf(duckdb_type type) {
  switch (type) {
    case DUCKDB_TYPE_BOOLEAN: return {"boolean", "", ""};
    case DUCKDB_TYPE_TINYINT:
    case DUCKDB_TYPE_SMALLINT:
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_UTINYINT:
    case DUCKDB_TYPE_USMALLINT:
    case DUCKDB_TYPE_UINTEGER: return {"integer", "CAST(", " AS BIGINT)"};
    case DUCKDB_TYPE_UBIGINT:
    case DUCKDB_TYPE_HUGEINT:
    case DUCKDB_TYPE_UHUGEINT:
    case DUCKDB_TYPE_DECIMAL:
    case DUCKDB_TYPE_FLOAT:
    case DUCKDB_TYPE_DOUBLE: return {"number", "CAST(", " AS DOUBLE)"};
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_TZ:
    case DUCKDB_TYPE_TIMESTAMP_S:
    case DUCKDB_TYPE_TIMESTAMP_MS: return {"timestamp", "strftime(", ", '%Y-%m-%dT%H:%M:%S.%gZ')"};
    default: return {"text", "CAST(", " AS VARCHAR)"};
  }
}

struct Prepared {
  ~Prepared() { duckdb_destroy_prepare(&statement); }
  duckdb_prepared_statement statement = nullptr;
};

}  // namespace

std::variant<std::vector<SelectColumn>, std::string> InspectSelect(DuckConnection& connection,
                                                                   const std::string& sql) {
  Prepared prepared;
  if (duckdb_prepare(connection.handle(), sql.c_str(), &prepared.statement) != DuckDBSuccess) {
    const char* const message = duckdb_prepare_error(prepared.statement);
    return std::string(message != nullptr ? message : "The statement cannot be read");
  }
  if (duckdb_prepared_statement_type(prepared.statement) != DUCKDB_STATEMENT_TYPE_SELECT)
    return "Only SELECT is run here";
  if (duckdb_nparams(prepared.statement) != 0) return "A statement cannot have parameters";
  std::vector<SelectColumn> columns;
  for (idx_t i = 0; i < duckdb_prepared_statement_column_count(prepared.statement); ++i) {
    const char* const name = duckdb_prepared_statement_column_name(prepared.statement, i);
    const Form form = FormOf(duckdb_prepared_statement_column_type(prepared.statement, i));
    columns.push_back({name == nullptr ? "" : name, form.type, form.begin, form.end});
    duckdb_free(const_cast<char*>(name));  // NOLINT: the header says that it is ours to free.
  }
  return columns;
}

}  // namespace cairn::search
