#include "server/http/router.h"

#include <algorithm>

namespace cairn::http {
namespace {

constexpr std::string_view kBearer = "Bearer ";

bool MethodMatches(const Route& route, std::string_view method) {
  return route.method == method || (route.method == "GET" && method == "HEAD");
}

Response MethodNotAllowed(std::vector<std::string> allowed) {
  std::sort(allowed.begin(), allowed.end());
  allowed.erase(std::unique(allowed.begin(), allowed.end()), allowed.end());
  std::string list;
  for (const std::string& method : allowed) list += (list.empty() ? "" : ", ") + method;
  Response response = ErrorResponse(405, "this path does not take this method");
  response.headers.push_back({"Allow", list});
  return response;
}

// "{name}.sym" as ("name", ".sym").
std::pair<std::string, std::string_view> SplitCapture(std::string_view segment) {
  const std::size_t end = segment.find('}');
  return {std::string(segment.substr(1, end - 1)), segment.substr(end + 1)};
}

struct Token {
  std::string_view text;  // Empty: there is none.
  bool is_bearer = false;
};

Token TokenOf(const Request& request) {
  // Tecken's clients append "-a comment for people" to the token; what follows the dash is not part of it.
  const std::string_view header = request.FindHeader("auth-token");
  const Token token{header.substr(0, header.find('-'))};
  // Authorization serves others as well, such as proxies: one that is not ours gives nothing and forbids
  // nothing.
  const std::string_view authorization = request.FindHeader("authorization");
  if (!token.text.empty() || !authorization.starts_with(kBearer)) return token;
  return {authorization.substr(kBearer.size()), true};
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
    if (!expected.starts_with("{")) {
      if (expected != segments[i]) return std::nullopt;
      continue;
    }
    const auto [name, suffix] = SplitCapture(expected);
    if (segments[i].size() <= suffix.size() || !segments[i].ends_with(suffix)) return std::nullopt;
    captures[name] = segments[i];
  }
  if (segments.size() != pattern.segments.size()) return std::nullopt;
  return captures;
}

bool Router::HasToken(const Request& request) { return !TokenOf(request).text.empty(); }

std::optional<Response> Router::FindCaller(Request& request) const {
  request.caller.permissions = options_.anonymous_permissions;
  const Token token = TokenOf(request);
  if (token.text.empty()) return std::nullopt;
  const std::optional<Caller> granted =
      options_.authenticate ? options_.authenticate(token.text) : std::nullopt;
  if (!granted && token.is_bearer) return std::nullopt;
  if (!granted) return ErrorResponse(403, "API Token not matched");
  request.caller.name = granted->name;
  for (const std::string& permission : granted->permissions) request.caller.permissions.push_back(permission);
  return std::nullopt;
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
    if (std::optional<Response> refusal = FindCaller(request)) return {nullptr, std::move(refusal)};
    if (route.permission != kAnybody && (route.permission.empty() || !request.caller.Has(route.permission))) {
      const bool has_token = !request.FindHeader("auth-token").empty();
      return {nullptr,
              ErrorResponse(403, has_token ? "Forbidden: the token lacks the permission " + route.permission
                                           : "This requires an Auth-Token to authenticate the request")};
    }
    return {&route, std::nullopt};
  }
  if (!allowed.empty()) return {nullptr, MethodNotAllowed(std::move(allowed))};
  if (options_.fallback && (request.method == "GET" || request.method == "HEAD"))
    return {nullptr, std::nullopt};
  return {nullptr, ErrorResponse(404, "Not Found")};
}

Response Router::Handle(const Route* route, Request& request) const {
  return route != nullptr ? route->handler(request) : options_.fallback(request);
}

}  // namespace cairn::http
