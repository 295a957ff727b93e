#include "server/accounts/answers.h"

#include <algorithm>

#include "os/clock.h"

namespace cairn::accounts {
namespace {

std::vector<std::string> NamesOf(store::PermissionSet permissions) {
  std::vector<std::string> names;
  for (const store::PermissionName& row : store::kPermissionNames) {
    if (permissions.Has(row.permission)) names.emplace_back(row.name);
  }
  return names;
}

void WriteNames(store::PermissionSet permissions, base::JsonWriter& json) {
  json.BeginArray();
  for (const std::string& name : NamesOf(permissions)) json.String(name);
  json.EndArray();
}

}  // namespace

http::Response AnswerTo(const base::Error& error) {
  using base::Code;
  switch (error.code) {
    case Code::kBadValue:
    case Code::kRefused: return http::ErrorResponse(400, base::Describe({error.code, 0, error.what}));
    case Code::kNotFound: return http::ErrorResponse(404, "There is no such " + std::string(error.what));
    case Code::kLimitExceeded:
      return http::ErrorResponse(400, std::string(error.what) + ": there are as many as there may be");
    default: return http::ErrorResponse(500, "The directory could not answer: " + base::Describe(error));
  }
}

http::Response TooOften(std::string_view message, std::int64_t wait_ms) {
  http::Response response = http::ErrorResponse(429, message);
  response.headers.push_back({"Retry-After", std::to_string((wait_ms + 999) / 1000)});
  return response;
}

std::string ParameterOf(const http::Request& request, std::string_view name) {
  return std::string(
      http::FindQueryField(http::ParseQuery(request.query).value_or(http::QueryFields()), name));
}

void WritePermissions(store::PermissionSet permissions, base::JsonWriter& json) {
  json.Key("permissions");
  WriteNames(permissions, json);
}

void WriteGrants(const store::Grants& grants, base::JsonWriter& json) {
  json.Key("grants");
  json.BeginObject();
  for (const auto& [product, permissions] : grants) {
    json.Key(product);
    WriteNames(permissions, json);
  }
  json.EndObject();
}

base::Result<store::PermissionSet> ReadPermissions(const std::vector<std::string>& names,
                                                   std::span<const store::Role> roles) {
  store::PermissionSet all;
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(const store::PermissionSet one, store::ParseRights(name, roles));
    all.AddAll(one);
  }
  return all;
}

base::Result<store::Grants> ReadGrants(const http::JsonOrder::Lists& lists,
                                       std::span<const store::Role> roles) {
  store::Grants grants;
  for (const auto& [product, names] : lists) {
    store::PermissionSet all;
    for (const std::string& name : names) {
      ASSIGN_OR_RETURN(const store::PermissionSet one, store::ParseProductRights(name, roles));
      all.AddAll(one);
    }
    if (!all.empty()) grants[product] = all;
  }
  RETURN_IF_ERROR(store::CheckGrants(grants));
  return grants;
}

store::PermissionSet PermissionsOf(const http::Caller& caller) {
  store::PermissionSet permissions;
  for (const store::PermissionName& row : store::kPermissionNames) {
    if (caller.Has(row.name)) permissions.Add(row.permission);
  }
  return permissions;
}

store::Grants GrantsOf(const http::Caller& caller) {
  store::Grants grants;
  for (const auto& [product, names] : caller.grants) {
    for (const store::PermissionName& row : store::kPermissionNames) {
      if (std::ranges::find(names, row.name) != names.end()) grants[product].Add(row.permission);
    }
  }
  return grants;
}

void SetRights(store::PermissionSet permissions, const store::Grants& grants, http::Caller& caller) {
  caller.permissions = NamesOf(permissions.WithImplied());
  for (const auto& [product, of_product] : grants) caller.grants[product] = NamesOf(of_product);
}

void WriteTime(std::string_view key, const std::optional<std::int64_t>& time_ms, base::JsonWriter& json) {
  if (time_ms) json.TextField(key, os::FormatIso(*time_ms));
}

}  // namespace cairn::accounts
