#include "server/store/permissions.h"

#include <optional>
#include <span>

namespace cairn::store {
namespace {

std::string_view Trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::optional<Permission> Find(std::string_view name) {
  for (const std::span<const PermissionName> table :
       {std::span<const PermissionName>(kPermissionNames),
        std::span<const PermissionName>(kFormerPermissionNames)}) {
    for (const PermissionName& row : table) {
      if (row.name == name) return row.permission;
    }
  }
  return std::nullopt;
}

}  // namespace

base::Result<PermissionSet> PermissionSet::Parse(std::string_view comma_separated_names) {
  PermissionSet set;
  std::string_view rest = comma_separated_names;
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    const std::string_view name = Trim(rest.substr(0, comma));
    const std::uint64_t offset = comma_separated_names.size() - rest.size();
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    if (name.empty()) continue;
    const std::optional<Permission> permission = Find(name);
    if (!permission) return base::Error{base::Code::kBadValue, offset, "permission name"};
    set.Add(*permission);
  }
  return set;
}

std::string PermissionSet::ToText() const {
  std::string text;
  for (const PermissionName& row : kPermissionNames) {
    if (!Has(row.permission)) continue;
    if (!text.empty()) text += ',';
    text += row.name;
  }
  return text;
}

}  // namespace cairn::store
