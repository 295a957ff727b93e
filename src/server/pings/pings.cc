#include "server/pings/pings.h"

#include <simdjson.h>

#include <algorithm>

#include "base/json_writer.h"
#include "os/clock.h"
#include "os/random.h"
#include "server/http/limits.h"
#include "server/store/blob_keys.h"

namespace cairn::pings {
namespace {

using http::Request;
using http::Response;

constexpr std::size_t kDayLength = 8;
// /submit/telemetry/<docId>/<docType>/<app>/<version>/<channel>/<build>: six behind the namespace.
constexpr std::size_t kTelemetryElements = 6;
constexpr std::size_t kElementsBefore = 2;

// Lower-case; empty if `text` is no UUID.
std::string CleanUuid(std::string_view text) {
  std::string uuid(text);
  if (uuid.size() != 36) return {};
  for (std::size_t i = 0; i < uuid.size(); ++i) {
    char& c = uuid[i];
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    if (dash ? c != '-' : !hex) return {};
  }
  return uuid;
}

std::string DayOf(std::int64_t unix_millis) {
  std::string day = os::FormatIso(unix_millis).substr(0, 10);
  std::erase(day, '-');
  return day;
}

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

  StoredPing ping;
  ping.submitted_ms = os::UnixMillis();
  ping.submitted = os::FormatIso(ping.submitted_ms);
  ping.id = CleanUuid(elements[0]);
  ping.id_is_made_up = ping.id.empty();
  if (ping.id_is_made_up) ping.id = os::RandomUuid();
  ping.doc_type = elements[1];
  ping.compressed = request.FindHeader("content-encoding") == "gzip";
  ping.body = std::move(request.body);

  const PingId id{DayOf(ping.submitted_ms), ping.id};
  const std::string key = store::RawPingKey(id.day, id.document_id);
  const base::Result<bool> known = parts.blobs.Exists(key);
  if (!known) return http::TextResponse(500, "");
  // A client that missed our answer sends the same again: the first one counts. It is queued again too,
  // because it may be that the answer was missed because nothing was queued; processing twice changes
  // nothing.
  if (!*known && !parts.blobs.Put(key, base::AsBytes(WriteStoredPing(ping))))
    return http::TextResponse(500, "");
  if (!parts.queue.Push({std::string(kPingKind), id.Text()})) return http::TextResponse(500, "");
  if (parts.arrived) parts.arrived();
  return http::TextResponse(200, "");
}

std::string TextAt(simdjson::dom::element element, std::string_view key) {
  std::string_view text;
  return element[key].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

}  // namespace

std::vector<http::Route> MakeRoutes(const EdgeParts& parts) {
  const auto take = [parts](Request& request) { return Take(parts, request); };
  std::vector<http::Route> routes;
  for (const char* method : {"POST", "PUT"}) {
    routes.push_back(
        {method, "/submit/telemetry/{*rest}", "", http::BodyPlace::kMemory, http::kMaxPingBytes, take});
  }
  return routes;
}

std::string WriteStoredPing(const StoredPing& ping) {
  base::JsonWriter json;
  json.BeginObject();
  json.Key("id");
  json.String(ping.id);
  json.Key("id_is_made_up");
  json.Bool(ping.id_is_made_up);
  json.Key("doc_type");
  json.String(ping.doc_type);
  json.Key("submitted");
  json.String(ping.submitted);
  json.Key("submitted_ms");
  json.Number(ping.submitted_ms);
  json.Key("compressed");
  json.Bool(ping.compressed);
  json.EndObject();
  return json.Take() + "\n" + ping.body;
}

base::Result<StoredPing> ReadStoredPing(std::string_view text) {
  const std::size_t line = text.find('\n');
  simdjson::dom::parser parser;
  simdjson::dom::element head;
  if (line == std::string_view::npos || parser.parse(text.data(), line).get(head) != simdjson::SUCCESS) {
    return base::Error{base::Code::kBadValue, 0, "stored ping: its first line"};
  }
  StoredPing ping;
  ping.id = TextAt(head, "id");
  ping.doc_type = TextAt(head, "doc_type");
  ping.submitted = TextAt(head, "submitted");
  if (head["submitted_ms"].get(ping.submitted_ms) != simdjson::SUCCESS ||
      head["id_is_made_up"].get(ping.id_is_made_up) != simdjson::SUCCESS ||
      head["compressed"].get(ping.compressed) != simdjson::SUCCESS) {
    return base::Error{base::Code::kBadValue, 0, "stored ping: its first line"};
  }
  ping.body = std::string(text.substr(line + 1));
  return ping;
}

base::Result<PingId> ParsePingId(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash != kDayLength || CleanUuid(text.substr(slash + 1)).empty()) {
    return base::Error{base::Code::kBadValue, 0, "ping id"};
  }
  return PingId{std::string(text.substr(0, slash)), std::string(text.substr(slash + 1))};
}

}  // namespace cairn::pings
