#include "server/symbolication/symbolication_routes.h"

namespace cairn::symbolication {
namespace {

http::Response AllowAnyOrigin(http::Response response) {
  response.headers.push_back({"Access-Control-Allow-Origin", "*"});
  return response;
}

http::Response Answer(Symbolicator& symbolicator, const http::Request& request, ApiVersion version) {
  const Symbolicator::Debug debug =
      request.FindHeader("debug").empty() ? Symbolicator::Debug::kLeftOut : Symbolicator::Debug::kIncluded;
  return AllowAnyOrigin(symbolicator.Answer(request.body, version, debug));
}

// What a browser asks before it lets a page of another site post JSON.
http::Response Preflight(http::Request& /*request*/) {
  http::Response response = AllowAnyOrigin({});
  response.headers.push_back({"Access-Control-Allow-Methods", "POST"});
  response.headers.push_back({"Access-Control-Allow-Headers", "authorization,auth-token,content-type,debug"});
  response.headers.push_back({"Access-Control-Max-Age", "86400"});
  return response;
}

}  // namespace

std::vector<http::Route> MakeRoutes(Symbolicator& symbolicator, const std::string& permission) {
  std::vector<http::Route> routes;
  const auto add = [&](const std::string& path, ApiVersion version) {
    routes.push_back({.method = "POST",
                      .pattern = path,
                      .permission = permission,
                      .body = http::BodyPlace::kMemory,
                      .max_body_bytes = kMaxBodyBytes,
                      .handler = [&symbolicator, version](http::Request& request) {
                        return Answer(symbolicator, request, version);
                      }});
    routes.push_back({.method = "OPTIONS",
                      .pattern = path,
                      .permission = std::string(http::kAnybody),
                      .handler = Preflight,
                      .is_quick = true});
  };
  add("/symbolicate/v5", ApiVersion::kV5);
  add("/symbolicate/v4", ApiVersion::kV4);
  return routes;
}

}  // namespace cairn::symbolication
