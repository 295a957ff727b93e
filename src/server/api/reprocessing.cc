#include "server/api/reprocessing.h"

#include <variant>

#include "base/json_writer.h"
#include "server/api/search_parameters.h"
#include "server/api/search_request.h"
#include "server/intake/crash_id.h"
#include "server/intake/ping_pack.h"
#include "server/intake/queue_kinds.h"
#include "server/store/blob_keys.h"
#include "server/store/permissions.h"

namespace cairn::api {
namespace {

using search::FieldId;
using search::Query;

constexpr std::int64_t kDayMs = 86'400'000;

struct Asked {
  std::uint64_t queued = 0;
  std::vector<std::string> unknown;
};

// What the queue knows a crash by, or nothing if there is no such crash.
base::Result<std::optional<store::QueueItem>> FindItem(const ApiParts& parts, const std::string& id) {
  if (const std::optional<std::string> day = intake::DayOfCrashId(id)) {
    ASSIGN_OR_RETURN(const bool is_report, parts.blobs.Exists(store::RawCrashKey(*day, id)));
    if (is_report) return std::optional(store::QueueItem{std::string(intake::kReprocessKind), id});
  }
  ASSIGN_OR_RETURN(const std::optional<search::CrashReference> known, parts.index.Get(id));
  if (!known || known->kind != search::CrashKind::kPing) return std::optional<store::QueueItem>();
  const intake::PingPlace ping{intake::DayOf(known->date_ms), known->pack, id};
  return std::optional(store::QueueItem{std::string(intake::kReprocessPingKind), ping.Text()});
}

// What stands behind a colon is passed over.
std::optional<std::string> CrashIdIn(std::string_view text) {
  return ParseCrashId(text.substr(0, text.find(':')));
}

// What was set aside is tried again where it stands. False: it is not set aside.
base::Result<bool> RetrySetAside(const ApiParts& parts, const std::string& id) {
  bool retried = false;
  for (const intake::Lane& lane : intake::kLanes) {
    const store::QueueItem item{std::string(lane.kind), id};
    ASSIGN_OR_RETURN(const std::optional<store::QueueState> state, parts.queue.Find(item));
    if (state != store::QueueState::kSetAside) continue;
    RETURN_IF_ERROR(parts.queue.Retry(item));
    retried = true;
  }
  return retried;
}

base::Status QueueCrash(const ApiParts& parts, std::string_view text, Asked& asked) {
  const std::optional<std::string> id = CrashIdIn(text);
  base::Result<std::optional<store::QueueItem>> item =
      id ? FindItem(parts, *id)
         : base::Result<std::optional<store::QueueItem>>(std::optional<store::QueueItem>());
  if (!item) return item.error();
  if (!*item) {
    asked.unknown.emplace_back(text);
    return {};
  }
  ASSIGN_OR_RETURN(const bool retried, RetrySetAside(parts, (*item)->id));
  if (!retried) RETURN_IF_ERROR(parts.queue.Push(**item));
  ++asked.queued;
  return {};
}

// All that a query finds, page by page. What arrives meanwhile is behind the query's window.
base::Status QueueFound(const ApiParts& parts, Query query, Asked& asked) {
  query.columns = {FieldId::kUuid};
  query.facets.clear();
  query.sort.clear();
  query.hits_max = kMaxHits;
  query.hits_offset = 0;
  query.deadline = {};  // Of one page, not of a hundred.
  while (asked.queued < kMaxReprocessed) {
    ASSIGN_OR_RETURN(const search::SearchResult found, parts.index.Search(query));
    for (const std::vector<search::Value>& hit : found.hits) {
      if (const auto* const id = std::get_if<std::string>(&hit.at(0)))
        RETURN_IF_ERROR(QueueCrash(parts, *id, asked));
    }
    if (!found.next) return {};
    query.after = found.next;
  }
  return {};
}

base::Status QueueSetAside(const ApiParts& parts, Asked& asked) {
  for (const intake::Lane& lane : intake::kLanes) {
    for (;;) {
      ASSIGN_OR_RETURN(const std::vector<store::SetAsideItem> items,
                       parts.queue.ListSetAside(lane.kind, kMaxSetAsideShown));
      for (const store::SetAsideItem& item : items) RETURN_IF_ERROR(parts.queue.Retry(item.item));
      asked.queued += items.size();
      if (items.size() < kMaxSetAsideShown) break;
    }
  }
  return {};
}

// Over all the days that one search may have.
Query QueryOfSignature(const ApiParts& parts, const std::string& signature, const http::Caller& caller) {
  Query query;
  query.window = {parts.clock() - kMaxWindowDays * kDayMs, parts.clock() + 1};
  query.kinds = VisibleKinds(caller);
  query.clauses = {{FieldId::kSignature, search::Combine::kAllOf, {{search::Operator::kEquals, signature}}}};
  return query;
}

http::Response Answer(const Asked& asked) {
  base::JsonWriter json;
  json.BeginObject();
  json.NumberField("queued", asked.queued);
  json.Key("unknown");
  json.BeginArray();
  for (const std::string& id : asked.unknown) json.String(id);
  json.EndArray();
  json.EndObject();
  return http::JsonResponse(200, json.Take());
}

http::Response Reprocess(const ApiParts& parts, const http::Request& request) {
  const std::optional<http::QueryFields> fields = http::ParseQuery(request.body);
  if (!fields || fields->empty()) {
    return http::ErrorResponse(400, "Send a form with crash_ids, query, signature or set_aside=1");
  }
  Asked asked;
  for (const auto& [name, value] : *fields) {
    const std::uint64_t queued_before = asked.queued;
    base::Status done;
    if (name == "crash_ids") {
      done = QueueCrash(parts, value, asked);
    } else if (name == "signature") {
      done = QueueFound(parts, QueryOfSignature(parts, value, request.caller), asked);
    } else if (name == "set_aside") {
      done = QueueSetAside(parts, asked);
    } else if (name == "query") {
      const std::optional<http::QueryFields> parameters = http::ParseQuery(value);
      if (!parameters) return http::ErrorResponse(400, "query: a broken %-escape");
      const std::variant<Query, Refusal> read =
          ReadSearchParameters(*parameters, request.caller, parts.clock());
      if (const auto* const refusal = std::get_if<Refusal>(&read))
        return http::ErrorResponse(refusal->status, refusal->message);
      done = QueueFound(parts, std::get<Query>(read), asked);
    } else {
      return http::ErrorResponse(
          400, "There is no parameter of that name: crash_ids, query, signature, set_aside");
    }
    if (!done && done.error().code == base::Code::kBadValue)
      return http::ErrorResponse(400, done.error().what);
    if (!done) return StoreTrouble(done.error());
    if (asked.queued == queued_before) continue;
    const std::optional<std::string> id = name == "crash_ids" ? CrashIdIn(value) : std::nullopt;
    const std::string object =
        id ? *id : name + ": " + std::to_string(asked.queued - queued_before) + " crashes";
    if (std::optional<http::Response> refusal = NoteInAudit(parts, request, "reprocess", object))
      return *std::move(refusal);
  }
  if (parts.arrived && asked.queued > 0) parts.arrived();
  return Answer(asked);
}

http::Response ListSetAside(const ApiParts& parts, const http::Request&) {
  base::JsonWriter json;
  json.BeginObject();
  json.Key("set_aside");
  json.BeginArray();
  for (const intake::Lane& lane : intake::kLanes) {
    const auto items = parts.queue.ListSetAside(lane.kind, kMaxSetAsideShown);
    if (!items) return StoreTrouble(items.error());
    for (const store::SetAsideItem& item : *items) {
      json.BeginObject();
      json.TextField("id", item.item.id);
      json.TextField("lane", lane.kind);
      json.TextField("reason", item.reason);
      json.NumberField("attempts", item.attempts);
      json.TextField("date", os::FormatIso(item.set_aside_ms));
      json.EndObject();
    }
  }
  json.EndArray();
  json.EndObject();
  return http::JsonResponse(200, json.Take());
}

}  // namespace

void AddReprocessingRoutes(const ApiParts& parts, std::vector<http::Route>& routes) {
  const std::string permission(store::NameOf(store::Permission::kReprocessCrashes));
  for (const std::string slash : {"/", ""}) {
    routes.push_back({.method = "POST",
                      .pattern = "/api/Reprocessing" + slash,
                      .permission = permission,
                      .body = http::BodyPlace::kMemory,
                      .max_body_bytes = kMaxReprocessingBytes,
                      .handler = [parts](http::Request& request) { return Reprocess(parts, request); }});
    routes.push_back({.method = "GET",
                      .pattern = "/api/SetAside" + slash,
                      .permission = permission,
                      .handler = [parts](http::Request& request) { return ListSetAside(parts, request); }});
  }
}

}  // namespace cairn::api
