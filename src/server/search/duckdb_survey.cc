#include "server/search/duckdb_survey.h"

#include <utility>

#include "os/file.h"
#include "server/search/duckdb_connection.h"
#include "server/search/duckdb_schema.h"

namespace cairn::search {
namespace {

constexpr std::string_view kCatalog = "surveyed";

base::Result<std::int64_t> VersionOfFile(DuckConnection& connection, const std::string& path) {
  const std::string catalog(kCatalog);
  RETURN_IF_ERROR(connection.Execute("ATTACH " + QuoteSql(path) + " AS " + catalog + " (READ_ONLY)"));
  const base::Result<std::int64_t> version = SchemaVersionOf(connection, catalog);
  RETURN_IF_ERROR(connection.Execute("DETACH " + catalog));
  return version;
}

}  // namespace

base::Result<std::vector<IndexFile>> SurveyIndexFiles(const std::string& folder) {
  ASSIGN_OR_RETURN(const DuckDatabase database, DuckDatabase::Open("", {}, [](std::string_view) {}));
  ASSIGN_OR_RETURN(DuckConnection connection, database.Connect());
  std::vector<IndexFile> files;
  for (const std::string part : {"", "weeks/", "activity/"}) {
    const base::Result<std::vector<std::string>> names = os::ListDirectory(folder + "/" + part);
    if (!names && names.error().code == base::Code::kNotFound && !part.empty()) continue;
    if (!names) return names.error();
    for (const std::string& name : *names) {
      if (!name.ends_with(".duckdb")) continue;
      IndexFile file{.path = part + name};
      const base::Result<std::int64_t> version = VersionOfFile(connection, folder + "/" + file.path);
      if (version) {
        file.schema_version = *version;
      } else {
        file.status = version.error();
      }
      files.push_back(std::move(file));
    }
  }
  return files;
}

}  // namespace cairn::search
