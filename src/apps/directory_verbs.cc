#include "apps/directory_verbs.h"

#include <utility>

#include "apps/command.h"
#include "os/file.h"
#include "server/store/soci_directory.h"

namespace cairn::apps {

std::variant<std::unique_ptr<store::Directory>, int> OpenDirectory(std::string_view verb,
                                                                   const std::string& data) {
  if (const base::Status made = os::MakeDirectories(data); !made) return FailVerb(verb, made.error());
  base::Result<std::unique_ptr<store::SociDirectory>> directory =
      store::SociDirectory::OpenSqlite(data + "/directory.sqlite");
  if (directory) return std::unique_ptr<store::Directory>(*std::move(directory));
  PrintError(verb, data + ": " + base::Describe(directory.error()));
  return kExitFailure;
}

int RecordVerb(std::string_view verb, store::Directory& directory, const std::string& action,
               const std::string& object) {
  const base::Status recorded =
      directory.Record({.who = "cairn " + std::string(verb), .action = action, .object = object});
  return recorded ? kExitOk : FailVerb(verb, recorded.error());
}

int FailVerb(std::string_view verb, const base::Error& error) {
  PrintError(verb, base::Describe(error));
  return error.code == base::Code::kNotFound ? kExitProblem : ExitCodeOf(error);
}

}  // namespace cairn::apps
