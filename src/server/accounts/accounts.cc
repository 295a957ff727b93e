#include "server/accounts/accounts.h"

#include <utility>

#include "server/accounts/answers.h"
#include "server/accounts/client_address.h"
#include "server/http/cookies.h"
#include "server/http/json_order.h"
#include "server/http/noted.h"

namespace cairn::accounts {
namespace {

constexpr std::int64_t kMinuteMs = 60'000;

// Why a token is not in force, in Tecken's words.
http::Identity Refusal(const store::Directory& directory, std::string_view token) {
  http::Identity nobody(std::nullopt);
  const base::Result<store::TokenState> state = directory.ExplainToken(token);
  if (state && *state == store::TokenState::kExpired) nobody.refusal = "API Token found but expired";
  if (state && *state == store::TokenState::kUserDisabled)
    nobody.refusal = "API Token matched but user not active";
  return nobody;
}

std::string NameOf(const store::TokenRecord& record) {
  if (!record.user_name.empty()) return record.user_name;
  return record.label.empty() ? "token " + std::to_string(record.id) : record.label;
}

// Whether a page of this server asks, as its browser says. Whoever writes the header without being one gets
// the limit of pages, no more: that limit, too, holds by address.
bool IsAskedByOwnPage(const http::Request& request) {
  return request.FindHeader("sec-fetch-site") == "same-origin";
}

// A minute's requests may come at once.
void SetRate(std::int64_t per_minute, std::optional<RateLimiter>& limiter) {
  if (per_minute > 0) limiter.emplace(Rate{.burst = per_minute, .refill_ms = kMinuteMs / per_minute});
}

}  // namespace

Accounts::Accounts(store::Directory& directory, store::AuditLog* audit, AccountsOptions options)
    : directory_(directory), audit_(audit), options_(std::move(options)) {
  if (options_.provider) provider_.emplace(*options_.provider);
  SetRate(options_.anonymous_per_minute.value_or(kAnonymousPerMinute), anonymous_calls_);
  SetRate(options_.caller_per_minute.value_or(kCallerPerMinute), calls_);
  SetRate(options_.pages_per_minute.value_or(kPagesPerMinute), calls_of_pages_);
}

http::Authenticate Accounts::TokenLookup() const {
  return [this](std::string_view token) -> http::Identity {
    const base::Result<std::optional<store::TokenRecord>> record = directory_.CheckToken(token);
    if (!record || !*record) return Refusal(directory_, token);
    http::Caller caller{.name = NameOf(**record),
                        .permissions = {},
                        .user_id = (*record)->user_id.value_or(0),
                        .token_expires_ms = (*record)->expires_ms};
    SetRights((*record)->permissions, (*record)->grants, caller);
    return std::optional(std::move(caller));
  };
}

http::FindSession Accounts::SessionLookup() const {
  return [this](const http::Request& request) -> std::optional<http::Caller> {
    std::string_view text = http::FindCookie(request, http::kSecureSessionCookie);
    // What came over plain HTTP may have been put there by anybody on the way.
    if (text.empty() && !options_.public_url.starts_with("https://"))
      text = http::FindCookie(request, http::kSessionCookie);
    const base::Result<std::optional<store::SessionRecord>> session =
        directory_.accounts().CheckSession(text);
    if (!session || !*session) return std::nullopt;
    http::Caller caller{.name = (*session)->user_name,
                        .permissions = {},
                        .user_id = (*session)->user_id,
                        .token_expires_ms = (*session)->expires_ms,
                        .session_id = (*session)->id};
    SetRights((*session)->permissions, store::WithImplied((*session)->grants), caller);
    return caller;
  };
}

http::Limit Accounts::CallLimit() {
  return [this](const http::Request& request) -> std::optional<http::Response> {
    const http::Caller& caller = request.caller;
    const bool is_page = !caller.has_token && IsAskedByOwnPage(request);
    std::optional<RateLimiter>& limiter = caller.has_token ? calls_
                                          : is_page        ? calls_of_pages_
                                                           : anonymous_calls_;
    if (!limiter) return std::nullopt;
    const ClientAddress address(request, options_.trusted_proxies);
    const std::optional<std::int64_t>& set = caller.has_token ? options_.caller_per_minute
                                             : is_page        ? options_.pages_per_minute
                                                              : options_.anonymous_per_minute;
    if (!set && address.IsLoopback()) return std::nullopt;
    const std::int64_t wait_ms = limiter->Take(KeyOfCaller(request));
    return wait_ms == 0 ? std::nullopt : std::optional(TooOften("Too Many Requests", wait_ms));
  };
}

std::optional<http::Response> Accounts::NoteAs(std::string who, std::string action, std::string object) {
  if (audit_ == nullptr) return std::nullopt;
  const base::Status noted =
      audit_->Note({.who = std::move(who), .action = std::move(action), .object = std::move(object)});
  return noted ? std::nullopt : std::optional(http::NotNoted(noted.error()));
}

std::optional<http::Response> Accounts::Note(const http::Request& request, std::string action,
                                             std::string object) {
  return NoteAs(http::AuditNameOf(request.caller), std::move(action), std::move(object));
}

std::string Accounts::KeyOfCaller(const http::Request& request) const {
  const http::Caller& caller = request.caller;
  if (!caller.has_token) return AddressKey(request);
  return caller.user_id != 0 ? "user " + std::to_string(caller.user_id) : "token " + caller.name;
}

std::string Accounts::AddressKey(const http::Request& request) const {
  return ClientAddress(request, options_.trusted_proxies).Key();
}

// Who may use what. A path is a route with and without the slash at its end.
struct Accounts::Row {
  std::string_view method;
  std::string_view path;
  std::string_view permission;
  Handler handler;
  bool waits = false;  // For another server.
};

std::vector<http::Route> Accounts::MakeRoutes() {
  using http::kAnybody;
  using http::kAnyUser;
  constexpr std::string_view kAdminister = store::NameOf(store::Permission::kAdminister);
  const Row rows[] = {
      {"GET", "/api/Me", kAnybody, &Accounts::Me},
      {"POST", "/api/SignIn", kAnybody, &Accounts::SignIn},
      {"GET", "/api/OidcSignIn", kAnybody, &Accounts::BeginAtProvider, true},
      {"GET", "/api/OidcReturn", kAnybody, &Accounts::ReturnFromProvider, true},
      {"POST", "/api/SignOut", kAnybody, &Accounts::SignOut},
      {"POST", "/api/Password", kAnyUser, &Accounts::ChangePassword},
      {"GET", "/api/Tokens", kAnyUser, &Accounts::ListTokens},
      {"POST", "/api/Tokens", kAnyUser, &Accounts::MakeToken},
      {"POST", "/api/Tokens/revoke", kAnyUser, &Accounts::RevokeToken},
      {"GET", "/api/Users", kAdminister, &Accounts::ListUsers},
      {"POST", "/api/Users", kAdminister, &Accounts::AddUser},
      {"POST", "/api/Users/change", kAdminister, &Accounts::ChangeUser},
      {"GET", "/api/Audit", kAdminister, &Accounts::ListAudit},
      {"GET", "/api/Products", kAnybody, &Accounts::ListProducts},
      {"POST", "/api/Products", kAdminister, &Accounts::SetProduct},
      {"POST", "/api/Products/remove", kAdminister, &Accounts::RemoveProduct},
      {"GET", "/api/SavedSearches", kAnyUser, &Accounts::ListSearches},
      {"POST", "/api/SavedSearches", kAnyUser, &Accounts::SaveSearch},
      {"POST", "/api/SavedSearches/remove", kAnyUser, &Accounts::RemoveSearch},
      {"GET", "/api/ShortLinks", kAnybody, &Accounts::FindShortLink},
      {"POST", "/api/ShortLinks", kAnybody, &Accounts::Shorten},
  };
  std::vector<http::Route> routes;
  for (const Row& row : rows) {
    const bool brings = row.method == "POST";
    for (const std::string_view end : {"/", ""}) {
      routes.push_back({.method = std::string(row.method),
                        .pattern = std::string(row.path) + std::string(end),
                        .permission = std::string(row.permission),
                        .body = brings ? http::BodyPlace::kMemory : http::BodyPlace::kNone,
                        .max_body_bytes = brings ? http::kMaxOrderBytes : 0,
                        .handler = [this, handler = row.handler](
                                       http::Request& request) { return (this->*handler)(request); },
                        .is_quick = !brings && !row.waits});
    }
  }
  return routes;
}

}  // namespace cairn::accounts
