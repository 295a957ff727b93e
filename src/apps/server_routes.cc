#include "apps/server_routes.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

#include "apps/build_info.h"
#include "apps/openapi.h"
#include "os/clock.h"
#include "server/api/api.h"
#include "server/api/search_request.h"
#include "server/api/super_search.h"
#include "server/api/visibility.h"
#include "server/bugs/bug_routes.h"
#include "server/collector/collector.h"
#include "server/healing/healing_routes.h"
#include "server/missing_symbols/missing_symbols_routes.h"
#include "server/retention/purge_routes.h"
#include "server/signing/signing_routes.h"
#include "server/symbolication/symbolication_routes.h"

namespace cairn::apps {
namespace {

const std::string kAnybody(http::kAnybody);

http::Handler Says(std::string json) {
  return [json = std::move(json)](const http::Request&) { return http::JsonResponse(200, json); };
}

// Whether load balancers should send requests here: the stores work.
http::Handler Heartbeat(Health& health) {
  return [&health](http::Request&) {
    const std::vector<HealthError> errors = health.Ask();
    return http::JsonResponse(errors.empty() ? 200 : 503, HealthAsJson(errors));
  };
}

// Whether it came since somebody missed it.
missing_symbols::MissingSymbols::IsThere IsThere(symbol_lookup::SymbolLookup& lookup) {
  return [&lookup](const std::string& debug_file, const std::string& debug_id) {
    model::Module module;
    module.debug_file = debug_file;
    module.debug_id.text = debug_id;
    return lookup.Has(module);
  };
}

// For frames of crashes that were processed without symbols.
api::FindNames FindNamesHere(symbolication::Symbolicator& symbolicator) {
  return [&symbolicator](const std::string& debug_file, const std::string& debug_id) {
    model::Module module;
    module.debug_file = debug_file;
    module.debug_id.text = debug_id;
    return symbolicator.NamesHere(module);
  };
}

// Asked for at every search of a stranger, and changed by an operator once in a while.
std::function<std::optional<std::vector<std::string>>()> ProductsByToken(const store::Directory& directory) {
  constexpr std::int64_t kRememberedMs = 2'000;
  struct Remembered {
    std::mutex mutex;
    std::optional<std::vector<std::string>> products;  // GUARDED_BY(mutex). Nothing: never read.
    std::int64_t read_ms = 0;                          // GUARDED_BY(mutex)
  };
  return [&directory, remembered = std::make_shared<Remembered>()] {
    const std::lock_guard lock(remembered->mutex);
    const std::int64_t now_ms = os::UnixMillis();
    if (remembered->products && now_ms - remembered->read_ms < kRememberedMs) return remembered->products;
    const base::Result<std::vector<store::Product>> all = directory.ListProducts();
    if (!all) return remembered->products;  // Those of before: a busy store opens nothing.
    std::vector<std::string>& products = remembered->products.emplace();
    for (const store::Product& product : *all) {
      if (product.crashes == store::Visibility::kByToken) products.push_back(product.name);
    }
    remembered->read_ms = now_ms;
    return remembered->products;
  };
}

// For a download that the store has not: from another symbol server; what nobody has is counted.
symbols::FindSymbolFile FindElsewhere(symbol_lookup::SymbolLookup& lookup,
                                      missing_symbols::MissingSymbols& missing) {
  return [&](const model::Module& module) {
    std::optional<os::FileDescriptor> text = lookup.FindTextElsewhere(module);
    if (!text) {
      missing.NoteRequest({module.debug_file, module.debug_id.text, module.code_file, module.code_id},
                          missing_symbols::WantedBy::kDownload);
    }
    return text;
  };
}

void Append(std::vector<http::Route>& routes, std::vector<http::Route> more) {
  for (http::Route& route : more) routes.push_back(std::move(route));
}

// Whether a caller may ask only so often: what answers people and their scripts. Reports, pings, symbols and
// this server's own health come as they come.
bool IsLimited(std::string_view pattern) {
  const auto begins = [pattern](std::string_view prefix) { return pattern.starts_with(prefix); };
  return begins("/api/") && !begins("/api/{project}/") && !begins("/api/uploads/") &&
         !begins("/api/syminfo/");
}

// Whether everybody needs it to become known.
bool IsForSigningIn(std::string_view pattern) {
  if (pattern.ends_with('/')) pattern.remove_suffix(1);
  return pattern == "/api/Me" || pattern == "/api/SignIn" || pattern == "/api/SignOut" ||
         pattern == "/api/OidcSignIn" || pattern == "/api/OidcReturn";
}

void CloseToAnonymous(std::vector<http::Route>& routes) {
  for (http::Route& route : routes) {
    if (route.permission == kAnybody && IsLimited(route.pattern) && !IsForSigningIn(route.pattern))
      route.permission = http::kAnyCaller;
  }
}

// What anybody may read, pages of other sites may read as well (Crash Stats' API is used so). Nobody is known
// by it: browsers leave cookies away for "*".
void OpenToOtherSites(std::vector<http::Route>& routes) {
  for (http::Route& route : routes) {
    if (!IsLimited(route.pattern) || IsForSigningIn(route.pattern) || route.permission != kAnybody) continue;
    route.handler = [handler = std::move(route.handler)](http::Request& request) {
      http::Response response = handler(request);
      response.headers.push_back({"Access-Control-Allow-Origin", "*"});
      return response;
    };
  }
}

// What GET /api/OpenApi/ answers, to be filled in once the table is whole.
std::shared_ptr<std::string> AddOpenApi(std::vector<http::Route>& routes) {
  const auto document = std::make_shared<std::string>();
  for (const std::string pattern : {"/api/OpenApi/", "/api/OpenApi"}) {
    routes.push_back(
        {.method = "GET", .pattern = pattern, .permission = kAnybody, .handler = [document](http::Request&) {
           http::Response response = http::TextResponse(200, *document);
           response.content_type = "application/yaml";
           return response;
         }});
  }
  return document;
}

// Products, of which some may be kept for longer, matter only to who asks for more than the policy keeps.
std::int64_t KeptSince(const store::Directory& directory, const retention::Policy& policy,
                       search::CrashKind kind, std::int64_t asked_ms) {
  const std::int64_t now_ms = os::UnixMillis();
  const std::int64_t start_ms = retention::StartOfKept(retention::LongestDays(policy, {}, kind), now_ms);
  if (asked_ms >= start_ms) return start_ms;
  const base::Result<std::vector<store::Product>> products = directory.ListProducts();
  if (!products) return start_ms;
  return retention::StartOfKept(retention::LongestDays(policy, *products, kind), now_ms);
}

api::ApiParts ApiPartsOf(const RouteParts& parts) {
  return {
      .index = parts.index,
      .blobs = parts.blobs,
      .queue = parts.queue,
      .registry = parts.registry,
      .arrived = parts.arrived,
      .audit = parts.audit,
      .find_names = FindNamesHere(parts.symbolicator),
      .rules = [&signing = parts.signing] { return signing.rules(); },
      .products_by_token = ProductsByToken(parts.symbols.directory),
      .knows_product = [&directory = parts.directory](const std::string& product) -> base::Result<bool> {
        ASSIGN_OR_RETURN(const std::optional<store::Product> known, directory.FindProduct(product));
        return known.has_value();
      },
      .kept_since_ms = [&directory = parts.directory, policy = parts.retention_policy](
                           search::CrashKind kind,
                           std::int64_t asked_ms) { return KeptSince(directory, policy, kind, asked_ms); },
      .spool_folder = parts.spool_folder,
      .search_limits = parts.search_limits};
}

}  // namespace

std::vector<http::Route> MakeRouteTable(const RouteParts& parts) {
  std::vector<http::Route> routes = collector::MakeRoutes({.blobs = parts.blobs,
                                                           .queue = parts.queue,
                                                           .rules = parts.rules,
                                                           .arrived = parts.arrived,
                                                           .metrics = parts.collector_metrics});
  Append(routes, pings::MakeRoutes(parts.edge));
  const api::ApiParts api_parts = ApiPartsOf(parts);
  Append(routes, api::MakeRoutes(api_parts));
  Append(routes, sql::MakeRoutes({.index = parts.index,
                                  .audit = parts.audit,
                                  .program = parts.sql_program,
                                  .spool_folder = parts.spool_folder,
                                  .options = parts.sql,
                                  .hidden_products = [api_parts](const http::Caller& caller) {
                                    return api::HiddenProducts(api_parts, caller);
                                  }}));
  Append(routes, retention::MakePurgeRoutes(parts.purge));
  const auto visible_signatures = [api_parts](const http::Request& request,
                                              const std::vector<std::string>& signatures) {
    return api::VisibleSignatures(api_parts, request, signatures);
  };
  Append(
      routes,
      signing::MakeSigningRoutes(
          {.signing = parts.signing,
           .index = parts.index,
           .audit = parts.audit,
           .visible = visible_signatures,
           .seen = [api_parts](const http::Caller& caller) { return api::CrashesSeenBy(api_parts, caller); },
           .deadline =
               [api_parts](const http::Request& request) { return api::DeadlineOf(api_parts, request); }}));
  const std::string symbols_permission =
      parts.symbols.public_by_default ? kAnybody : std::string("upload_symbols");
  Append(routes, symbolication::MakeRoutes(parts.symbolicator, symbols_permission));
  Append(routes, missing_symbols::MakeRoutes({.missing = parts.missing_symbols,
                                              .is_there = IsThere(parts.symbol_lookup),
                                              .permission = symbols_permission}));
  Append(routes, healing::MakeRoutes(parts.healing));
  Append(routes, parts.accounts.MakeRoutes());
  Append(routes,
         bugs::MakeRoutes(
             {.directory = parts.directory,
              .trackers = parts.trackers,
              .audit = parts.audit,
              .public_url = parts.symbols.public_url,
              .search = [api_parts](http::Request& request) { return api::SuperSearch(api_parts, request); },
              .processed_crash =
                  [api_parts](http::Request& request) { return api::ProcessedCrash(api_parts, request); },
              .visible_signatures = visible_signatures}));
  symbols::SymbolRoutesParts symbols = parts.symbols;
  symbols.find_elsewhere = FindElsewhere(parts.symbol_lookup, parts.missing_symbols);
  Append(routes, symbols::MakeRoutes(symbols));
  const auto add = [&routes](const std::string& path, const std::string& permission, http::Handler handler) {
    routes.push_back({.method = "GET",
                      .pattern = path,
                      .permission = permission,
                      .handler = std::move(handler),
                      .is_quick = true});
  };
  add("/__heartbeat__", kAnybody, Heartbeat(parts.health));
  add("/__lbheartbeat__", kAnybody, Says("{}"));
  add("/__version__", kAnybody, Says(BuildInfoAsJson()));
  add("/metrics", parts.metrics_public ? kAnybody : std::string("view_metrics"), parts.metrics);
  const std::shared_ptr<std::string> openapi = AddOpenApi(routes);
  for (http::Route& route : routes) route.is_limited = IsLimited(route.pattern);
  if (!parts.anonymous_view) CloseToAnonymous(routes);
  OpenToOtherSites(routes);
  *openapi = MakeOpenApi(routes, search::Fields(), OperationsText()).text;
  return routes;
}

}  // namespace cairn::apps
