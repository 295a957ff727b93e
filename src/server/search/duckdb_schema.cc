#include "server/search/duckdb_schema.h"

#include <map>
#include <vector>

#include "server/search/field.h"

namespace cairn::search {
namespace {

using base::Code;
using base::Error;

std::string_view EngineTypeOf(FieldType type) {
  switch (type) {
    case FieldType::kDate:
    case FieldType::kInteger: return "BIGINT";
    case FieldType::kNumber: return "DOUBLE";
    case FieldType::kBoolean: return "BOOLEAN";
    default: return "VARCHAR";
  }
}

std::vector<DuckDbColumn> MakeCrashColumns() {
  std::vector<DuckDbColumn> columns = {
      {"uuid", "UUID"},       {"date_ms", "BIGINT"},  {"client_date_ms", "BIGINT"},
      {"input_id", "BIGINT"}, {"stack_id", "BIGINT"}, {"thread_stack_ids", "BIGINT[]"}};
  for (const std::string_view text :
       {"product", "version", "release_channel", "build_id", "process_type", "platform", "platform_version",
        "cpu_arch", "reason", "address", "minidump_sha256_hash", "counterpart_id", "rule", "pack"}) {
    columns.push_back({std::string(text), "VARCHAR"});
  }
  columns.push_back({"client", "BIGINT"});
  columns.push_back({"weight", "DOUBLE"});
  for (const Field& field : Fields()) {
    if (!field.annotation.empty()) columns.push_back({AnnotationColumnOf(field), EngineTypeOf(field.type)});
  }
  return columns;
}

base::Result<std::int64_t> VersionOf(DuckConnection& connection, const std::string& catalog) {
  ASSIGN_OR_RETURN(
      DuckRows tables,
      connection.Query("SELECT table_name FROM duckdb_tables() WHERE table_name = 'schema_version' "
                       "AND database_name = " +
                       QuoteSql(catalog)));
  if (!tables.Next()) return std::int64_t{1};
  ASSIGN_OR_RETURN(DuckRows rows, connection.Query("SELECT version FROM " + catalog + ".schema_version"));
  if (!rows.Next()) return Error{Code::kBadValue, 0, "schema number of an index file"};
  return rows.Integer(0);
}

base::Result<std::map<std::string, std::string>> ColumnsOf(DuckConnection& connection,
                                                           const std::string& catalog,
                                                           const std::string& table) {
  std::map<std::string, std::string> types;
  ASSIGN_OR_RETURN(
      DuckRows rows,
      connection.Query("SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = " +
                       QuoteSql(catalog) + " AND table_name = " + QuoteSql(table)));
  while (rows.Next()) types[rows.Text(0)] = rows.Text(1);
  return types;
}

// The version that the file has, after a check that this program can read it.
base::Result<std::int64_t> ReadableVersionOf(DuckConnection& connection, const std::string& catalog) {
  ASSIGN_OR_RETURN(const std::int64_t version, VersionOf(connection, catalog));
  if (version > kSchemaVersion) {
    return Error{Code::kUnsupported, static_cast<std::uint64_t>(version), "schema number of an index file"};
  }
  return version;
}

base::Status Mark(DuckConnection& connection, const std::string& catalog, std::int64_t version) {
  return connection.Execute("CREATE OR REPLACE TABLE " + catalog + ".schema_version AS SELECT " +
                            std::to_string(version) + "::BIGINT AS version");
}

base::Status MarkAsToday(DuckConnection& connection, const std::string& catalog) {
  return Mark(connection, catalog, kSchemaVersion);
}

// Up to version 2 a file kept ids of the pings that it had counted, and hours.
base::Status CountSecondsBySource(DuckConnection& connection, const std::string& catalog) {
  RETURN_IF_ERROR(connection.Execute("DROP TABLE " + catalog + ".pings; DROP TABLE " + catalog +
                                     ".clients; CREATE TABLE " + catalog +
                                     ".taken (source BIGINT, number BIGINT); ALTER TABLE " + catalog +
                                     ".sums ALTER COLUMN usage_hours SET DATA TYPE BIGINT USING "
                                     "CAST(round(usage_hours * 3600) AS BIGINT); "
                                     "ALTER TABLE " +
                                     catalog + ".sums RENAME COLUMN usage_hours TO usage_seconds"));
  return Mark(connection, catalog, 3);
}

// Up to version 3 platforms had the names of error aggregates (stats::PlatformOf).
base::Status RenamePlatforms(DuckConnection& connection, const std::string& catalog) {
  RETURN_IF_ERROR(connection.Execute("UPDATE " + catalog +
                                     ".sums SET platform = CASE platform WHEN 'Windows' THEN 'Windows NT' "
                                     "WHEN 'Mac' THEN 'Mac OS X' END WHERE platform IN ('Windows', 'Mac', "
                                     "'Other')"));
  return Mark(connection, catalog, 4);
}

}  // namespace

std::string WithSchemaVersion(std::string_view statements, std::string_view catalog) {
  std::string text;
  for (const char c : statements) {
    if (c == '@') {
      text += catalog;
    } else {
      text += c;
    }
  }
  return text + "CREATE TABLE " + std::string(catalog) + ".schema_version AS SELECT " +
         std::to_string(kSchemaVersion) + "::BIGINT AS version;";
}

base::Result<std::int64_t> SchemaVersionOf(DuckConnection& connection, const std::string& catalog) {
  return ReadableVersionOf(connection, catalog);
}

std::string AnnotationColumnOf(const Field& field) { return "a_" + field.name; }

std::span<const DuckDbColumn> CrashColumns() {
  static const std::vector<DuckDbColumn> columns = MakeCrashColumns();
  return columns;
}

std::string DictionarySchema(std::string_view catalog) {
  return WithSchemaVersion(R"sql(
    CREATE TABLE @.frames (id BIGINT, hash BIGINT, module VARCHAR, function VARCHAR, file VARCHAR);
    CREATE TABLE @.addresses (id BIGINT, hash BIGINT, module VARCHAR, debug_id VARCHAR, module_offset BIGINT);
    CREATE TABLE @.address_frames (address_id BIGINT, position BIGINT, frame_id BIGINT, line BIGINT);
    CREATE TABLE @.stacks (id BIGINT, address_ids BIGINT[]);
    CREATE TABLE @.postings (address_id BIGINT, stack_id BIGINT);
    CREATE TABLE @.signature_inputs (id BIGINT, stack_id BIGINT, more_stack_ids BIGINT[], platform VARCHAR,
                                     reason VARCHAR, annotations VARCHAR);
    CREATE TABLE @.signatures (input_id BIGINT, signature VARCHAR, proto_signature VARCHAR,
                               signature_group VARCHAR);
    CREATE TABLE @.past_signatures (input_id BIGINT, signature VARCHAR);
  )sql",
                           catalog);
}

std::string CrashesSchema(std::string_view catalog) {
  std::string columns;
  for (const DuckDbColumn& column : CrashColumns()) {
    columns += (columns.empty() ? "" : ", ") + column.name + " " + std::string(column.type);
  }
  return WithSchemaVersion("CREATE TABLE @.crashes (" + columns + ");", catalog);
}

std::string ActivitySchema(std::string_view catalog) {
  return WithSchemaVersion(R"sql(
    CREATE TABLE @.sums (window_ms BIGINT, product VARCHAR, version VARCHAR, display_version VARCHAR,
                         build_id VARCHAR, release_channel VARCHAR, platform VARCHAR, platform_version VARCHAR,
                         cpu_arch VARCHAR, country VARCHAR, pings BIGINT, main_crashes BIGINT, content_crashes BIGINT,
                         content_shutdown_crashes BIGINT, startup_crashes BIGINT, gpu_crashes BIGINT,
                         plugin_crashes BIGINT, gmplugin_crashes BIGINT, sessions BIGINT, clients BIGINT,
                         usage_seconds BIGINT);
    CREATE TABLE @.taken (source BIGINT, number BIGINT);
  )sql",
                           catalog);
}

base::Status MigrateDictionary(DuckConnection& connection, const std::string& catalog) {
  ASSIGN_OR_RETURN(const std::int64_t version, ReadableVersionOf(connection, catalog));
  if (version == kSchemaVersion) return {};
  return connection.InTransaction([&]() -> base::Status {
    if (version == 1) {
      RETURN_IF_ERROR(connection.Execute(
          "ALTER TABLE " + catalog + ".signature_inputs ADD COLUMN more_stack_ids BIGINT[]; ALTER TABLE " +
          catalog + ".signatures ADD COLUMN signature_group VARCHAR"));
    }
    if (version < 5) {
      RETURN_IF_ERROR(connection.Execute("CREATE TABLE " + catalog +
                                         ".past_signatures (input_id BIGINT, signature VARCHAR)"));
    }
    return MarkAsToday(connection, catalog);
  });
}

base::Status MigrateCrashes(DuckConnection& connection, const std::string& catalog) {
  ASSIGN_OR_RETURN(const std::int64_t version, ReadableVersionOf(connection, catalog));
  using Types = std::map<std::string, std::string>;
  ASSIGN_OR_RETURN(const Types present, ColumnsOf(connection, catalog, "crashes"));
  std::vector<std::string> statements;
  for (const DuckDbColumn& column : CrashColumns()) {
    const std::string table = "ALTER TABLE " + catalog + ".crashes ";
    const auto found = present.find(column.name);
    if (found == present.end()) {
      statements.push_back(table + "ADD COLUMN " + column.name + " " + std::string(column.type));
    } else if (found->second != column.type) {
      // The registry gives an annotation another type now: what does not fit is absent.
      statements.push_back(table + "ALTER COLUMN " + column.name + " SET DATA TYPE " +
                           std::string(column.type) + " USING TRY_CAST(" + column.name + " AS " +
                           std::string(column.type) + ")");
    }
  }
  if (statements.empty() && version == kSchemaVersion) return {};
  return connection.InTransaction([&]() -> base::Status {
    for (const std::string& statement : statements) RETURN_IF_ERROR(connection.Execute(statement));
    return version == kSchemaVersion ? base::Status() : MarkAsToday(connection, catalog);
  });
}

base::Status MigrateActivity(DuckConnection& connection, const std::string& catalog) {
  ASSIGN_OR_RETURN(const std::int64_t version, ReadableVersionOf(connection, catalog));
  // One transaction each: the engine changes no rows of a table whose columns the same one has changed.
  if (version < 3) {
    RETURN_IF_ERROR(connection.InTransaction([&] { return CountSecondsBySource(connection, catalog); }));
  }
  if (version < 4) {
    RETURN_IF_ERROR(connection.InTransaction([&] { return RenamePlatforms(connection, catalog); }));
  }
  return version == kSchemaVersion ? base::Status() : MarkAsToday(connection, catalog);
}

}  // namespace cairn::search
