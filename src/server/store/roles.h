// Roles: names for sets of permissions, so that people are given what goes together. A role is a shorthand:
// what it holds is given at the time it is given, and a change of the role later changes nobody.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/store/permissions.h"

namespace cairn::store {

struct Role {
  std::string name;  // Not a permission's; without commas.
  PermissionSet permissions;
};

// Those that Crash Stats has, with its permissions: "Hackers" and "Hackers Plus".
std::vector<Role> BuiltInRoles();

// Of names of permissions and roles, comma-separated. kBadValue if one of them is neither.
base::Result<PermissionSet> ParseRights(std::string_view names, std::span<const Role> roles);
// For single products: of roles what may be given so. Other permissions stay, for CheckGrants to refuse.
base::Result<PermissionSet> ParseProductRights(std::string_view names, std::span<const Role> roles);

}  // namespace cairn::store
