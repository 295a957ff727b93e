// The caller's own tokens.
#include <algorithm>
#include <string>

#include "base/time_units.h"
#include "os/clock.h"
#include "server/accounts/accounts.h"
#include "server/accounts/answers.h"
#include "server/http/json_order.h"

namespace cairn::accounts {
namespace {

using http::Request;
using http::Response;

using base::kDayMs;

void WriteToken(const store::TokenRecord& token, base::JsonWriter& json) {
  json.NumberField("id", token.id);
  json.TextField("label", token.label);
  WritePermissions(token.permissions, json);
  WriteGrants(token.grants, json);
  WriteTime("created", token.created_ms, json);
  WriteTime("expires", token.expires_ms, json);
  WriteTime("revoked", token.revoked_ms, json);
}

std::vector<store::TokenRecord> TokensOf(std::int64_t user_id, std::vector<store::TokenRecord> all) {
  std::erase_if(all, [user_id](const store::TokenRecord& token) { return token.user_id != user_id; });
  return all;
}

std::string ObjectOf(std::int64_t id, const std::string& user) {
  return std::to_string(id) + (user.empty() ? "" : " of " + user);
}

}  // namespace

Response Accounts::ListTokens(Request& request) {
  const base::Result<std::vector<store::TokenRecord>> all = directory_.ListTokens();
  if (!all) return AnswerTo(all.error());
  base::JsonWriter json;
  json.BeginObject();
  json.Key("tokens");
  json.BeginArray();
  for (const store::TokenRecord& token : TokensOf(request.caller.user_id, *all)) {
    json.BeginObject();
    WriteToken(token, json);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return http::JsonResponse(200, json.Take());
}

// What it grants the caller has now, and it lasts no longer than the token that asks: so a token that leaked
// gains nothing by it.
Response Accounts::MakeToken(Request& request) {
  const http::Caller& caller = request.caller;
  http::JsonOrder order(request.body);
  store::NewToken token{.label = order.NeededText("label"), .user_id = caller.user_id};
  const std::vector<std::string> names = order.Texts("permissions").value_or(std::vector<std::string>{});
  const http::JsonOrder::Lists lists = order.TextsByName("grants").value_or(http::JsonOrder::Lists{});
  const std::int64_t days = order.Number("expires_days").value_or(kDefaultTokenDays);
  if (std::optional<Response> refusal = order.refusal()) return *std::move(refusal);
  const base::Result<store::PermissionSet> permissions = ReadPermissions(names, options_.roles);
  if (!permissions) return AnswerTo(permissions.error());
  const base::Result<store::Grants> grants = ReadGrants(lists, options_.roles);
  if (!grants) return AnswerTo(grants.error());
  const store::PermissionSet own_permissions = PermissionsOf(caller);
  const bool may_give_grants =
      std::ranges::all_of(*grants, [&, own_grants = GrantsOf(caller)](const auto& grant) {
        const auto& [product, wanted] = grant;
        return wanted.And(store::RightsFor(product, own_permissions, own_grants)) == wanted;
      });
  if (permissions->And(own_permissions) != *permissions || !may_give_grants)
    return http::ErrorResponse(403, "A token grants only what you may do yourself");
  if (days < 1 || days > kMaxTokenDays)
    return http::ErrorResponse(400, "expires_days: give 1 to " + std::to_string(kMaxTokenDays));
  token.permissions = *permissions;
  token.grants = *grants;
  const std::int64_t now_ms = os::UnixMillis();
  token.expires_ms = now_ms + days * kDayMs;
  if (caller.session_id == 0 && caller.token_expires_ms)
    token.expires_ms = std::min(*token.expires_ms, *caller.token_expires_ms);

  const base::Result<std::vector<store::TokenRecord>> all = directory_.ListTokens();
  if (!all) return AnswerTo(all.error());
  const std::vector<store::TokenRecord> own = TokensOf(caller.user_id, *all);
  const auto in_force = std::ranges::count_if(own, [now_ms](const store::TokenRecord& record) {
    return !record.revoked_ms && (!record.expires_ms || *record.expires_ms > now_ms);
  });
  if (static_cast<std::size_t>(in_force) >= kMaxTokensOfUser)
    return AnswerTo({base::Code::kLimitExceeded, kMaxTokensOfUser, "tokens"});
  const base::Result<store::CreatedToken> created = directory_.CreateToken(token);
  if (!created) return AnswerTo(created.error());
  const std::string what = store::RightsInWords(*permissions, *grants);
  if (std::optional<Response> refusal =
          Note(request, "make token with " + what, ObjectOf(created->record.id, caller.name))) {
    (void)directory_.RevokeToken(created->record.id);
    return *std::move(refusal);
  }
  base::JsonWriter json;
  json.BeginObject();
  json.TextField("token", created->text);
  WriteToken(created->record, json);
  json.EndObject();
  return http::JsonResponse(200, json.Take());
}

// Own ones; who administers may revoke all.
Response Accounts::RevokeToken(Request& request) {
  http::JsonOrder order(request.body);
  const std::optional<std::int64_t> id = order.Number("id");
  if (std::optional<Response> refusal = order.refusal()) return *std::move(refusal);
  if (!id) return http::ErrorResponse(400, "id: give a token's number");
  const base::Result<std::vector<store::TokenRecord>> all = directory_.ListTokens();
  if (!all) return AnswerTo(all.error());
  const auto found = std::ranges::find(*all, *id, &store::TokenRecord::id);
  const bool is_own = found != all->end() && found->user_id == request.caller.user_id;
  if (found == all->end() || (!is_own && !request.caller.Has(store::NameOf(store::Permission::kAdminister))))
    return AnswerTo({base::Code::kNotFound, 0, "token"});
  if (std::optional<Response> refusal = Note(request, "revoke token", ObjectOf(*id, found->user_name)))
    return *std::move(refusal);
  const base::Status revoked = directory_.RevokeToken(*id);
  return revoked ? http::JsonResponse(200, "{}") : AnswerTo(revoked.error());
}

}  // namespace cairn::accounts
