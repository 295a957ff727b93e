#include "server/store/permissions.h"

#include <algorithm>
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

base::Status CheckGrants(const Grants& grants) {
  constexpr std::size_t kMaxNameBytes = 200;  // Of a product: kMaxDirectoryTextLength.
  if (grants.size() > kMaxGrants) return base::Error{base::Code::kBadValue, kMaxGrants, "number of grants"};
  for (const auto& [product, permissions] : grants) {
    const bool is_name =
        !product.empty() && product.size() <= kMaxNameBytes &&
        std::ranges::none_of(product, [](char c) { return (c >= 0 && c < ' ') || c == 0x7f; });
    if (!is_name) return base::Error{base::Code::kBadValue, 0, "product of a grant"};
    if (permissions.And(kProductPermissions) != permissions)
      return base::Error{base::Code::kBadValue, 0, "grant: one of its permissions is for all products only"};
  }
  return {};
}

std::string GrantsInWords(const Grants& grants) {
  std::string words;
  for (const auto& [product, permissions] : grants) {
    words += (words.empty() ? "" : "; ") + product + ": " + permissions.ToText();
  }
  return words;
}

std::string RightsInWords(PermissionSet permissions, const Grants& grants) {
  const std::string words = GrantsInWords(grants);
  return permissions.ToText() + (words.empty() || permissions.empty() ? "" : "; ") + words;
}

Grants WithImplied(Grants grants) {
  for (auto& [product, permissions] : grants) permissions.Add(Permission::kViewClosedProducts);
  return grants;
}

PermissionSet RightsFor(std::string_view product, PermissionSet permissions, const Grants& grants) {
  PermissionSet rights = permissions.WithImplied();
  if (const auto own = grants.find(product); own != grants.end()) {
    rights.AddAll(own->second);
    rights.Add(Permission::kViewClosedProducts);
  }
  return rights;
}

Grants GrantsInForce(const Grants& token, PermissionSet permissions, const Grants& grants) {
  Grants in_force;
  for (const auto& [product, wanted] : token) {
    const PermissionSet rights = RightsFor(product, permissions, grants);
    PermissionSet both = wanted.And(rights);
    if (both.empty()) continue;
    if (rights.Has(Permission::kViewClosedProducts)) both.Add(Permission::kViewClosedProducts);
    in_force[product] = both;
  }
  return in_force;
}

}  // namespace cairn::store
