#include "apps/load_registry.h"

#include <vector>

#include "os/file.h"
#include "os/process.h"
#include "server/registry/registry_file.h"
#include "server/search/field.h"

namespace cairn::apps {
namespace {

// The file of a profile: a path, or a name of those that come with the server.
std::string FindProfile(const std::string& profile) {
  if (profile.find('/') != std::string::npos) return profile;
  const std::string beside = os::ExecutableFolder();
  for (const std::string folder : {"/../share/cairn/profiles/", "/../../../schema/profiles/"}) {
    if (os::Inspect(beside + folder + profile + ".yaml")) return beside + folder + profile + ".yaml";
  }
  return profile;
}

}  // namespace

std::string LoadRegistry(const ServerConfig& config, registry::Registry& registry) {
  if (!config.profile.empty()) {
    std::string wrong = registry::AddRegistryFile(FindProfile(config.profile), registry);
    if (!wrong.empty()) return wrong;
  }
  return config.annotations.empty() ? std::string() : registry::AddRegistryFile(config.annotations, registry);
}

void SearchBy(const registry::Registry& registry) {
  std::vector<search::RegistryField> fields;
  for (const auto* const rows : {&registry.annotations(), &registry.server_fields()}) {
    for (const auto& [name, row] : *rows) {
      fields.push_back({row.name, row.field, row.type, row.search, row.description, !row.is_public()});
    }
  }
  search::UseFields(fields);
}

void SearchForNoAnnotations() { search::UseFields({}); }

}  // namespace cairn::apps
