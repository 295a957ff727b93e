// The tables of the index's files, and how files of older versions become files of this one.
//
// Each file says its schema number in table schema_version; without that table it is 1. Columns of searchable
// annotations follow from the registry, so they may also come and go without a new number.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "server/search/duckdb_connection.h"
#include "server/search/field.h"

namespace cairn::search {

inline constexpr std::int64_t kSchemaVersion = 6;

struct DuckDbColumn {
  std::string name;
  std::string_view type;
};

// The column of an annotation field.
std::string AnnotationColumnOf(const Field& field);

// Of table `crashes`, in the order in which rows are appended.
std::span<const DuckDbColumn> CrashColumns();

// `statements` with the catalog for each "@", and one that notes the schema number.
std::string WithSchemaVersion(std::string_view statements, std::string_view catalog);

// Statements that make the tables in the empty file of that catalog.
std::string DictionarySchema(std::string_view catalog);
std::string CrashesSchema(std::string_view catalog);
std::string ActivitySchema(std::string_view catalog);

// Of the file; kUnsupported if it is newer than this program, and likewise below.
base::Result<std::int64_t> SchemaVersionOf(DuckConnection& connection, const std::string& catalog);

// Bring a file to this version, whole or not at all; kUnsupported if it is of a newer one. Crashes get the
// numbers of a dictionary of this version.
base::Status MigrateDictionary(DuckConnection& connection, const std::string& catalog);
base::Status MigrateCrashes(DuckConnection& connection, const std::string& catalog,
                            const std::string& dictionary);
base::Status MigrateActivity(DuckConnection& connection, const std::string& catalog);

}  // namespace cairn::search
