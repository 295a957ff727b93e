#include "server/store/roles.h"

#include <algorithm>

namespace cairn::store {
namespace {

std::string_view Trim(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

base::Result<PermissionSet> Parse(std::string_view names, std::span<const Role> roles,
                                  PermissionSet of_roles) {
  PermissionSet all;
  while (!names.empty()) {
    const std::string_view part = names.substr(0, names.find(','));
    names.remove_prefix(std::min(names.size(), part.size() + 1));
    const std::string_view name = Trim(part);
    const auto role = std::ranges::find(roles, name, &Role::name);
    if (role != roles.end()) {
      all.AddAll(role->permissions.And(of_roles));
      continue;
    }
    ASSIGN_OR_RETURN(const PermissionSet one, PermissionSet::Parse(name));
    all.AddAll(one);
  }
  return all;
}

PermissionSet Everything() {
  PermissionSet all;
  for (const PermissionName& row : kPermissionNames) all.Add(row.permission);
  return all;
}

}  // namespace

std::vector<Role> BuiltInRoles() {
  PermissionSet hackers = {Permission::kViewPii, Permission::kViewRawDump, Permission::kRunLongQueries,
                           Permission::kReprocessCrashes};
  PermissionSet hackers_plus = hackers;
  hackers_plus.Add(Permission::kRunCustomQueries);
  return {{"Hackers", hackers}, {"Hackers Plus", hackers_plus}};
}

base::Result<PermissionSet> ParseRights(std::string_view names, std::span<const Role> roles) {
  return Parse(names, roles, Everything());
}

base::Result<PermissionSet> ParseProductRights(std::string_view names, std::span<const Role> roles) {
  return Parse(names, roles, kProductPermissions);
}

}  // namespace cairn::store
