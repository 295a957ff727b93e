#include "server/pings/pings.h"

#include <algorithm>

#include "base/byte_reader.h"
#include "base/result.h"
#include "os/clock.h"
#include "os/random.h"
#include "server/http/limits.h"
#include "server/intake/crash_id.h"
#include "server/intake/queue_kinds.h"
#include "server/intake/stored_ping.h"
#include "server/store/blob_keys.h"

namespace cairn::pings {
namespace {

using http::Request;
using http::Response;

// /submit/telemetry/<docId>/<docType>/<app>/<version>/<channel>/<build>: six behind the namespace.
constexpr std::size_t kTelemetryElements = 6;
constexpr std::size_t kElementsBefore = 2;

bool IsVersionFour(const Request& request) {
  const std::optional<http::QueryFields> query = http::ParseQuery(request.query);
  return query && std::find(query->begin(), query->end(), std::pair<std::string, std::string>("v", "4")) !=
                      query->end();
}

Response Take(const EdgeParts& parts, Request& request) {
  if (request.Path().size() > kMaxUriBytes) return http::TextResponse(414, "path too long\n");
  std::vector<std::string> elements(request.segments.begin() + kElementsBefore, request.segments.end());
  if (!elements.empty() && elements.back().empty()) elements.pop_back();  // A slash at the end is ignored.
  if (elements.size() != kTelemetryElements || !IsVersionFour(request)) return http::TextResponse(404, "");
  const bool has_length =
      !request.FindHeader("content-length").empty() || !request.FindHeader("transfer-encoding").empty();
  if (!has_length) return http::TextResponse(411, "");

  intake::StoredPing ping;
  ping.submitted_ms = os::UnixMillis();
  ping.submitted = os::FormatIso(ping.submitted_ms);
  ping.id = intake::CleanUuid(elements[0]);
  ping.id_is_made_up = ping.id.empty();
  if (ping.id_is_made_up) ping.id = os::RandomUuid();
  ping.doc_type = elements[1];
  ping.compressed = request.FindHeader("content-encoding") == "gzip";
  ping.body = std::move(request.body);

  const intake::PingId id{intake::DayOf(ping.submitted_ms), ping.id};
  const std::string key = store::RawPingKey(id.day, id.document_id);
  const base::Result<bool> known = parts.blobs.Exists(key);
  if (!known) return http::TextResponse(500, "");
  // A client that missed our answer sends the same again: the first one counts. It is queued again too,
  // because it may be that the answer was missed because nothing was queued; processing twice changes
  // nothing.
  if (!*known && !parts.blobs.Put(key, base::AsBytes(intake::WriteStoredPing(ping))))
    return http::TextResponse(500, "");
  if (!parts.queue.Push({std::string(intake::kPingKind), id.Text()})) return http::TextResponse(500, "");
  if (parts.arrived) parts.arrived();
  return http::TextResponse(200, "");
}

}  // namespace

std::vector<http::Route> MakeRoutes(const EdgeParts& parts) {
  const auto take = [parts](Request& request) { return Take(parts, request); };
  std::vector<http::Route> routes;
  for (const char* method : {"POST", "PUT"}) {
    routes.push_back({method, "/submit/telemetry/{*rest}", std::string(http::kAnybody),
                      http::BodyPlace::kMemory, http::kMaxPingBytes, take});
  }
  return routes;
}

}  // namespace cairn::pings
