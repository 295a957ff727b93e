#include "server/accounts/answers.h"

#include <algorithm>

#include "os/clock.h"

namespace cairn::accounts {

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
  json.BeginArray();
  for (const store::PermissionName& row : store::kPermissionNames) {
    if (permissions.Has(row.permission)) json.String(row.name);
  }
  json.EndArray();
}

base::Result<store::PermissionSet> ReadPermissions(const std::vector<std::string>& names) {
  store::PermissionSet all;
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(const store::PermissionSet one, store::PermissionSet::Parse(name));
    all.AddAll(one);
  }
  return all;
}

store::PermissionSet PermissionsOf(const http::Caller& caller) {
  store::PermissionSet permissions;
  for (const store::PermissionName& row : store::kPermissionNames) {
    if (caller.Has(row.name)) permissions.Add(row.permission);
  }
  return permissions;
}

void WriteTime(std::string_view key, const std::optional<std::int64_t>& time_ms, base::JsonWriter& json) {
  if (time_ms) json.TextField(key, os::FormatIso(*time_ms));
}

}  // namespace cairn::accounts
