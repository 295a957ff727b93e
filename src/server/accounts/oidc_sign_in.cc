// Signing in at a provider of OpenID Connect.
#include <string>
#include <utility>

#include "server/accounts/accounts.h"
#include "server/accounts/answers.h"
#include "server/accounts/session_cookie.h"
#include "server/http/cookies.h"

namespace cairn::accounts {
namespace {

using http::ErrorResponse;
using http::Request;
using http::Response;

// Holds the state of the sign-in that this browser began: nobody is signed in by a link of somebody else.
constexpr std::string_view kStateCookie = "cairn_sign_in";

Response Redirect(Response response, std::string url) {
  response.status = 303;
  response.body.clear();
  response.content_type = "text/plain; charset=utf-8";
  response.headers.push_back({"Location", std::move(url)});
  return response;
}

// People who are on their way through a browser see a page that says what went wrong, and programs the
// answer.
Response OnPage(const Request& request, std::string_view problem, Response response) {
  const bool is_page = request.FindHeader("sec-fetch-mode") == "navigate" ||
                       request.FindHeader("accept").find("text/html") != std::string_view::npos;
  if (!is_page) return response;
  response.headers.clear();
  return Redirect(std::move(response), "/account/sign-in?problem=" + std::string(problem));
}

// Of a provider: its trouble, or that what came is not of this sign-in.
Response AnswerOfProvider(const Request& request, const base::Error& error) {
  if (error.code == base::Code::kLimitExceeded)
    return OnPage(request, "busy", TooOften("Too many people sign in at once: try again", 2'000));
  return OnPage(request, "provider",
                ErrorResponse(error.code == base::Code::kBadValue ? 401 : 502,
                              "The provider's answer does not sign you in: " +
                                  base::Describe({error.code, 0, error.what})));
}

}  // namespace

Response Accounts::BeginAtProvider(Request& request) {
  if (!provider_) return ErrorResponse(404, "No provider is configured");
  std::string url = options_.public_url;
  while (url.ends_with('/')) url.pop_back();
  PendingSignIn pending{oidc::Provider::MakeTicket(url + "/api/OidcReturn/"), ParameterOf(request, "next")};
  if (!store::IsSiteUrl(pending.next)) pending.next = "/";
  base::Result<std::string> there = provider_->AuthorizationUrl(pending.ticket);
  if (!there) return AnswerOfProvider(request, there.error());
  Response response;
  response.headers.push_back(SetCookie(kStateCookie, IsSecure(request, options_.public_url),
                                       pending.ticket.state, kSignInPatienceMs));
  if (!pending_.Add(std::move(pending)))
    return OnPage(request, "busy", TooOften("Too many people sign in at once: try again", 60'000));
  return Redirect(std::move(response), *std::move(there));
}

Response Accounts::ReturnFromProvider(Request& request) {
  if (!provider_) return ErrorResponse(404, "No provider is configured");
  const std::string state = ParameterOf(request, "state");
  const bool is_secure = IsSecure(request, options_.public_url);
  const std::string name = is_secure ? SecureName(kStateCookie) : std::string(kStateCookie);
  if (state.empty() || http::FindCookie(request, name) != state)
    return OnPage(request, "broken-off",
                  ErrorResponse(403, "This sign-in was not begun in this browser: begin again"));
  const std::optional<PendingSignIn> pending = pending_.Take(state);
  const std::string code = ParameterOf(request, "code");
  if (!pending || code.empty())
    return OnPage(request, "broken-off",
                  ErrorResponse(401, "The sign-in was broken off, or took too long: begin again"));

  const std::string at = "at " + provider_->options().label;
  const base::Result<oidc::Claims> claims = provider_->Redeem(pending->ticket, code);
  if (!claims) {
    std::optional<Response> refusal = NoteAs("anonymous", "sign in failed", at);
    return refusal ? *std::move(refusal) : AnswerOfProvider(request, claims.error());
  }
  base::Result<store::User> user = UserOf(*claims);
  if (!user) {
    std::optional<Response> refusal = NoteAs("anonymous", "sign in failed", at);
    if (refusal) return *std::move(refusal);
    const std::string_view problem =
        user.error().code == base::Code::kRefused ? "not-verified" : "no-account";
    return OnPage(request, problem, ErrorResponse(403, std::string(user.error().what)));
  }
  Response response = StartSession(request, *user, "sign in " + at);
  // Disabled, or it cannot be noted now.
  if (response.status != 200)
    return OnPage(request, response.status == 401 ? "no-account" : "busy", std::move(response));
  response.headers.push_back(SetCookie(kStateCookie, is_secure, "", 0));
  return Redirect(std::move(response), pending->next);
}

// The user of the address that the provider vouches for.
base::Result<store::User> Accounts::UserOf(const oidc::Claims& claims) {
  using base::Code;
  if (!claims.email_verified || claims.email.empty())
    return base::Error{Code::kRefused, 0, "The provider does not vouch for your address of mail"};
  ASSIGN_OR_RETURN(const std::optional<store::User> known, directory_.FindUser(claims.email));
  if (known) return *known;
  if (!options_.create_users)
    return base::Error{Code::kNotFound, 0, "You have no account here: ask an administrator for one"};
  const std::string what =
      options_.new_user_permissions.empty() ? "" : " with " + options_.new_user_permissions.ToText();
  if (NoteAs(claims.email, "add user" + what, claims.email))
    return base::Error{Code::kTimeout, 0, "This is done only if it can be noted"};
  return directory_.AddUser(claims.email, options_.new_user_permissions);
}

}  // namespace cairn::accounts
