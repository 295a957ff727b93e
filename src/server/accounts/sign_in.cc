// Signing in and out, and one's own password.
#include <algorithm>
#include <utility>

#include "server/accounts/accounts.h"
#include "server/accounts/answers.h"
#include "server/accounts/session_cookie.h"
#include "server/http/cookies.h"
#include "server/http/json_order.h"

namespace cairn::accounts {
namespace {

using http::ErrorResponse;
using http::Request;
using http::Response;

constexpr std::string_view kWrong = "The name or the password is wrong";
constexpr std::int64_t kHashingWaitMs = 2'000;  // When a place should be free again.

// Pages of other sites must not sign anybody in as somebody else. Programs send neither header.
bool ComesFromElsewhere(const Request& request, const std::string& public_url) {
  const bool says = !request.FindHeader("origin").empty() || !request.FindHeader("sec-fetch-site").empty();
  return says && !http::IsFromOwnPages(request, public_url);
}

}  // namespace

std::string Accounts::WriteMe(const http::Caller& caller) const {
  base::JsonWriter json;
  json.BeginObject();
  json.Key("name");
  caller.name.empty() ? json.Null() : json.String(caller.name);
  WritePermissions(PermissionsOf(caller), json);
  WriteGrants(GrantsOf(caller), json);
  if (caller.session_id != 0) WriteTime("session_expires", caller.token_expires_ms, json);
  json.Key("sign_in");
  json.BeginObject();
  json.Key("password");
  json.Bool(true);
  json.Key("providers");
  json.BeginArray();
  if (provider_) {
    json.BeginObject();
    json.TextField("label", provider_->options().label);
    json.TextField("url", "/api/OidcSignIn/");
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  json.EndObject();
  return json.Take();
}

Response Accounts::Me(Request& request) { return http::JsonResponse(200, WriteMe(request.caller)); }

std::optional<Response> Accounts::CountAttempt(const Request& request, const std::string& name) {
  const std::string address = AddressKey(request);
  std::int64_t wait_ms = failures_from_address_.Take(address);
  if (wait_ms == 0) {
    wait_ms = failures_of_name_.Take(name);
    if (wait_ms > 0) failures_from_address_.GiveBack(address);
  }
  if (wait_ms == 0) return std::nullopt;
  return TooOften("Too many wrong passwords: try again later", wait_ms);
}

void Accounts::ForgetAttempt(const Request& request, const std::string& name) {
  failures_from_address_.GiveBack(AddressKey(request));
  failures_of_name_.GiveBack(name);
}

Response Accounts::SignIn(Request& request) {
  if (ComesFromElsewhere(request, options_.public_url))
    return ErrorResponse(403, "Only the pages of this server sign people in");
  http::JsonOrder order(request.body);
  std::string name = order.NeededText("name");
  const std::string password = order.NeededText("password");
  if (std::optional<Response> refusal = order.refusal()) return *std::move(refusal);
  name.resize(std::min(name.size(), store::kMaxDirectoryTextLength + 1));  // A longer one is no user's.
  if (std::optional<Response> refusal = CountAttempt(request, name)) return *std::move(refusal);

  const base::Result<std::optional<store::User>> user = directory_.FindUser(name);
  if (!user) return AnswerTo(user.error());
  const base::Result<std::string> hash = directory_.accounts().PasswordOf(*user ? (*user)->id : 0);
  if (!hash) return AnswerTo(hash.error());
  const base::Result<bool> matches = hasher_.Matches(*hash, password);
  if (!matches) {
    ForgetAttempt(request, name);
    return TooOften("Too many people sign in at once: try again", kHashingWaitMs);
  }
  if (!*matches) {
    // A name that is no user's may be somebody's password.
    std::optional<Response> refusal =
        NoteAs("anonymous", "sign in failed", *user ? name : "a name that is no user's");
    return refusal ? *std::move(refusal) : ErrorResponse(401, kWrong);
  }
  ForgetAttempt(request, name);
  return StartSession(request, **user, "sign in");
}

Response Accounts::StartSession(Request& request, const store::User& user, std::string_view how) {
  if (std::optional<Response> refusal = NoteAs(user.name, std::string(how), user.name))
    return *std::move(refusal);
  const base::Result<store::CreatedSession> session = directory_.accounts().CreateSession(user.id);
  if (!session) return ErrorResponse(401, kWrong);  // Disabled or gone since a moment ago.
  // One that somebody else began in this browser ends.
  if (request.caller.session_id != 0) (void)directory_.accounts().EndSession(request.caller.session_id);
  http::Caller caller{.name = user.name, .permissions = {}, .user_id = user.id};
  // As in the next request: what the user may, and everybody.
  store::PermissionSet permissions = session->record.permissions;
  if (!request.caller.has_token) permissions.AddAll(PermissionsOf(request.caller));
  SetRights(permissions, store::WithImplied(session->record.grants), caller);
  caller.session_id = session->record.id;
  caller.token_expires_ms = session->record.expires_ms;
  Response response = http::JsonResponse(200, WriteMe(caller));
  response.headers.push_back(SetCookie(http::kSessionCookie, IsSecure(request, options_.public_url),
                                       session->text, store::kSessionMs));
  return response;
}

Response Accounts::SignOut(Request& request) {
  Response response = http::JsonResponse(200, "{}");
  if (request.caller.session_id == 0) return response;
  if (std::optional<Response> refusal = Note(request, "sign out", request.caller.name))
    return *std::move(refusal);
  const base::Status ended = directory_.accounts().EndSession(request.caller.session_id);
  if (!ended) return AnswerTo(ended.error());
  response.headers.push_back(SetCookie(http::kSessionCookie, IsSecure(request, options_.public_url), "", 0));
  return response;
}

Response Accounts::ChangePassword(Request& request) {
  http::JsonOrder order(request.body);
  const std::string old_password = order.NeededText("old");
  const std::string new_password = order.NeededText("new");
  if (std::optional<Response> refusal = order.refusal()) return *std::move(refusal);
  const std::string& name = request.caller.name;
  if (std::optional<Response> refusal = CountAttempt(request, name)) return *std::move(refusal);
  const base::Result<std::string> hash = directory_.accounts().PasswordOf(request.caller.user_id);
  if (!hash) return AnswerTo(hash.error());
  const base::Result<bool> matches = hasher_.Matches(*hash, old_password);
  if (matches && !*matches) {
    std::optional<Response> refusal = Note(request, "change password failed", name);
    return refusal ? *std::move(refusal) : ErrorResponse(403, "The old password is wrong");
  }
  ForgetAttempt(request, name);
  if (!matches) return TooOften("Too many people sign in at once: try again", kHashingWaitMs);
  if (std::optional<Response> refusal = Note(request, "change password", name)) return *std::move(refusal);
  if (std::optional<Response> refusal = SetPassword(request.caller.user_id, new_password))
    return *std::move(refusal);
  if (request.caller.session_id == 0) return http::JsonResponse(200, WriteMe(request.caller));
  // All sessions ended; who sits here goes on.
  request.caller.session_id = 0;
  return StartSession(request, {.id = request.caller.user_id, .name = name}, "sign in");
}

}  // namespace cairn::accounts
