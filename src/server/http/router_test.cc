#include "server/http/router.h"

#include <gtest/gtest.h>

#include "server/http/cookies.h"

namespace cairn::http {
namespace {

Handler Says(std::string text) {
  return [text](Request&) { return TextResponse(200, text); };
}

Router MakeRouter() {
  std::vector<Route> routes;
  routes.push_back({"POST", "/submit", std::string(kAnybody), BodyPlace::kMemory, 10, Says("submit")});
  routes.push_back(
      {"POST", "/submit/telemetry/{*rest}", std::string(kAnybody), BodyPlace::kMemory, 10, Says("ping")});
  routes.push_back({"POST", "/upload/", "upload_symbols", BodyPlace::kFile, 10, Says("upload")});
  routes.push_back(
      {"GET", "/{file}/{id}/{symbols}.sym", std::string(kAnybody), BodyPlace::kNone, 0, Says("symbols")});
  RouterOptions options;
  options.anonymous_permissions = {"view_pings"};
  options.authenticate = [](std::string_view token) -> std::optional<Caller> {
    if (token == "good") return Caller{"somebody", {"upload_symbols"}};
    if (token == "weak") return Caller{"somebody weak", {}};
    return std::nullopt;
  };
  options.fallback = Says("site");
  routes.push_back({.method = "GET", .pattern = "/forgotten", .handler = Says("secret")});
  return Router(std::move(routes), std::move(options));
}

Request MakeRequest(std::string method, std::string_view path, std::string token = "") {
  Request request;
  request.method = std::move(method);
  request.segments = SplitPath(path).value();
  if (!token.empty()) request.headers.push_back({"auth-token", std::move(token)});
  return request;
}

// The status and the body that a request ends with.
std::string Ask(const Router& router, Request request) {
  Router::Admission admission = router.Admit(request);
  if (admission.refusal) return std::to_string(admission.refusal->status);
  return router.Handle(admission.route, request).body;
}

TEST(RouterTest, FindsRoutesByShape) {
  const Router router = MakeRouter();
  EXPECT_EQ(Ask(router, MakeRequest("POST", "/submit")), "submit");
  EXPECT_EQ(Ask(router, MakeRequest("POST", "/submit/telemetry/a/b/c")), "ping");
  EXPECT_EQ(Ask(router, MakeRequest("GET", "/libc.so/AB/libc.so.sym")), "symbols");
  EXPECT_EQ(Ask(router, MakeRequest("HEAD", "/libc.so/AB/libc.so.sym")), "symbols");
  EXPECT_EQ(Ask(router, MakeRequest("GET", "/report/index/abc")), "site");
  EXPECT_EQ(Ask(router, MakeRequest("GET", "/")), "site");
}

TEST(RouterTest, ACallerIsKnownByTheTokensOwner) {
  const Router router = MakeRouter();
  Request named = MakeRequest("POST", "/submit", "good");
  EXPECT_FALSE(router.Admit(named).refusal);
  EXPECT_EQ(named.caller.name, "somebody");
  Request nameless = MakeRequest("POST", "/submit");
  EXPECT_FALSE(router.Admit(nameless).refusal);
  EXPECT_EQ(nameless.caller.name, "");
}

TEST(RouterTest, ARouteThatNamesNoPermissionIsForNobody) {
  const Router router = MakeRouter();
  EXPECT_EQ(Ask(router, MakeRequest("GET", "/forgotten")), "403");
  EXPECT_EQ(Ask(router, MakeRequest("GET", "/forgotten", "good")), "403");
}

TEST(RouterTest, WrongMethodIs405WithAllow) {
  const Router router = MakeRouter();
  Request request = MakeRequest("GET", "/submit");
  const Router::Admission admission = router.Admit(request);
  ASSERT_TRUE(admission.refusal);
  EXPECT_EQ(admission.refusal->status, 405);
  EXPECT_EQ(admission.refusal->headers.at(0).value, "POST");
  EXPECT_EQ(Ask(router, MakeRequest("POST", "/nowhere")), "404");
}

TEST(RouterTest, PermissionComesFromTheToken) {
  const Router router = MakeRouter();
  EXPECT_EQ(Ask(router, MakeRequest("POST", "/upload/")), "403");
  EXPECT_EQ(Ask(router, MakeRequest("POST", "/upload/", "bad")), "403");
  EXPECT_EQ(Ask(router, MakeRequest("POST", "/upload/", "weak")), "403");
  EXPECT_EQ(Ask(router, MakeRequest("POST", "/upload/", "good")), "upload");
  EXPECT_EQ(Ask(router, MakeRequest("POST", "/upload/", "good-with a comment")), "upload");
}

TEST(RouterTest, ABearerTokenThatIsNotOursGivesNothingAndForbidsNothing) {
  const Router router = MakeRouter();
  const auto ask = [&router](const char* path, const char* authorization) {
    Request request = MakeRequest("POST", path);
    request.headers.push_back({"authorization", authorization});
    return Ask(router, std::move(request));
  };
  EXPECT_EQ(ask("/upload/", "Bearer good"), "upload");
  EXPECT_EQ(ask("/upload/", "Bearer weak"), "403");
  EXPECT_EQ(ask("/upload/", "Bearer bad"), "403");
  EXPECT_EQ(ask("/submit", "Bearer bad"), "submit");
  EXPECT_EQ(ask("/submit", "Basic Z29vZDpnb29k"), "submit");
}

TEST(RouterTest, APasswordIsATokenWhereNothingIsChanged) {
  const Router router = MakeRouter();
  const auto name_of = [&router](const char* method, const char* path, const char* authorization) {
    Request request = MakeRequest(method, path);
    request.headers.push_back({"authorization", authorization});
    router.Admit(request);
    return request.caller.name;
  };
  const char* const good = "Basic YW55Ym9keTpnb29k";  // anybody:good
  EXPECT_EQ(name_of("GET", "/a/AB/a.sym", good), "somebody");
  EXPECT_EQ(name_of("GET", "/a/AB/a.sym", "Basic Z29vZA=="), "") << "no colon";
  EXPECT_EQ(name_of("GET", "/a/AB/a.sym", "Basic !"), "");
  EXPECT_EQ(name_of("POST", "/upload/", good), "");
}

TEST(RouterTest, SegmentsMayHaveAPrefixAndBeOfHexadecimalDigits) {
  std::vector<Route> routes;
  routes.push_back(
      {"GET", "/{file}/id-{id:hex}/x", std::string(kAnybody), BodyPlace::kNone, 0, Says("prefixed")});
  routes.push_back(
      {"GET", "/{file}/{id:hex}/{name}", std::string(kAnybody), BodyPlace::kNone, 0, Says("hex")});
  routes.push_back({"POST",
                    "/v1/uploads/{key}:complete",
                    "one|two",
                    BodyPlace::kNone,
                    0,
                    Says("done"),
                    {},
                    {},
                    {},
                    false,
                    false,
                    true});
  RouterOptions options;
  options.authenticate = [](std::string_view token) -> std::optional<Caller> {
    return Caller{"somebody", {std::string(token)}};
  };
  const Router router(std::move(routes), std::move(options));
  EXPECT_EQ(Ask(router, MakeRequest("GET", "/a/id-0f/x")), "prefixed");
  EXPECT_EQ(Ask(router, MakeRequest("GET", "/a/0Fa/y")), "hex");
  EXPECT_EQ(Ask(router, MakeRequest("GET", "/a/id-/x")), "404");
  EXPECT_EQ(Ask(router, MakeRequest("GET", "/a/id-xy/x")), "404");
  EXPECT_EQ(Ask(router, MakeRequest("GET", "/a/xy/y")), "404");
  // Either permission is enough, and where the route says so the token may stand in the query.
  for (const char* key : {"one", "two", "three"}) {
    Request request = MakeRequest("POST", "/v1/uploads/k:complete");
    request.query = "key=" + std::string(key);
    EXPECT_EQ(Ask(router, std::move(request)), std::string(key) == "three" ? "403" : "done");
  }
}

// A session of the user 7, by the cookie's text "good"; who says to ask often does.
RouterOptions WithSessions() {
  RouterOptions options;
  options.anonymous_permissions = {"view_pings"};
  options.authenticate = [](std::string_view token) -> std::optional<Caller> {
    if (token != "nobody's") return std::nullopt;
    return Caller{"label", {"edit"}};
  };
  options.find_session = [](const Request& request) -> std::optional<Caller> {
    if (FindCookie(request, kSessionCookie) != "good") return std::nullopt;
    return Caller{.name = "somebody", .permissions = {"edit"}, .user_id = 7, .session_id = 1};
  };
  options.limit = [](const Request& request) -> std::optional<Response> {
    return request.FindHeader("x-often").empty() ? std::nullopt : std::optional(ErrorResponse(429, "often"));
  };
  return options;
}

std::vector<Route> RoutesForSessions() {
  const std::string anybody(kAnybody);
  return {{"GET", "/edit", "edit", BodyPlace::kNone, 0, Says("read")},
          {"POST", "/edit", "edit", BodyPlace::kNone, 0, Says("edited")},
          {"POST", "/all", anybody, BodyPlace::kNone, 0, Says("all")},
          {"GET", "/own", std::string(kAnyUser), BodyPlace::kNone, 0, Says("own")},
          {"GET", "/known", std::string(kAnyCaller), BodyPlace::kNone, 0, Says("known")},
          {.method = "GET",
           .pattern = "/limited",
           .permission = "edit",
           .handler = Says("limited"),
           .is_limited = true}};
}

Request WithHeaders(Request request, std::vector<Header> headers) {
  for (Header& header : headers) request.headers.push_back(std::move(header));
  return request;
}

TEST(RouterTest, ASessionIsAsGoodAsAToken) {
  const Router router(RoutesForSessions(), WithSessions());
  Request request = WithHeaders(MakeRequest("GET", "/edit"), {{"cookie", "cairn_session=good"}});
  EXPECT_TRUE(Router::HasToken(request));
  EXPECT_TRUE(router.Admit(request).route);
  EXPECT_EQ(request.caller.name, "somebody");
  EXPECT_TRUE(request.caller.has_token);
  EXPECT_TRUE(request.caller.Has("view_pings"));
  EXPECT_EQ(Ask(router, WithHeaders(MakeRequest("GET", "/edit"), {{"cookie", "cairn_session=bad"}})), "403");
  EXPECT_EQ(Ask(router, WithHeaders(MakeRequest("POST", "/all"), {{"cookie", "cairn_session=bad"}})), "all");
  EXPECT_EQ(Ask(router, MakeRequest("GET", "/known")), "403");
  EXPECT_EQ(Ask(router, MakeRequest("GET", "/known", "nobody's")), "known");
  EXPECT_EQ(Ask(router, WithHeaders(MakeRequest("GET", "/known"), {{"cookie", "cairn_session=good"}})),
            "known");
  EXPECT_EQ(Ask(router, MakeRequest("GET", "/own")), "403");
  EXPECT_EQ(Ask(router, MakeRequest("GET", "/own", "nobody's")), "403");
  EXPECT_EQ(Ask(router, WithHeaders(MakeRequest("GET", "/own"), {{"cookie", "cairn_session=good"}})), "own");
  // A proxy's own Authorization does not hide the session.
  EXPECT_EQ(Ask(router, WithHeaders(MakeRequest("GET", "/own"),
                                    {{"authorization", "Bearer other"}, {"cookie", "cairn_session=good"}})),
            "own");
}

TEST(RouterTest, WhatChangesSomethingByACookieComesFromOwnPages) {
  const Router router(RoutesForSessions(), WithSessions());
  const auto post = [&](const char* path, std::vector<Header> headers) {
    headers.push_back({"cookie", "cairn_session=good"});
    headers.push_back({"host", "localhost:8000"});
    return Ask(router, WithHeaders(MakeRequest("POST", path), std::move(headers)));
  };
  EXPECT_EQ(post("/edit", {}), "403");
  EXPECT_EQ(post("/all", {}), "403");
  EXPECT_EQ(post("/edit", {{"origin", "https://evil.example"}}), "403");
  EXPECT_EQ(post("/edit", {{"origin", "http://localhost:8000"}}), "edited");
  EXPECT_EQ(post("/edit", {{"sec-fetch-site", "same-origin"}}), "edited");
  EXPECT_EQ(post("/edit", {{"sec-fetch-site", "cross-site"}, {"origin", "http://localhost:8000"}}), "403");
  // A token says enough: no other page knows it.
  EXPECT_EQ(post("/edit", {{"auth-token", "nobody's"}, {"origin", "https://evil.example"}}), "edited");
}

TEST(RouterTest, WhoAsksTooOftenIsRefusedWhereTheRouteSaysSo) {
  const Router router(RoutesForSessions(), WithSessions());
  const std::vector<Header> often = {{"x-often", "1"}};
  EXPECT_EQ(Ask(router, WithHeaders(MakeRequest("GET", "/limited", "nobody's"), often)), "429");
  EXPECT_EQ(Ask(router, WithHeaders(MakeRequest("GET", "/limited", "unknown"), often)), "429");
  EXPECT_EQ(Ask(router, WithHeaders(MakeRequest("GET", "/limited"), often)), "429");
  EXPECT_EQ(Ask(router, MakeRequest("GET", "/limited", "nobody's")), "limited");
  EXPECT_EQ(Ask(router, WithHeaders(MakeRequest("GET", "/edit", "nobody's"), often)), "read");
}

TEST(RouterTest, WhyATokenIsNotInForceIsSaid) {
  RouterOptions options;
  options.authenticate = [](std::string_view) {
    Identity nobody(std::nullopt);
    nobody.refusal = "API Token found but expired";
    return nobody;
  };
  const Router router({{"GET", "/x", std::string(kAnybody), BodyPlace::kNone, 0, Says("x")}},
                      std::move(options));
  Request request = MakeRequest("GET", "/x", "old");
  EXPECT_EQ(router.Admit(request).refusal->body, R"({"error":"API Token found but expired"})");
}

TEST(RouterTest, CallerHoldsWhatEverybodyMay) {
  const Router router = MakeRouter();
  Request request = MakeRequest("POST", "/submit");
  router.Admit(request);
  EXPECT_TRUE(request.caller.Has("view_pings"));
  EXPECT_FALSE(request.caller.Has("upload_symbols"));
}

TEST(HttpRouter, APermissionForOneProductOpensWhatSaysSo) {
  std::vector<Route> routes;
  for (const bool per_product : {false, true}) {
    routes.push_back({.method = "GET",
                      .pattern = per_product ? "/per_product" : "/all",
                      .permission = "view_pii",
                      .handler = Says("here"),
                      .per_product = per_product});
  }
  Caller caller{.name = "ann", .permissions = {}};
  caller.grants = {{"Fenix", {"view_pii"}}, {"Focus", {"view_pings"}}};
  const Router router(std::move(routes),
                      {.authenticate = [&](std::string_view) { return Identity(caller); }});
  Request all = MakeRequest("GET", "/all", "token");
  EXPECT_EQ(router.Admit(all).refusal->status, 403);
  Request of_product = MakeRequest("GET", "/per_product", "token");
  EXPECT_FALSE(router.Admit(of_product).refusal);
  EXPECT_TRUE(caller.Has("view_pii", "Fenix"));
  EXPECT_FALSE(caller.Has("view_pii", "Focus"));
  EXPECT_FALSE(caller.Has("view_pii"));
  EXPECT_EQ(caller.ProductsWith("view_pings"), std::vector<std::string>{"Focus"});
  caller.permissions = {"view_pii"};
  EXPECT_TRUE(caller.Has("view_pii", "Focus")) << "with all products";
}

}  // namespace
}  // namespace cairn::http
