#include "apps/schema_folder.h"

#include <vector>

#include "os/file.h"

namespace cairn::apps {
namespace {

class Reader {
 public:
  explicit Reader(ping::SchemaSet& schemas) : schemas_(schemas) {}

  // `prefix` is what the names of files in this folder lack.
  std::string Visit(const std::string& folder, const std::string& prefix, int folders_below) {
    const base::Result<std::vector<std::string>> names = os::ListDirectory(folder);
    if (!names) return folder + ": " + base::Describe(names.error());
    for (const std::string& name : *names) {
      const std::string path = folder + "/" + name;
      std::string fault;
      if (name.ends_with(ping::kSchemaSuffix)) {
        fault = Take(path, prefix + name);
      } else if (folders_below > 0) {
        const base::Result<os::FileInfo> info = os::Inspect(path);
        // The outer of the two folders is the namespace; the name of a file begins with the inner one's.
        if (info && info->is_directory)
          fault = Visit(path, folders_below == 2 ? name + "." : prefix, folders_below - 1);
      }
      if (!fault.empty()) return fault;
    }
    return {};
  }

 private:
  std::string Take(const std::string& path, const std::string& name) {
    const base::Result<std::string> text = os::ReadFile(path, json_schema::kMaxSchemaBytes);
    if (!text) return path + ": " + base::Describe(text.error());
    const std::optional<json_schema::Problem> problem = schemas_.Add(name, *text);
    if (!problem) return {};
    return path + ": " + (problem->pointer.empty() ? "the schema" : problem->pointer) + " " + problem->reason;
  }

  ping::SchemaSet& schemas_;
};

}  // namespace

std::string AddSchemasOf(const std::string& folder, ping::SchemaSet& schemas) {
  return Reader(schemas).Visit(folder, "", 2);
}

}  // namespace cairn::apps
