#include "server/http/router.h"

#include <algorithm>

#include "server/http/base64.h"
#include "server/http/cookies.h"

namespace cairn::http {
namespace {

constexpr std::string_view kBearer = "Bearer ";
constexpr std::string_view kBasic = "Basic ";

bool MethodMatches(const Route& route, std::string_view method) {
  return route.method == method || (route.method == "GET" && method == "HEAD");
}

Response MethodNotAllowed(const Request& request, std::vector<std::string> allowed) {
  std::sort(allowed.begin(), allowed.end());
  allowed.erase(std::unique(allowed.begin(), allowed.end()), allowed.end());
  std::string list;
  for (const std::string& method : allowed) list += (list.empty() ? "" : ", ") + method;
  Response response = ErrorResponse(405, "Method Not Allowed (" + request.method + "): " + request.Path());
  response.headers.push_back({"Allow", list});
  return response;
}

bool MayPass(const Route& route, const Caller& caller) {
  if (route.permission == kAnybody) return true;
  if (route.permission == kAnyCaller) return caller.has_token;
  if (route.permission == kAnyUser) return caller.user_id != 0;
  const std::string_view permission = route.permission;
  const std::size_t bar = std::min(permission.find('|'), permission.size());
  const auto has = [&](std::string_view name) {
    return !name.empty() && (caller.Has(name) || (route.per_product && !caller.ProductsWith(name).empty()));
  };
  return has(permission.substr(0, bar)) || has(permission.substr(std::min(bar + 1, permission.size())));
}

std::string WhyNot(const Route& route, const Caller& caller) {
  if (!caller.has_token) return "This requires an Auth-Token to authenticate the request";
  if (route.permission == kAnyUser) return "Forbidden: the token is no user's";
  const std::string lacking = caller.session_id != 0 ? "you lack" : "the token lacks";
  return "Forbidden: " + lacking + " the permission " + route.permission;
}

// A segment of a pattern that captures: "id-{name}.sym" is "id-", "name" and ".sym".
struct Capture {
  std::string_view prefix;
  std::string_view name;
  std::string_view suffix;
  bool is_hex = false;
};

constexpr std::string_view kHexMark = ":hex";

Capture CaptureOf(std::string_view segment) {
  const std::size_t begin = segment.find('{');
  const std::size_t end = segment.find('}', begin);
  Capture capture{segment.substr(0, begin), segment.substr(begin + 1, end - begin - 1),
                  segment.substr(end + 1)};
  capture.is_hex = capture.name.ends_with(kHexMark);
  if (capture.is_hex) capture.name.remove_suffix(kHexMark.size());
  return capture;
}

bool IsHex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  });
}

bool Fits(const Capture& capture, std::string_view segment) {
  if (segment.size() <= capture.prefix.size() + capture.suffix.size()) return false;
  if (!segment.starts_with(capture.prefix) || !segment.ends_with(capture.suffix)) return false;
  segment.remove_prefix(capture.prefix.size());
  segment.remove_suffix(capture.suffix.size());
  return !capture.is_hex || IsHex(segment);
}

struct Token {
  std::string text;  // Empty: there is none.
  // Authorization serves others as well, such as proxies: one that is not ours gives nothing and forbids
  // nothing.
  bool is_from_authorization = false;
};

// The password in "user:password" (RFC 7617), as debuggers send what stands in a server's URL.
std::string BasicPassword(std::string_view encoded) {
  const std::optional<std::string> decoded = DecodeBase64(encoded);
  if (!decoded) return {};
  const std::size_t colon = decoded->find(':');
  return colon == std::string::npos ? std::string() : decoded->substr(colon + 1);
}

std::string KeyInQuery(const Request& request) {
  for (const auto& [name, value] : ParseQuery(request.query).value_or(QueryFields())) {
    if (name == "key") return value;
  }
  return {};
}

Token TokenOf(const Request& request, bool takes_key) {
  const std::string_view header = request.FindHeader("auth-token");
  if (!header.empty()) return {std::string(header)};
  const std::string_view authorization = request.FindHeader("authorization");
  if (authorization.starts_with(kBearer)) return {std::string(authorization.substr(kBearer.size())), true};
  // Only for what changes nothing: a browser sends it along with what other sites have it ask.
  const bool is_reading = request.method == "GET" || request.method == "HEAD";
  if (is_reading && authorization.starts_with(kBasic))
    return {BasicPassword(authorization.substr(kBasic.size())), true};
  return takes_key ? Token{KeyInQuery(request)} : Token{};
}

// Takes over who it is, with what everybody may beside what the caller may.
void Adopt(Caller caller, Request& request) {
  std::vector<std::string> permissions = std::move(request.caller.permissions);
  request.caller = std::move(caller);
  request.caller.has_token = true;
  for (std::string& permission : permissions) request.caller.permissions.push_back(std::move(permission));
}

}  // namespace

Router::Router(std::vector<Route> routes, RouterOptions options)
    : routes_(std::move(routes)), options_(std::move(options)) {
  for (const Route& route : routes_) {
    patterns_.push_back({SplitPath(route.pattern).value_or(std::vector<std::string>{})});
  }
}

std::optional<std::map<std::string, std::string>> Router::Match(const Pattern& pattern,
                                                                const std::vector<std::string>& segments) {
  std::map<std::string, std::string> captures;
  for (std::size_t i = 0; i < pattern.segments.size(); ++i) {
    const std::string& expected = pattern.segments[i];
    if (expected.starts_with("{*")) {
      std::string rest;
      for (std::size_t j = i; j < segments.size(); ++j) rest += (j > i ? "/" : "") + segments[j];
      captures[expected.substr(2, expected.size() - 3)] = rest;
      return captures;
    }
    if (i >= segments.size()) return std::nullopt;
    if (expected.find('{') == std::string::npos) {
      if (expected != segments[i]) return std::nullopt;
      continue;
    }
    const Capture capture = CaptureOf(expected);
    if (!Fits(capture, segments[i])) return std::nullopt;
    captures[std::string(capture.name)] = segments[i];
  }
  if (segments.size() != pattern.segments.size()) return std::nullopt;
  return captures;
}

bool Router::HasToken(const Request& request) {
  return !TokenOf(request, true).text.empty() || HasSessionCookie(request);
}

std::optional<Response> Router::FindCallerBySession(Request& request) const {
  if (!options_.find_session || !HasSessionCookie(request)) return std::nullopt;
  std::optional<Caller> caller = options_.find_session(request);
  if (!caller) return std::nullopt;  // Browsers keep cookies of sessions that have ended.
  const bool is_reading = request.method == "GET" || request.method == "HEAD" || request.method == "OPTIONS";
  if (!is_reading && !IsFromOwnPages(request, options_.public_url)) {
    return ErrorResponse(403,
                         "With a session's cookie this may only be asked by the pages of this server: "
                         "Origin or Sec-Fetch-Site says otherwise");
  }
  Adopt(*std::move(caller), request);
  return std::nullopt;
}

std::optional<Response> Router::FindCaller(const Route& route, Request& request) const {
  request.caller.permissions = options_.anonymous_permissions;
  const Token token = TokenOf(request, route.takes_key);
  if (token.text.empty()) return FindCallerBySession(request);
  Identity identity(std::nullopt);
  if (options_.authenticate) {
    identity = options_.authenticate(token.text);
    // Tecken's clients append "-a comment for people" to the token.
    const std::size_t dash = token.text.find('-');
    if (!identity.caller && dash != std::string::npos) {
      identity = options_.authenticate(std::string_view(token.text).substr(0, dash));
    }
  }
  if (!identity.caller && token.is_from_authorization) return FindCallerBySession(request);
  if (!identity.caller) return ErrorResponse(403, identity.refusal);
  Adopt(*std::move(identity.caller), request);
  return std::nullopt;
}

Router::Admission Router::AdmitTo(const Route& route, Request& request) const {
  std::optional<Response> refusal = FindCaller(route, request);
  // Who brought what is not in force counts as nobody.
  if (route.is_limited && options_.limit) {
    if (std::optional<Response> too_often = options_.limit(request)) return {nullptr, std::move(too_often)};
  }
  if (refusal) return {nullptr, std::move(refusal)};
  if (MayPass(route, request.caller)) return {&route, std::nullopt};
  return {nullptr, ErrorResponse(403, WhyNot(route, request.caller))};
}

Router::Admission Router::Admit(Request& request) const {
  std::vector<std::string> allowed;
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    std::optional<std::map<std::string, std::string>> captures = Match(patterns_[i], request.segments);
    if (!captures) continue;
    const Route& route = routes_[i];
    if (!MethodMatches(route, request.method)) {
      allowed.push_back(route.method);
      if (route.method == "GET") allowed.push_back("HEAD");
      continue;
    }
    request.captures = std::move(*captures);
    return AdmitTo(route, request);
  }
  if (!allowed.empty()) return {nullptr, MethodNotAllowed(request, std::move(allowed))};
  if (options_.fallback && (request.method == "GET" || request.method == "HEAD"))
    return {nullptr, std::nullopt};
  return {nullptr, ErrorResponse(404, "Not Found")};
}

Response Router::Handle(const Route* route, Request& request) const {
  return route != nullptr ? route->handler(request) : options_.fallback(request);
}

}  // namespace cairn::http
