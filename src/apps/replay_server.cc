#include "apps/replay_server.h"

#include <simdjson.h>

#include <algorithm>
#include <utility>

#include "base/parse_json.h"
#include "net/http_client.h"
#include "os/clock.h"

namespace cairn::apps {
namespace {

using base::Code;
using base::Error;

constexpr std::uint64_t kHitsMax = 1'000;           // Of one answer; what the API gives at most.
constexpr std::uint64_t kHitsOfWindowMax = 10'000;  // That can be paged through.
constexpr std::size_t kMaxAnswerBytes = 64 << 20;
constexpr int kTimeoutMs = 120'000;
constexpr std::string_view kFailedSignature = "EMPTY: crash failed to process";

std::string WindowOf(std::int64_t from_ms, std::int64_t to_ms) {
  return "date=" + net::EscapeUrlPart(">=" + os::FormatIso(from_ms)) +
         "&date=" + net::EscapeUrlPart("<" + os::FormatIso(to_ms));
}

Error Strange() { return {Code::kBadValue, 0, "the server's answer"}; }

}  // namespace

ReplayServer::ReplayServer(std::string url, std::string token)
    : url_(std::move(url)), token_(std::move(token)) {
  while (url_.ends_with('/')) url_.pop_back();
}

base::Result<std::string> ReplayServer::Get(const std::string& path) const {
  net::HttpRequest request{.url = url_ + path};
  if (!token_.empty()) request.headers.emplace_back("Auth-Token", token_);
  request.total_timeout_ms = kTimeoutMs;
  request.max_answer_bytes = kMaxAnswerBytes;
  ASSIGN_OR_RETURN(net::HttpResponse answer, net::SendHttp(request));
  if (answer.status != 200)
    return Error{Code::kRefused, static_cast<std::uint64_t>(answer.status), "the server"};
  return std::move(answer.body);
}

base::Result<std::uint64_t> ReplayServer::Count(std::int64_t from_ms, std::int64_t to_ms,
                                                const std::string& more) {
  ASSIGN_OR_RETURN(const std::string text, Get("/api/SuperSearch/?_results_number=0&_facets_size=0&" +
                                               WindowOf(from_ms, to_ms) + more));
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  std::uint64_t total = 0;
  if (base::ParseJson(parser, text).get(root) != simdjson::SUCCESS ||
      root["total"].get(total) != simdjson::SUCCESS) {
    return Strange();
  }
  return total;
}

base::Result<ServerView> ReplayServer::Look(std::int64_t from_ms, std::int64_t to_ms) {
  ServerView view;
  RETURN_IF_ERROR(LookAt(from_ms, to_ms, view));
  RETURN_IF_ERROR(LookAtOutcomes(view));
  ASSIGN_OR_RETURN(
      view.failed,
      Count(from_ms, to_ms, "&signature=" + net::EscapeUrlPart("=" + std::string(kFailedSignature))));
  return view;
}

// Deep pages cost a sort of all that was found, so a window with more than one page is cut into narrower
// ones.
base::Status ReplayServer::LookAt(std::int64_t from_ms, std::int64_t to_ms, ServerView& view) {
  std::uint64_t total = 0;
  for (std::uint64_t offset = 0;; offset += kHitsMax) {
    ASSIGN_OR_RETURN(const std::string text,
                     Get("/api/SuperSearch/?_columns=uuid&_columns=kind&_facets_size=0&_results_number=" +
                         std::to_string(kHitsMax) + "&_results_offset=" + std::to_string(offset) + "&" +
                         WindowOf(from_ms, to_ms)));
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    simdjson::dom::array hits;
    if (base::ParseJson(parser, text).get(root) != simdjson::SUCCESS ||
        root["total"].get(total) != simdjson::SUCCESS || root["hits"].get(hits) != simdjson::SUCCESS) {
      return Strange();
    }
    if (total > kHitsMax && to_ms - from_ms > 1) break;
    if (total > kHitsOfWindowMax)
      return Error{Code::kLimitExceeded, kHitsOfWindowMax, "crashes of one millisecond"};
    for (const simdjson::dom::element hit : hits) {
      std::string_view uuid;
      std::string_view kind;
      if (hit["uuid"].get(uuid) != simdjson::SUCCESS || hit["kind"].get(kind) != simdjson::SUCCESS)
        return Strange();
      (kind == "ping" ? view.pings : view.reports).emplace_back(uuid);
    }
    if (offset + kHitsMax >= total) return {};
  }
  const auto pieces =
      std::min<std::int64_t>(static_cast<std::int64_t>(total / (kHitsMax / 2)) + 1, to_ms - from_ms);
  for (std::int64_t i = 0; i < pieces; ++i) {
    const std::int64_t width = to_ms - from_ms;
    RETURN_IF_ERROR(LookAt(from_ms + width * i / pieces, from_ms + width * (i + 1) / pieces, view));
  }
  return {};
}

base::Status ReplayServer::LookAtOutcomes(ServerView& view) const {
  ASSIGN_OR_RETURN(const std::string text, Get("/api/PingRejects/?count=0"));
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  simdjson::dom::array counts;
  if (base::ParseJson(parser, text).get(root) != simdjson::SUCCESS ||
      root["counts"].get(counts) != simdjson::SUCCESS) {
    return Strange();
  }
  for (const simdjson::dom::element row : counts) {
    std::string_view outcome;
    std::uint64_t count = 0;
    if (row["outcome"].get(outcome) != simdjson::SUCCESS || row["count"].get(count) != simdjson::SUCCESS) {
      return Strange();
    }
    view.outcomes[std::string(outcome)] += count;
  }
  return {};
}

}  // namespace cairn::apps
