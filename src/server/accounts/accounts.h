// Accounts is who callers are and how often they may ask, and the routes of what belongs to users: signing
// in, tokens, users, the audit, products, saved searches and short links.
//
// A caller is known by a token or by the cookie of a session, and either is as good as the other. docs/api
// has the routes; whether a caller may use one, its row says and the router checks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/address_guard.h"
#include "server/accounts/password.h"
#include "server/accounts/pending_sign_ins.h"
#include "server/accounts/rate_limiter.h"
#include "server/accounts/source_link.h"
#include "server/http/router.h"
#include "server/oidc/provider.h"
#include "server/store/audit_log.h"
#include "server/store/directory.h"
#include "server/store/roles.h"

namespace cairn::accounts {

// Wrong passwords: so many at once, and then one every so often. By name, so that one user's password is not
// guessed from everywhere; by address, so that one place does not try all users.
inline constexpr Rate kFailuresOfName = {.burst = 10, .refill_ms = 30'000};
inline constexpr Rate kFailuresFromAddress = {.burst = 30, .refill_ms = 10'000};

// Requests in a minute; 0: as many as there are. Crash Stats' numbers.
inline constexpr std::int64_t kAnonymousPerMinute = 100;
inline constexpr std::int64_t kCallerPerMinute = 1'000;
// Of this server's own pages, by address: one asks some ten times, and people of a company share an address.
inline constexpr std::int64_t kPagesPerMinute = 1'000;

// Short links of a user, or of an address that nobody is known at: 1,440 a day.
inline constexpr Rate kShortLinksOfOne = {.burst = 50, .refill_ms = 60'000};

inline constexpr std::int64_t kDefaultTokenDays = 90;
inline constexpr std::int64_t kMaxTokenDays = 3'650;
inline constexpr std::size_t kMaxTokensOfUser = 200;  // In force at once.
inline constexpr std::size_t kAuditPage = 100;
inline constexpr std::size_t kMaxAuditPage = 1'000;

struct AccountsOptions {
  // Under which clients reach this server; empty: as they ask. With https the session's cookie is for HTTPS.
  std::string public_url;
  std::vector<net::AddressRange> trusted_proxies;
  // Nothing: the numbers above, but for who asks from this machine, who may ask as often as he likes.
  std::optional<std::int64_t> anonymous_per_minute;
  std::optional<std::int64_t> caller_per_minute;
  std::optional<std::int64_t> pages_per_minute;
  // Where people may sign in beside here; needs public_url. Nothing: nowhere.
  std::optional<oidc::ProviderOptions> provider;
  // Whether who signs in there and is no user yet becomes one; else an administrator makes users, by their
  // addresses of mail.
  bool create_users = false;
  store::PermissionSet new_user_permissions;
  std::vector<store::Role> roles = store::BuiltInRoles();  // That may be given by their names.
  std::vector<SourceLink> source_links = {};               // For pages with stacks; the first that fits.
};

class Accounts {
 public:
  // Both must outlive this object. Without an audit nothing is noted.
  Accounts(store::Directory& directory, store::AuditLog* audit, AccountsOptions options);

  // For the router; they, and the routes, borrow this object.
  http::Authenticate TokenLookup() const;
  http::FindSession SessionLookup() const;
  http::Limit CallLimit();
  std::vector<http::Route> MakeRoutes();

 private:
  using Handler = http::Response (Accounts::*)(http::Request&);
  struct Row;

  // sign_in.cc
  http::Response SignIn(http::Request& request);
  http::Response SignOut(http::Request& request);
  http::Response Me(http::Request& request);
  http::Response ChangePassword(http::Request& request);
  http::Response StartSession(http::Request& request, const store::User& user, std::string_view how);
  std::string WriteMe(const http::Caller& caller) const;
  // A refusal if too many wrong passwords came from there, or for that name. Else they count this one.
  std::optional<http::Response> CountAttempt(const http::Request& request, const std::string& name);
  void ForgetAttempt(const http::Request& request, const std::string& name);
  std::string AddressKey(const http::Request& request) const;
  // Of who is known; else of the address.
  std::string KeyOfCaller(const http::Request& request) const;

  // oidc_sign_in.cc
  http::Response BeginAtProvider(http::Request& request);
  http::Response ReturnFromProvider(http::Request& request);
  base::Result<store::User> UserOf(const oidc::Claims& claims);

  // tokens.cc
  http::Response ListTokens(http::Request& request);
  http::Response MakeToken(http::Request& request);
  http::Response RevokeToken(http::Request& request);

  // users.cc
  http::Response ListUsers(http::Request& request);
  http::Response AddUser(http::Request& request);
  http::Response ChangeUser(http::Request& request);
  // In place of what the user had.
  std::optional<http::Response> ChangeGrants(const http::Request& request, const store::User& user,
                                             const store::Grants& grants);
  std::optional<http::Response> SetPassword(std::int64_t user_id, const std::string& password);
  http::Response ListAudit(http::Request& request);

  // products.cc
  http::Response ListProducts(http::Request& request);
  http::Response SetProduct(http::Request& request);
  http::Response RemoveProduct(http::Request& request);

  // bookmark_routes.cc
  http::Response ListSearches(http::Request& request);
  http::Response SaveSearch(http::Request& request);
  http::Response RemoveSearch(http::Request& request);
  http::Response Shorten(http::Request& request);
  http::Response FindShortLink(http::Request& request);

  // Notes that the caller did something; a refusal to do it if that cannot be noted.
  std::optional<http::Response> Note(const http::Request& request, std::string action, std::string object);
  std::optional<http::Response> NoteAs(std::string who, std::string action, std::string object);

  store::Directory& directory_;
  store::AuditLog* const audit_;
  const AccountsOptions options_;
  PasswordHasher hasher_;
  std::optional<oidc::Provider> provider_;
  PendingSignIns pending_;
  RateLimiter failures_of_name_{kFailuresOfName};
  RateLimiter failures_from_address_{kFailuresFromAddress};
  RateLimiter short_links_{kShortLinksOfOne};
  std::optional<RateLimiter> anonymous_calls_;
  std::optional<RateLimiter> calls_;
  std::optional<RateLimiter> calls_of_pages_;  // For who is not known.
};

}  // namespace cairn::accounts
