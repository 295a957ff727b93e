#include "server/pings/pings.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <utility>
#include <variant>

#include "formats/ping/ping_path.h"
#include "formats/ping/schema_set.h"
#include "os/clock.h"
#include "os/random.h"
#include "server/http/limits.h"
#include "server/intake/stored_ping.h"
#include "server/pings/rejection_routes.h"

namespace cairn::pings {
namespace {

using http::Request;
using http::Response;

constexpr std::string_view kHeaderTooLarge = "header too large\n";
constexpr std::string_view kGzipMagic = "\x1f\x8b";
// Those that Mozilla's edge keeps with a ping. Only X-Source-Tags is of use here; the others are held to the
// same limit, so that a client behaves alike with both.
constexpr std::array<std::string_view, 10> kMeasuredHeaders = {"host",
                                                               "date",
                                                               "dnt",
                                                               "user-agent",
                                                               "x-forwarded-for",
                                                               "x-pingsender-version",
                                                               "x-debug-id",
                                                               "x-telemetry-agent",
                                                               "x-source-tags",
                                                               "x-foxsec-ip-reputation"};

bool HasQueryVersionFour(const Request& request) {
  const std::optional<http::QueryFields> query = http::ParseQuery(request.query);
  return query && std::find(query->begin(), query->end(), std::pair<std::string, std::string>("v", "4")) !=
                      query->end();
}

// What is wrong with the head of a request, before anything else is looked at.
std::optional<Response> CheckHead(const Request& request) {
  if (request.Path().size() > kMaxUriBytes) return http::TextResponse(414, "path too long\n");
  const auto is_long = [&](std::string_view header) {
    return request.FindHeader(header).size() > kMaxUriBytes;
  };
  if (request.query.size() > kMaxUriBytes || std::ranges::any_of(kMeasuredHeaders, is_long)) {
    return http::TextResponse(431, std::string(kHeaderTooLarge));
  }
  return std::nullopt;
}

intake::StoredPing PingOf(const ping::PingPath& path, Request& request) {
  intake::StoredPing ping;
  ping.submitted_ms = os::UnixMillis();
  ping.submitted = os::FormatIso(ping.submitted_ms);
  ping.id = path.document_id;
  ping.id_is_made_up = ping.id.empty();
  if (ping.id_is_made_up) ping.id = os::RandomUuid();
  ping.name_space = path.name_space;
  ping.doc_type = path.type;
  ping.version = path.version.value_or(-1);
  ping.app_name = path.app_name;
  ping.app_version = path.app_version;
  ping.app_channel = path.app_channel;
  ping.app_build_id = path.app_build_id;
  ping.source_tags = std::string(request.FindHeader("x-source-tags"));
  ping.compressed = request.body.starts_with(kGzipMagic);
  ping.body = std::move(request.body);
  return ping;
}

// Of own trouble. Mozilla's edge says 507 when its disk is full.
int StatusOf(const base::Error& error) {
  const bool is_full = error.code == base::Code::kIo &&
                       (error.offset == ENOSPC || error.offset == EDQUOT || error.offset == EFBIG);
  return is_full ? 507 : 500;
}

// What path and header say of the ping, or how it is refused.
std::variant<ping::PingPath, Response> Judge(const EdgeParts& parts, const Request& request) {
  if (std::optional<Response> refusal = CheckHead(request)) return *std::move(refusal);
  std::variant<ping::PingPath, ping::BadPath> read = ping::ReadPingPath(request.segments);
  auto* const path = std::get_if<ping::PingPath>(&read);
  if (path == nullptr || !ping::IsNamespace(path->name_space)) return http::TextResponse(404, "");
  if (path->name_space == ping::kTelemetry) {
    if (!HasQueryVersionFour(request)) return http::TextResponse(404, "");
  } else if (!parts.namespaces.empty() && !parts.namespaces.contains(path->name_space)) {
    return http::TextResponse(404, "");
  }
  const bool has_length =
      !request.FindHeader("content-length").empty() || !request.FindHeader("transfer-encoding").empty();
  if (!has_length) return http::TextResponse(411, "");
  return std::move(*path);
}

void Take(const EdgeParts& parts, Request& request, http::Answer answer) {
  std::variant<ping::PingPath, Response> judged = Judge(parts, request);
  if (auto* const refusal = std::get_if<Response>(&judged)) return answer(std::move(*refusal));
  const intake::StoredPing ping = PingOf(std::get<ping::PingPath>(judged), request);
  const auto kept = [&parts, answer = std::move(answer)](const base::Status& status) {
    if (status && parts.arrived) parts.arrived();
    answer(http::TextResponse(status ? 200 : StatusOf(status.error()), ""));
  };
  parts.spool.Append(intake::WriteStoredPing(ping), kept);
}

}  // namespace

std::vector<http::Route> MakeRoutes(const EdgeParts& parts) {
  const auto take = [parts = std::make_shared<const EdgeParts>(parts)](
                        Request& request, http::Answer answer) { Take(*parts, request, std::move(answer)); };
  std::vector<http::Route> routes = MakeRejectionRoutes(parts.ledger, parts.arrived, parts.audit);
  for (const char* method : {"POST", "PUT"}) {
    routes.push_back({.method = method,
                      .pattern = "/submit/{namespace}/{*rest}",
                      .permission = std::string(http::kAnybody),
                      .body = http::BodyPlace::kMemory,
                      .max_body_bytes = http::kMaxPingBytes,
                      .later = take,
                      .too_large_text = "payload too large\n"});
  }
  return routes;
}

}  // namespace cairn::pings
