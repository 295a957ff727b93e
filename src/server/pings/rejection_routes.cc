#include "server/pings/rejection_routes.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "base/json_writer.h"
#include "base/time_units.h"
#include "os/clock.h"
#include "server/http/noted.h"
#include "server/intake/crash_id.h"
#include "server/store/permissions.h"

namespace cairn::pings {
namespace {

using http::Request;
using http::Response;

constexpr std::size_t kListedByDefault = 100;
constexpr std::int64_t kCountedDays = 30;
using base::kDayMs;

struct Question {
  RejectionFilter filter;
  std::size_t count = kListedByDefault;
};

std::optional<std::int64_t> ReadNumber(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

// Nothing if the query has a parameter that it may not have.
std::optional<Question> ReadQuestion(const Request& request) {
  const std::optional<http::QueryFields> query = http::ParseQuery(request.query);
  if (!query) return std::nullopt;
  Question question;
  for (const auto& [name, value] : *query) {
    if (name == "namespace") {
      question.filter.name_space = value;
    } else if (name == "type") {
      question.filter.type = value;
    } else if (name == "fault") {
      question.filter.fault = value;
    } else if (name == "sequence" && ReadNumber(value)) {
      question.filter.sequence = ReadNumber(value);
    } else if (name == "count" && ReadNumber(value)) {
      question.count =
          std::min<std::size_t>(static_cast<std::size_t>(*ReadNumber(value)), kMaxListedRejections);
    } else {
      return std::nullopt;
    }
  }
  return question;
}

Response BadQuestion() {
  return http::ErrorResponse(400, "Parameters are namespace, type, fault, sequence and count, each once");
}

// Without it nothing is shown or changed.
base::Status Note(store::AuditLog* audit, const Request& request, const char* action) {
  if (audit == nullptr) return {};
  return audit->Note({.who = http::AuditNameOf(request.caller), .action = action});
}

Response List(const Ledger& ledger, const Request& request) {
  const std::optional<Question> question = ReadQuestion(request);
  if (!question) return BadQuestion();
  const auto pings = ledger.ListRejections(question->filter, question->count);
  const auto counts = ledger.ListCounts(intake::DayOf(os::UnixMillis() - kCountedDays * kDayMs));
  if (!pings || !counts) return http::ErrorResponse(500, "The list of pings cannot be read");
  return http::JsonResponse(200, RejectionsJson(*pings, *counts));
}

Response Replay(Ledger& ledger, const std::function<void()>& marked, const Request& request) {
  const std::optional<Question> question = ReadQuestion(request);
  if (!question) return BadQuestion();
  const base::Result<std::int64_t> count = ledger.MarkRejections(question->filter);
  if (!count) return http::ErrorResponse(500, "The list of pings cannot be written");
  if (marked) marked();
  return http::JsonResponse(200, "{\"marked\":" + std::to_string(*count) + "}");
}

}  // namespace

std::string RejectionsJson(const std::vector<RejectedPing>& pings, const std::vector<PingCount>& counts) {
  base::JsonWriter json;
  json.BeginObject();
  json.Key("rejects");
  json.BeginArray();
  for (const RejectedPing& ping : pings) {
    json.BeginObject();
    json.NumberField("sequence", ping.sequence);
    json.TextField("submitted", os::FormatIso(ping.submitted_ms));
    json.TextField("document_id", ping.document_id);
    json.TextField("namespace", ping.name_space);
    json.TextField("type", ping.type);
    json.TextField("fault", ping.rejection.fault);
    json.TextField("pointer", ping.rejection.pointer);
    json.TextField("reason", ping.rejection.reason);
    json.Key("marked");
    json.Bool(ping.is_marked);
    json.EndObject();
  }
  json.EndArray();
  json.Key("counts");
  json.BeginArray();
  for (const PingCount& count : counts) {
    json.BeginObject();
    json.TextField("day", count.day);
    json.TextField("namespace", count.name_space);
    json.TextField("type", count.type);
    json.TextField("outcome", count.outcome);
    json.NumberField("count", count.count);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return json.Take();
}

std::vector<http::Route> MakeRejectionRoutes(Ledger& ledger, const std::function<void()>& marked,
                                             store::AuditLog* audit) {
  std::vector<http::Route> routes;
  // With and without the slash at the end: people leave it away.
  for (const char* const end : {"/", ""}) {
    routes.push_back({.method = "GET",
                      .pattern = std::string("/api/PingRejects") + end,
                      .permission = std::string(store::NameOf(store::Permission::kViewPings)),
                      .handler = [&ledger, audit](Request& request) {
                        if (const base::Status noted = Note(audit, request, "list refused pings"); !noted)
                          return http::NotNoted(noted.error());
                        return List(ledger, request);
                      }});
    routes.push_back({.method = "POST",
                      .pattern = std::string("/api/PingReplay") + end,
                      .permission = std::string(store::NameOf(store::Permission::kReprocessCrashes)),
                      .handler = [&ledger, marked, audit](Request& request) {
                        if (const base::Status noted = Note(audit, request, "replay refused pings"); !noted)
                          return http::NotNoted(noted.error());
                        return Replay(ledger, marked, request);
                      }});
  }
  return routes;
}

}  // namespace cairn::pings
