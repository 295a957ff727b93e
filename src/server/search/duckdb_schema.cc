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
      {"uuid", "UUID"},           {"date_ms", "BIGINT"},      {"client_date_ms", "BIGINT"},
      {"input_number", "BIGINT"}, {"stack_number", "BIGINT"}, {"thread_stack_numbers", "BIGINT[]"}};
  for (const std::string_view text :
       {"product", "version", "release_channel", "build_id", "process_type", "platform", "platform_version",
        "cpu_arch", "reason", "address", "minidump_sha256_hash", "counterpart_id", "rule", "pack"}) {
    columns.push_back({std::string(text), "VARCHAR"});
  }
  columns.push_back({"client", "BIGINT"});
  columns.push_back({"weight", "DOUBLE"});
  for (const Field& field : Fields()) {
    if (field.id >= FieldId::kFirstOfRegistry)
      columns.push_back({AnnotationColumnOf(field), EngineTypeOf(field.type)});
  }
  return columns;
}

// `statements` with the catalog for each "@".
std::string WithCatalog(std::string_view statements, std::string_view catalog) {
  std::string text;
  for (const char c : statements) {
    if (c == '@') {
      text += catalog;
    } else {
      text += c;
    }
  }
  return text;
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

// Up to version 5 stacks and inputs had no numbers.
base::Status NumberDictionary(DuckConnection& connection, const std::string& catalog) {
  return connection.Execute(WithCatalog(R"sql(
    CREATE TABLE @.numbered_stacks AS
      SELECT id, row_number() OVER () - 1 AS number, address_ids FROM @.stacks;
    CREATE TABLE @.numbered_postings AS
      SELECT p.address_id, s.number AS stack_number FROM @.postings p
      JOIN @.numbered_stacks s ON s.id = p.stack_id ORDER BY 1, 2;
    CREATE TABLE @.numbered_inputs AS
      SELECT id, row_number() OVER () - 1 AS number, stack_id, more_stack_ids, platform, reason, annotations
      FROM @.signature_inputs;
    CREATE TABLE @.numbered_signatures AS
      SELECT s.input_id, i.number AS input_number, s.signature, s.proto_signature, s.signature_group
      FROM @.signatures s JOIN @.numbered_inputs i ON i.id = s.input_id;
    CREATE TABLE @.signature_texts AS
      SELECT row_number() OVER () - 1 AS number, signature
      FROM (SELECT DISTINCT signature FROM @.signatures WHERE signature IS NOT NULL);
    DROP TABLE @.stacks;
    DROP TABLE @.postings;
    DROP TABLE @.signature_inputs;
    DROP TABLE @.signatures;
    ALTER TABLE @.numbered_stacks RENAME TO stacks;
    ALTER TABLE @.numbered_postings RENAME TO postings;
    ALTER TABLE @.numbered_inputs RENAME TO signature_inputs;
    ALTER TABLE @.numbered_signatures RENAME TO signatures;
  )sql",
                                        catalog));
}

// Up to version 5 crashes named their input and stacks by id.
base::Status NumberCrashes(DuckConnection& connection, const std::string& catalog,
                           const std::string& dictionary, bool has_threads) {
  const std::string d = dictionary;
  const std::string threads =
      "SELECT u.row, list(n.number ORDER BY u.place) AS numbers FROM (SELECT rowid AS row, "
      "unnest(thread_stack_ids) AS id, generate_subscripts(thread_stack_ids, 1) AS place FROM @.crashes) u "
      "JOIN " +
      d + ".stacks n ON n.id = u.id GROUP BY u.row";
  return connection.Execute(WithCatalog(
      "CREATE TABLE @.numbered AS SELECT c.* EXCLUDE (input_id, stack_id" +
          std::string(has_threads ? ", thread_stack_ids" : "") +
          "), i.number AS input_number, s.number AS stack_number" +
          (has_threads ? ", t.numbers AS thread_stack_numbers" : "") + " FROM @.crashes c LEFT JOIN " + d +
          ".signature_inputs i ON i.id = c.input_id LEFT JOIN " + d + ".stacks s ON s.id = c.stack_id" +
          (has_threads ? " LEFT JOIN (" + threads + ") t ON t.row = c.rowid" : "") +
          " ORDER BY c.rowid; DROP TABLE @.crashes; ALTER TABLE @.numbered RENAME TO crashes",
      catalog));
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
  return WithCatalog(statements, catalog) + "CREATE TABLE " + std::string(catalog) +
         ".schema_version AS SELECT " + std::to_string(kSchemaVersion) + "::BIGINT AS version;";
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
    CREATE TABLE @.stacks (id BIGINT, number BIGINT, address_ids BIGINT[]);
    CREATE TABLE @.postings (address_id BIGINT, stack_number BIGINT);
    CREATE TABLE @.signature_inputs (id BIGINT, number BIGINT, stack_id BIGINT, more_stack_ids BIGINT[],
                                     platform VARCHAR, reason VARCHAR, annotations VARCHAR);
    CREATE TABLE @.signatures (input_id BIGINT, input_number BIGINT, signature VARCHAR, proto_signature VARCHAR,
                               signature_group VARCHAR);
    CREATE TABLE @.signature_texts (number BIGINT, signature VARCHAR);
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
    RETURN_IF_ERROR(NumberDictionary(connection, catalog));
    return MarkAsToday(connection, catalog);
  });
}

base::Status MigrateCrashes(DuckConnection& connection, const std::string& catalog,
                            const std::string& dictionary) {
  ASSIGN_OR_RETURN(const std::int64_t version, ReadableVersionOf(connection, catalog));
  using Types = std::map<std::string, std::string>;
  ASSIGN_OR_RETURN(Types present, ColumnsOf(connection, catalog, "crashes"));
  if (present.contains("input_id")) {
    const bool has_threads = present.contains("thread_stack_ids");
    RETURN_IF_ERROR(connection.InTransaction(
        [&] { return NumberCrashes(connection, catalog, dictionary, has_threads); }));
    ASSIGN_OR_RETURN(present, ColumnsOf(connection, catalog, "crashes"));
  }
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
