#include "apps/server_routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "apps/openapi.h"
#include "apps/server_routes_for_test.h"
#include "os/file.h"
#include "server/store/permissions.h"

namespace cairn::apps {
namespace {

// Who may use which route: "METHOD PATTERN PERMISSION". Whoever adds a route adds its row here, and so says
// on purpose who may use it.
struct Expected {
  std::string_view row;
  // The permission without which it answers 403, if that is another one than the row's.
  std::string_view answers = {};
  // Whether the permission for one product gets in: what there is of others is left out, by the tests below.
  bool per_product = false;
};

constexpr Expected kExpected[] = {
    {"POST /submit anybody"},
    {"POST /minidump anybody"},
    {"POST /api/{project}/minidump anybody"},
    {"POST /api/{project}/minidump/ anybody"},
    // When rules changed, and what they say.
    {"GET /api/RuleChanges/ anybody"},
    {"GET /api/RuleChanges anybody"},
    {"GET /api/RuleSet/ administer"},
    {"GET /api/RuleSet administer"},
    {"POST /submit/{namespace}/{*rest} anybody"},
    {"PUT /submit/{namespace}/{*rest} anybody"},
    {"GET /api/PingRejects/ view_pings"},
    {"GET /api/PingRejects view_pings"},
    {"POST /api/PingReplay/ reprocess_crashes"},
    {"POST /api/PingReplay reprocess_crashes"},
    // Both leave out, per crash and field, what the caller may not see: api tests.
    {"GET /api/SuperSearch/ anybody"},
    {"GET /api/SuperSearch anybody"},
    // So do these, and count what the caller may see.
    {"GET /api/SuperSearchUnredacted/ anybody"},
    {"GET /api/SuperSearchUnredacted anybody"},
    {"GET /api/Export/ anybody"},
    {"GET /api/Export anybody"},
    {"GET /api/OpenApi/ anybody"},
    {"GET /api/OpenApi anybody"},
    {"GET /api/SQL/ run_custom_queries"},
    {"GET /api/SQL run_custom_queries"},
    {"POST /api/SQL/ run_custom_queries"},
    {"POST /api/SQL run_custom_queries"},
    {"GET /api/DataSets/ anybody"},
    {"GET /api/DataSets anybody"},
    // Of pings with view_pings.
    {"GET /api/DataSets/{name}/ anybody"},
    {"GET /api/DataSets/{name} anybody"},
    {"GET /api/SuperSearchFields/ anybody"},
    {"GET /api/SuperSearchFields anybody"},
    {"GET /api/TopCrashers/ anybody"},
    {"GET /api/TopCrashers anybody"},
    {"GET /api/SignatureFirstDate/ anybody"},
    {"GET /api/SignatureFirstDate anybody"},
    {"GET /api/Comments/ view_pii", {}, true},
    {"GET /api/Comments view_pii", {}, true},
    {"GET /api/GraphicsDevices/ anybody"},
    {"GET /api/GraphicsDevices anybody"},
    {"GET /api/PingAggregates/ anybody"},
    {"GET /api/PingAggregates anybody"},
    {"GET /api/Flame/ anybody"},
    {"GET /api/Flame anybody"},
    {"GET /api/Correlations/ anybody"},
    {"GET /api/Correlations anybody"},
    {"GET /api/RawCrash/ anybody"},
    {"GET /api/RawCrash anybody"},
    {"GET /api/CrashVerify/ anybody"},
    {"GET /api/CrashVerify anybody"},
    {"GET /api/MissingProcessedCrash/ anybody"},
    {"GET /api/MissingProcessedCrash anybody"},
    {"GET /api/VersionString/ anybody"},
    {"GET /api/VersionString anybody"},
    {"GET /api/NoOp/ anybody"},
    {"GET /api/NoOp anybody"},
    {"GET /api/ProcessedCrash/ anybody"},
    {"GET /api/ProcessedCrash anybody"},
    {"GET /api/DataDictionary/ anybody"},
    {"GET /api/DataDictionary anybody"},
    {"POST /api/Reprocessing/ reprocess_crashes", {}, true},
    {"POST /api/Reprocessing reprocess_crashes", {}, true},
    {"POST /api/CrashSignature/ anybody"},
    {"POST /api/CrashSignature anybody"},
    {"POST /api/Purge/ purge_crashes"},
    {"POST /api/Purge purge_crashes"},
    {"GET /api/SetAside/ reprocess_crashes", {}, true},
    {"GET /api/SetAside reprocess_crashes", {}, true},
    {"GET /api/Healing/ upload_symbols"},
    {"GET /api/Healing upload_symbols"},
    {"POST /api/Healing/ upload_symbols"},
    {"POST /api/Healing upload_symbols"},
    // Lists and rules may name what is not public; where a signature's crashes went, searches
    // tell as well.
    {"GET /api/Signing/ administer"},
    {"GET /api/Signing administer"},
    {"GET /api/Signing/history/ administer"},
    {"GET /api/Signing/history administer"},
    {"POST /api/Signing/preview/ administer"},
    {"POST /api/Signing/preview administer"},
    {"POST /api/Signing/save/ administer"},
    {"POST /api/Signing/save administer"},
    {"POST /api/Signing/undo/ administer"},
    {"POST /api/Signing/undo administer"},
    {"POST /api/Signing/merge/ administer"},
    {"POST /api/Signing/merge administer"},
    {"POST /api/Signing/rename/ administer"},
    {"POST /api/Signing/rename administer"},
    {"POST /api/Signing/split/ administer"},
    {"POST /api/Signing/split administer"},
    {"GET /api/ResolveSignature/ anybody"},
    {"GET /api/ResolveSignature anybody"},
    {"GET /api/SimilarSignatures/ anybody"},
    {"GET /api/SimilarSignatures anybody"},
    {"POST /upload/ upload_symbols|upload_try_symbols"},
    {"POST /upload/auth_info/ upload_symbols|upload_try_symbols"},
    {"POST /upload/v2/ upload_symbols|upload_try_symbols"},
    {"POST /upload/v2/{id}/complete upload_symbols|upload_try_symbols"},
    {"POST /symupload upload_symbols|upload_try_symbols"},
    {"GET /v1/symbols/{file}/{id}:checkStatus upload_symbols|upload_try_symbols"},
    {"POST /v1/uploads:create upload_symbols|upload_try_symbols"},
    {"POST /v1/uploads/{key}:complete upload_symbols|upload_try_symbols"},
    // Its URL holds a secret.
    {"PUT /upload/session/{session}/{index} anybody"},
    // Each answers by what a product's symbols are to the caller: tests of src/server/symbols.
    {"GET /api/syminfo/{file}/{id:hex} anybody"},
    {"GET /buildid/{id:hex}/debuginfo anybody", http::kAnyCaller},
    {"GET /buildid/{id:hex}/executable anybody", http::kAnyCaller},
    {"GET /buildid/{id:hex}/source/{*path} anybody", http::kAnyCaller},
    {"GET /buildid/{id:hex}/section/{*name} anybody", http::kAnyCaller},
    {"GET /{file}/elf-buildid-sym-{id:hex}/{name} anybody", http::kAnyCaller},
    {"GET /{file}/elf-buildid-{id:hex}/{name} anybody", http::kAnyCaller},
    {"GET /try/{debug_file}/{debug_id:hex}/{symbols} anybody", http::kAnyCaller},
    {"GET /try/{debug_file}/{debug_id}/{symbols}.sym anybody"},
    {"GET /{debug_file}/{debug_id:hex}/{symbols} anybody", http::kAnyCaller},
    {"GET /{debug_file}/{debug_id}/{symbols}.sym anybody"},
    // Of the caller's own uploads, or with view_all_uploads of all.
    {"GET /api/uploads/ anybody", http::kAnyCaller},
    {"GET /api/uploads/upload/{id} anybody", http::kAnyCaller},
    {"GET /api/uploads/files/ anybody", http::kAnyCaller},
    {"GET /api/uploads/files/file/{id} anybody", http::kAnyCaller},
    {"GET /api/uploads/usage/ anybody", "view_all_uploads|administer"},
    {"GET /api/uploads/duplicates/ anybody", "view_all_uploads|administer"},
    {"GET /__heartbeat__ anybody"},
    {"GET /__lbheartbeat__ anybody"},
    {"GET /__version__ anybody"},
    // Names are what symbol files hold. A preflight says nothing.
    {"POST /symbolicate/v5 upload_symbols"},
    {"OPTIONS /symbolicate/v5 anybody"},
    {"POST /symbolicate/v4 upload_symbols"},
    {"OPTIONS /symbolicate/v4 anybody"},
    {"GET /api/MissingSymbols/ upload_symbols"},
    {"GET /api/MissingSymbols upload_symbols"},
    {"GET /missingsymbols.csv upload_symbols"},
    {"GET /metrics view_metrics"},
    // Accounts. What is a user's own is for each user alone: tests of src/server/accounts.
    {"GET /api/Me/ anybody"},
    {"GET /api/Me anybody"},
    {"POST /api/SignIn/ anybody"},
    {"POST /api/SignIn anybody"},
    {"GET /api/OidcSignIn/ anybody"},
    {"GET /api/OidcSignIn anybody"},
    // It needs the cookie of the sign-in that it ends.
    {"GET /api/OidcReturn/ anybody"},
    {"GET /api/OidcReturn anybody"},
    {"POST /api/SignOut/ anybody"},
    {"POST /api/SignOut anybody"},
    {"POST /api/Password/ any user"},
    {"POST /api/Password any user"},
    {"GET /api/Tokens/ any user"},
    {"GET /api/Tokens any user"},
    {"POST /api/Tokens/ any user"},
    {"POST /api/Tokens any user"},
    {"POST /api/Tokens/revoke/ any user"},
    {"POST /api/Tokens/revoke any user"},
    {"GET /api/Users/ administer"},
    {"GET /api/Users administer"},
    {"POST /api/Users/ administer"},
    {"POST /api/Users administer"},
    {"POST /api/Users/change/ administer"},
    {"POST /api/Users/change administer"},
    {"GET /api/Audit/ administer"},
    {"GET /api/Audit administer"},
    {"GET /api/Products/ anybody"},
    {"GET /api/Products anybody"},
    {"POST /api/Products/ administer"},
    {"POST /api/Products administer"},
    {"POST /api/Products/remove/ administer"},
    {"POST /api/Products/remove administer"},
    {"GET /api/SavedSearches/ any user"},
    {"GET /api/SavedSearches any user"},
    {"POST /api/SavedSearches/ any user"},
    {"POST /api/SavedSearches any user"},
    {"POST /api/SavedSearches/remove/ any user"},
    {"POST /api/SavedSearches/remove any user"},
    // Bugs of signatures, as at Crash Stats. The form of a new one is filled in from what is public alone.
    {"GET /api/Bugs/ anybody"},
    {"GET /api/Bugs anybody"},
    {"POST /api/Bugs/ anybody"},
    {"POST /api/Bugs anybody"},
    {"GET /api/SignaturesByBugs/ anybody"},
    {"GET /api/SignaturesByBugs anybody"},
    {"POST /api/SignaturesByBugs/ anybody"},
    {"POST /api/SignaturesByBugs anybody"},
    {"POST /api/BugLinks/ edit_bugs"},
    {"POST /api/BugLinks edit_bugs"},
    {"POST /api/BugLinks/remove/ edit_bugs"},
    {"POST /api/BugLinks/remove edit_bugs"},
    {"GET /api/NewBug/ anybody"},
    {"GET /api/NewBug anybody"},
    // A short link is as public as the page that it leads to.
    {"GET /api/ShortLinks/ anybody"},
    {"GET /api/ShortLinks anybody"},
    {"POST /api/ShortLinks/ anybody"},
    {"POST /api/ShortLinks anybody"},
};

// "GET", "/api/Me/" and "anybody" of a row.
struct Row {
  explicit Row(std::string_view row) {
    const std::size_t first = row.find(' ');
    const std::size_t second = row.find(' ', first + 1);
    method = row.substr(0, first);
    pattern = row.substr(first + 1, second - first - 1);
    permission = row.substr(second + 1);
  }
  std::string method;
  std::string pattern;
  std::string permission;
};

TEST_F(RouteTableTest, TheRoutesThatAPermissionForOneProductOpensAreKnown) {
  std::vector<std::string> open;
  for (const http::Route& route : Table(false)) {
    if (route.per_product) open.push_back(route.method + " " + route.pattern + " " + route.permission);
  }
  std::vector<std::string> expected;
  for (const Expected& row : kExpected) {
    if (row.per_product) expected.emplace_back(row.row);
  }
  EXPECT_THAT(open, ::testing::UnorderedElementsAreArray(expected));
}

TEST_F(RouteTableTest, EveryRouteSaysWhoMayUseIt) {
  std::vector<std::string> lines;
  for (const http::Route& route : Table(false)) {
    lines.push_back(route.method + " " + route.pattern + " " + route.permission);
  }
  std::vector<std::string> expected;
  for (const Expected& row : kExpected) expected.emplace_back(row.row);
  EXPECT_THAT(lines, ::testing::UnorderedElementsAreArray(expected));
}

// One who asks, and what the table's words then mean.
struct Visitor {
  std::string name;
  std::string token;  // Empty: none.
  bool is_user = false;
  store::PermissionSet permissions;
  store::Grants grants = {};

  // With all products, or with some.
  bool Is(std::string_view wanted, bool per_product = false) const {
    if (wanted == http::kAnybody) return true;
    if (wanted == http::kAnyUser) return is_user;
    if (wanted == http::kAnyCaller) return !token.empty();
    std::string names(wanted);
    std::ranges::replace(names, '|', ',');
    const store::PermissionSet any_of = *store::PermissionSet::Parse(names);
    const bool by_grant = per_product && std::ranges::any_of(grants, [&](const auto& grant) {
                            return !grant.second.And(any_of).empty();
                          });
    return by_grant || !permissions.And(any_of).empty();
  }
};

class PermissionWalk : public RouteTableTest {
 protected:
  // Nobody, a token that is nobody's, and users with nothing, with each single permission, with each that
  // there is for single products for one, and with all.
  std::vector<Visitor> Visitors() {
    std::vector<Visitor> visitors = {{.name = "nobody"}};
    visitors.push_back({.name = "a token that is nobody's", .token = directory_->CreateToken({})->text});
    store::PermissionSet all;
    const auto add = [&](const std::string& name, store::PermissionSet permissions,
                         const store::Grants& grants = {}) {
      visitors.push_back({name, MakeToken(name, permissions, grants), true, permissions, grants});
    };
    add("a user without permissions", {});
    for (const store::PermissionName& row : store::kPermissionNames) {
      add("a user with " + std::string(row.name), {row.permission});
      all.Add(row.permission);
      if (store::kProductPermissions.Has(row.permission))
        add("a user with " + std::string(row.name) + " for Closed", {}, {{"Closed", {row.permission}}});
    }
    add("a user with everything", all);
    return visitors;
  }

  // A request that fits a pattern: "0f" for what is hexadecimal, "name" for other parts.
  static http::Request RequestOf(const Row& row, const Visitor& visitor) {
    http::Request request{.method = row.method};
    std::string path;
    for (std::string_view rest = row.pattern; !rest.empty();) {
      const std::size_t begin = std::min(rest.find('{'), rest.size());
      const std::size_t end = std::min(rest.find('}', begin), rest.size());
      const std::string_view part = rest.substr(begin, end - begin);
      path += std::string(rest.substr(0, begin)) + (part.empty()             ? ""
                                                    : part.ends_with(":hex") ? "0f"
                                                                             : "name");
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    request.segments = *http::SplitPath(path);
    request.peer_address = "127.0.0.1";
    if (!visitor.token.empty()) request.headers.push_back({"auth-token", visitor.token});
    return request;
  }
};

TEST_F(PermissionWalk, EveryRouteTakesThoseThatTheTableNamesAndNobodyElse) {
  const http::Router router(Table(false), {.authenticate = accounts_.TokenLookup()});
  for (const Visitor& visitor : Visitors()) {
    for (const Expected& expected : kExpected) {
      const Row row(expected.row);
      http::Request request = RequestOf(row, visitor);
      const http::Router::Admission admission = router.Admit(request);
      const int status = admission.refusal ? admission.refusal->status : 0;
      EXPECT_EQ(status, visitor.Is(row.permission, expected.per_product) ? 0 : 403)
          << expected.row << " for " << visitor.name;
      if (admission.route == nullptr || status != 0) continue;
      ASSERT_EQ(admission.route->pattern, row.pattern);
      // They are asked as well: handlers may refuse more. What changes something hears an empty order, and
      // says what is wrong with it.
      if (!admission.route->handler) continue;
      const http::Response answer = router.Handle(admission.route, request);
      const bool may =
          visitor.Is(expected.answers.empty() ? row.permission : expected.answers, expected.per_product);
      EXPECT_EQ(answer.status == 403 || answer.status == 401, !may)
          << expected.row << " for " << visitor.name << ": " << answer.status << " " << answer.body;
    }
  }
}

TEST_F(RouteTableTest, WhatAnybodyMayReadPagesOfOtherSitesMayRead) {
  const http::Router router(Table(false), {});
  const auto header = [&](const std::string& path) {
    http::Request request{.method = "GET"};
    request.segments = *http::SplitPath(path);
    const http::Router::Admission admission = router.Admit(request);
    for (const http::Header& one : router.Handle(admission.route, request).headers) {
      if (one.name == "Access-Control-Allow-Origin") return one.value;
    }
    return std::string();
  };
  EXPECT_EQ(header("/api/SuperSearch/"), "*");
  EXPECT_EQ(header("/api/Products/"), "*");
  EXPECT_EQ(header("/api/Me/"), "");
  for (const http::Route& route : Table(false, false)) {
    if (route.pattern != "/api/NoOp/") continue;
    http::Request request{.method = "GET"};
    EXPECT_TRUE(route.handler(request).headers.empty()) << "where callers must be known";
  }
}

TEST_F(RouteTableTest, EveryPermissionIsOneThatATokenCanCarry) {
  for (const http::Route& route : Table(false)) {
    std::string names = route.permission;
    std::ranges::replace(names, '|', ',');
    const bool known =
        names == http::kAnybody || names == http::kAnyUser || store::PermissionSet::Parse(names).has_value();
    EXPECT_TRUE(known && !names.empty()) << route.pattern;
  }
}

TEST_F(RouteTableTest, NobodyGetsInWithoutThePermission) {
  const std::vector<http::Route> table = Table(false);
  const http::Router router(table, {});
  for (const http::Route& route : table) {
    if (route.permission == http::kAnybody) continue;
    http::Request request{.method = route.method};
    std::string path = route.pattern;  // A path that it takes: "{id}" is a name like any other.
    std::erase_if(path, [](char c) { return c == '{' || c == '}'; });
    request.segments = *http::SplitPath(path);
    const http::Router::Admission admission = router.Admit(request);
    ASSERT_TRUE(admission.refusal) << route.pattern;
    EXPECT_EQ(admission.refusal->status, 403) << route.pattern;
  }
}

TEST_F(RouteTableTest, WithoutAnAnonymousViewOnlySigningInIsLeftOfTheApi) {
  const std::vector<http::Route> open = Table(false);
  const std::vector<http::Route> closed = Table(false, false);
  ASSERT_EQ(open.size(), closed.size());
  std::vector<std::string> left;
  for (std::size_t i = 0; i < open.size(); ++i) {
    const bool is_closed = open[i].permission == http::kAnybody && open[i].is_limited;
    if (is_closed && closed[i].permission == http::kAnyCaller) continue;
    EXPECT_EQ(closed[i].permission, open[i].permission) << open[i].pattern;
    if (is_closed) left.push_back(open[i].pattern);
  }
  EXPECT_THAT(left, ::testing::ElementsAre("/api/Me/", "/api/Me", "/api/SignIn/", "/api/SignIn",
                                           "/api/OidcSignIn/", "/api/OidcSignIn", "/api/OidcReturn/",
                                           "/api/OidcReturn", "/api/SignOut/", "/api/SignOut"));
}

// Made of the table, what people say of it, and the fields of the registry that comes with Cairn.
TEST_F(RouteTableTest, TheDocumentOfTheApiIsThatOfTheTable) {
  const OpenApi made = MakeOpenApi(Table(false), search::Fields(), OperationsText());
  EXPECT_THAT(made.problems, ::testing::IsEmpty()) << "docs/api/operations.yaml";
  const auto kept = os::ReadFile(std::string(CAIRN_SOURCE_DIR) + "/docs/api/openapi.yaml", 8 << 20);
  const std::string wanted = std::string(CAIRN_BINARY_DIR) + "/openapi.yaml";
  if (kept && *kept == made.text) return;
  EXPECT_TRUE(os::WriteFileDurably(wanted, base::AsBytes(made.text)));
  ADD_FAILURE() << "docs/api/openapi.yaml is not what it would be: " << wanted;
}

TEST_F(RouteTableTest, TheServerGivesItsDocument) {
  const http::Router router(Table(false), {});
  http::Request request{.method = "GET", .segments = {"api", "OpenApi", ""}};
  const http::Router::Admission admission = router.Admit(request);
  ASSERT_NE(admission.route, nullptr);
  const http::Response answer = router.Handle(admission.route, request);
  EXPECT_EQ(answer.content_type, "application/yaml");
  EXPECT_EQ(answer.body, MakeOpenApi(Table(false), search::Fields(), OperationsText()).text);
}

TEST_F(RouteTableTest, CallersOfTheApiAreLimitedAndIntakeAndSymbolsAreNot) {
  for (const http::Route& route : Table(false)) {
    const std::string& pattern = route.pattern;
    const bool is_api = pattern.starts_with("/api/") && pattern.find("minidump") == std::string::npos &&
                        !pattern.starts_with("/api/uploads") && !pattern.starts_with("/api/syminfo");
    EXPECT_EQ(route.is_limited, is_api) << pattern;
  }
}

TEST_F(RouteTableTest, WhatIsPublicOnLoopbackIsNamesOfAddressesAndMetrics) {
  const std::vector<http::Route> closed = Table(false);
  const std::vector<http::Route> open = Table(true);
  ASSERT_EQ(open.size(), closed.size());
  for (std::size_t i = 0; i < open.size(); ++i) {
    const std::string& pattern = open[i].pattern;
    const bool is_open = pattern.starts_with("/symbolicate/") || pattern.starts_with("/api/MissingSymbols") ||
                         pattern == "/missingsymbols.csv" || pattern == "/metrics";
    EXPECT_EQ(open[i].permission, is_open ? std::string(http::kAnybody) : closed[i].permission)
        << open[i].pattern;
  }
}

}  // namespace
}  // namespace cairn::apps
