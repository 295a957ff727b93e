#include "server/api/reprocessing.h"

#include <algorithm>
#include <variant>

#include "base/json_writer.h"
#include "base/time_units.h"
#include "server/api/raw_crash.h"
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

using base::kDayMs;

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

constexpr std::string_view kReprocess = store::NameOf(store::Permission::kReprocessCrashes);

// Of Socorro's clients: "ID:RULESET".
std::optional<std::string> CrashIdIn(std::string_view text) {
  return ParseCrashId(text.substr(0, text.find(':')));
}
bool HasKnownRuleset(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return true;
  const std::string_view ruleset = text.substr(colon + 1);
  return ruleset == "default" || ruleset == "regenerate_signature";
}

// Whether the caller may have this crash processed again.
base::Result<bool> MayReprocess(const ApiParts& parts, const http::Caller& caller, const std::string& id) {
  ASSIGN_OR_RETURN(const std::vector<std::string> hidden, HiddenProducts(parts, caller));
  if (hidden.empty() && caller.Has(kReprocess)) return true;
  ASSIGN_OR_RETURN(std::string product, ProductOfReport(parts, id));
  if (product.empty()) {
    ASSIGN_OR_RETURN(const std::optional<search::CrashReference> known, parts.index.Get(id));
    if (known) {
      ASSIGN_OR_RETURN(product, ProductOf(parts.index, *known));
    }
  }
  return caller.Has(kReprocess, product) && std::ranges::find(hidden, product) == hidden.end();
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

base::Status QueueCrash(const ApiParts& parts, const http::Caller& caller, std::string_view text,
                        Asked& asked) {
  std::optional<std::string> id = CrashIdIn(text);
  if (id) {
    ASSIGN_OR_RETURN(const bool may_reprocess, MayReprocess(parts, caller, *id));
    if (!may_reprocess) id.reset();
  }
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
base::Status QueueFound(const ApiParts& parts, const http::Request& request, Query query, Asked& asked) {
  ConfineTo(kReprocess, request.caller, query);
  query.columns = {FieldId::kUuid};
  query.facets.clear();
  query.sort.clear();
  query.hits_max = kMaxHits;
  query.hits_offset = 0;
  while (asked.queued < kMaxReprocessed) {
    query.deadline = DeadlineOf(parts, request);  // Of one page, not of a hundred.
    ASSIGN_OR_RETURN(const search::SearchResult found, parts.index.Search(query));
    for (const std::vector<search::Value>& hit : found.hits) {
      if (const auto* const id = std::get_if<std::string>(&hit.at(0)))
        RETURN_IF_ERROR(QueueCrash(parts, request.caller, *id, asked));
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
base::Result<Query> QueryOfSignature(const ApiParts& parts, const std::string& signature,
                                     const http::Caller& caller) {
  Query query;
  query.window = {parts.clock() - kMaxWindowDays * kDayMs, parts.clock() + 1};
  query.kinds = VisibleKinds(caller);
  query.clauses = {{FieldId::kSignature, search::Combine::kAllOf, {{search::Operator::kEquals, signature}}}};
  RETURN_IF_ERROR(LeaveOutHidden(parts, caller, query));
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
      if (!HasKnownRuleset(value))
        return http::ErrorResponse(400,
                                   "crash_ids: a ruleset that is neither default nor regenerate_signature");
      done = QueueCrash(parts, request.caller, value, asked);
    } else if (name == "signature") {
      const base::Result<Query> query = QueryOfSignature(parts, value, request.caller);
      done = query ? QueueFound(parts, request, *query, asked) : base::Status(query.error());
    } else if (name == "set_aside") {
      // They are of all products.
      const base::Result<std::vector<std::string>> hidden = HiddenProducts(parts, request.caller);
      if (!hidden) return StoreTrouble(hidden.error());
      if (!request.caller.Has(kReprocess) || !hidden->empty())
        return http::ErrorResponse(403, "set_aside: this needs the permission for all products");
      done = QueueSetAside(parts, asked);
    } else if (name == "query") {
      const std::optional<http::QueryFields> parameters = http::ParseQuery(value);
      if (!parameters) return http::ErrorResponse(400, "query: a broken %-escape");
      std::variant<Query, http::Response> read = ReadSearch(parts, request, *parameters);
      if (auto* const refusal = std::get_if<http::Response>(&read)) return std::move(*refusal);
      done = QueueFound(parts, request, std::get<Query>(std::move(read)), asked);
    } else {
      return http::ErrorResponse(
          400, "There is no parameter of that name: crash_ids, query, signature, set_aside");
    }
    if (!done && done.error().code == base::Code::kBadValue)
      return http::ErrorResponse(400, done.error().what);
    if (!done) return SearchTrouble(done.error());
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

http::Response ListSetAside(const ApiParts& parts, const http::Request& request) {
  base::JsonWriter json;
  json.BeginObject();
  json.Key("set_aside");
  json.BeginArray();
  for (const intake::Lane& lane : intake::kLanes) {
    const auto items = parts.queue.ListSetAside(lane.kind, kMaxSetAsideShown);
    if (!items) return StoreTrouble(items.error());
    for (const store::SetAsideItem& item : *items) {
      // A pack of pings may be of any product, and is no crash of one.
      const base::Result<bool> may_reprocess = MayReprocess(parts, request.caller, item.item.id);
      if (!may_reprocess) return StoreTrouble(may_reprocess.error());
      if (!*may_reprocess) continue;
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
                      .handler = [parts](http::Request& request) { return Reprocess(parts, request); },
                      .per_product = true});
    routes.push_back({.method = "GET",
                      .pattern = "/api/SetAside" + slash,
                      .permission = permission,
                      .handler = [parts](http::Request& request) { return ListSetAside(parts, request); },
                      .per_product = true});
  }
}

}  // namespace cairn::api
