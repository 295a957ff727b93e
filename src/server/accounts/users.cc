// Users and the audit, for who administers.
#include <algorithm>
#include <charconv>
#include <string>

#include "server/accounts/accounts.h"
#include "server/accounts/answers.h"
#include "server/http/json_order.h"

namespace cairn::accounts {
namespace {

using http::ErrorResponse;
using http::Request;
using http::Response;
using store::PermissionSet;

void WriteUser(const store::User& user, base::JsonWriter& json) {
  json.BeginObject();
  json.NumberField("id", user.id);
  json.TextField("name", user.name);
  WritePermissions(user.permissions, json);
  WriteGrants(user.grants, json);
  WriteTime("created", user.created_ms, json);
  WriteTime("disabled", user.disabled_ms, json);
  json.EndObject();
}

// Those of the first that the other has not.
PermissionSet Without(PermissionSet set, PermissionSet other) {
  for (const store::PermissionName& row : store::kPermissionNames) {
    if (other.Has(row.permission)) set.Remove(row.permission);
  }
  return set;
}

Response AnswerWith(const store::User& user) {
  base::JsonWriter json;
  WriteUser(user, json);
  return http::JsonResponse(200, json.Take());
}

std::int64_t NumberParameter(const Request& request, std::string_view name, std::int64_t otherwise) {
  const std::string text = ParameterOf(request, name);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number > 0 ? number : otherwise;
}

}  // namespace

Response Accounts::ListUsers(Request&) {
  const base::Result<std::vector<store::User>> users = directory_.ListUsers();
  if (!users) return AnswerTo(users.error());
  base::JsonWriter json;
  json.BeginObject();
  json.Key("users");
  json.BeginArray();
  for (const store::User& user : *users) WriteUser(user, json);
  json.EndArray();
  json.Key("roles");
  json.BeginArray();
  for (const store::Role& role : options_.roles) {
    json.BeginObject();
    json.TextField("name", role.name);
    WritePermissions(role.permissions, json);
    json.EndObject();
  }
  json.EndArray();
  // What may stand in grants.
  json.Key("product_permissions");
  json.BeginArray();
  for (const store::PermissionName& row : store::kPermissionNames) {
    if (store::kProductPermissions.Has(row.permission)) json.String(row.name);
  }
  json.EndArray();
  json.EndObject();
  return http::JsonResponse(200, json.Take());
}

std::optional<Response> Accounts::SetPassword(std::int64_t user_id, const std::string& password) {
  if (std::string mistake = MistakeInPassword(password); !mistake.empty()) return ErrorResponse(400, mistake);
  const base::Result<std::string> hash = hasher_.Hash(password);
  if (!hash) return TooOften("Too many people sign in at once: try again", 1'000);
  const base::Status set = directory_.accounts().SetPassword(user_id, *hash);
  return set ? std::nullopt : std::optional(AnswerTo(set.error()));
}

// An entry of the audit for each product.
std::optional<Response> Accounts::ChangeGrants(const Request& request, const store::User& user,
                                               const store::Grants& grants) {
  store::Grants all = grants;
  for (const auto& [product, permissions] : user.grants) all.try_emplace(product);
  for (const auto& [product, permissions] : all) {
    const auto had = user.grants.find(product);
    const PermissionSet before = had == user.grants.end() ? PermissionSet() : had->second;
    for (const auto& [verb, change] : {std::pair{"grant ", Without(permissions, before)},
                                       std::pair{"revoke ", Without(before, permissions)}}) {
      if (change.empty()) continue;
      if (std::optional<Response> refusal =
              Note(request, verb + change.ToText() + " for " + product, user.name))
        return refusal;
    }
  }
  const base::Status set = directory_.SetGrants(user.id, grants);
  return set ? std::nullopt : std::optional(AnswerTo(set.error()));
}

Response Accounts::AddUser(Request& request) {
  http::JsonOrder order(request.body);
  const std::string name = order.NeededText("name");
  const std::vector<std::string> names = order.Texts("permissions").value_or(std::vector<std::string>{});
  const http::JsonOrder::Lists lists = order.TextsByName("grants").value_or(http::JsonOrder::Lists{});
  const std::optional<std::string> password = order.Text("password");
  if (std::optional<Response> refusal = order.refusal()) return *std::move(refusal);
  const base::Result<PermissionSet> permissions = ReadPermissions(names, options_.roles);
  if (!permissions) return AnswerTo(permissions.error());
  const base::Result<store::Grants> grants = ReadGrants(lists, options_.roles);
  if (!grants) return AnswerTo(grants.error());
  if (password) {
    // Before there is a user, who would be left without one.
    if (std::string mistake = MistakeInPassword(*password); !mistake.empty())
      return ErrorResponse(400, mistake);
  }
  const std::string what = permissions->empty() ? "" : " with " + permissions->ToText();
  if (std::optional<Response> refusal = Note(request, "add user" + what, name)) return *std::move(refusal);
  base::Result<store::User> added = directory_.AddUser(name, *permissions);
  if (!added) return AnswerTo(added.error());
  if (std::optional<Response> refusal = ChangeGrants(request, *added, *grants)) return *std::move(refusal);
  added->grants = *grants;
  if (password) {
    if (std::optional<Response> refusal = SetPassword(added->id, *password)) return *std::move(refusal);
  }
  return AnswerWith(*added);
}

Response Accounts::ChangeUser(Request& request) {
  http::JsonOrder order(request.body);
  const std::string name = order.NeededText("name");
  const std::optional<std::vector<std::string>> names = order.Texts("permissions");
  const std::optional<http::JsonOrder::Lists> lists = order.TextsByName("grants");
  const std::optional<std::string> password = order.Text("password");
  const std::optional<bool> disabled = order.Flag("disabled");
  if (std::optional<Response> refusal = order.refusal()) return *std::move(refusal);
  const base::Result<PermissionSet> permissions =
      ReadPermissions(names.value_or(std::vector<std::string>{}), options_.roles);
  if (!permissions) return AnswerTo(permissions.error());
  const base::Result<store::Grants> grants =
      ReadGrants(lists.value_or(http::JsonOrder::Lists{}), options_.roles);
  if (!grants) return AnswerTo(grants.error());
  const base::Result<std::optional<store::User>> user = directory_.FindUser(name);
  if (!user) return AnswerTo(user.error());
  if (!*user) return AnswerTo({base::Code::kNotFound, 0, "user"});
  const std::int64_t id = (*user)->id;
  const bool loses_power =
      disabled.value_or(false) || (names && !permissions->Has(store::Permission::kAdminister));
  if (id == request.caller.user_id && loses_power)
    return ErrorResponse(
        400, "You cannot take from yourself what lets you give it back: ask another administrator");

  if (names) {
    const PermissionSet before = (*user)->permissions;
    for (const auto& [verb, change] : {std::pair{"grant ", Without(*permissions, before)},
                                       std::pair{"revoke ", Without(before, *permissions)}}) {
      if (change.empty()) continue;
      if (std::optional<Response> refusal = Note(request, verb + change.ToText(), name))
        return *std::move(refusal);
    }
    if (const base::Status set = directory_.SetPermissions(id, *permissions); !set)
      return AnswerTo(set.error());
  }
  if (lists) {
    if (std::optional<Response> refusal = ChangeGrants(request, **user, *grants)) return *std::move(refusal);
  }
  if (password) {
    if (std::optional<Response> refusal = Note(request, "set password", name)) return *std::move(refusal);
    if (std::optional<Response> refusal = SetPassword(id, *password)) return *std::move(refusal);
  }
  if (disabled && *disabled != (*user)->disabled_ms.has_value()) {
    if (std::optional<Response> refusal = Note(request, *disabled ? "disable" : "enable", name))
      return *std::move(refusal);
    const base::Status done = *disabled ? directory_.DisableUser(id) : directory_.EnableUser(id);
    if (!done) return AnswerTo(done.error());
  }
  const base::Result<std::optional<store::User>> changed = directory_.FindUser(name);
  return changed && *changed ? AnswerWith(**changed) : AnswerTo({base::Code::kNotFound, 0, "user"});
}

Response Accounts::ListAudit(Request& request) {
  const std::int64_t count = std::min<std::int64_t>(
      NumberParameter(request, "count", static_cast<std::int64_t>(kAuditPage)), kMaxAuditPage);
  const store::AuditQuery query{.before_id = NumberParameter(request, "before", 0),
                                .entries_max = static_cast<std::size_t>(count),
                                .who = ParameterOf(request, "who"),
                                .action = ParameterOf(request, "action")};
  const base::Result<std::vector<store::AuditEntry>> entries = directory_.FindAudit(query);
  if (!entries) return AnswerTo(entries.error());
  base::JsonWriter json;
  json.BeginObject();
  json.Key("entries");
  json.BeginArray();
  for (const store::AuditEntry& entry : *entries) {
    json.BeginObject();
    json.NumberField("id", entry.id);
    WriteTime("when", entry.when_ms, json);
    json.TextField("who", entry.who);
    json.TextField("action", entry.action);
    json.TextField("object", entry.object);
    json.EndObject();
  }
  json.EndArray();
  if (entries->size() == query.entries_max) json.NumberField("next", entries->back().id);
  json.EndObject();
  return http::JsonResponse(200, json.Take());
}

}  // namespace cairn::accounts
