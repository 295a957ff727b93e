#include "server/api/api.h"

#include <algorithm>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <variant>

#include "base/json_writer.h"
#include "server/api/comments.h"
#include "server/api/correlations.h"
#include "server/api/crash_signature.h"
#include "server/api/data_dictionary.h"
#include "server/api/data_sets.h"
#include "server/api/export.h"
#include "server/api/flame.h"
#include "server/api/graphics_devices.h"
#include "server/api/ping_aggregates.h"
#include "server/api/public_document.h"
#include "server/api/raw_crash.h"
#include "server/api/reprocessing.h"
#include "server/api/search_fields.h"
#include "server/api/search_request.h"
#include "server/api/super_search.h"
#include "server/api/top_crashers.h"
#include "server/http/noted.h"
#include "server/intake/crash_id.h"
#include "server/intake/ping_pack.h"
#include "server/intake/processed_crash.h"
#include "server/intake/queue_kinds.h"
#include "server/store/blob_keys.h"
#include "server/store/permissions.h"

namespace cairn::api {
namespace {

using base::Code;

http::Response Pending(const std::string& id) {
  base::JsonWriter json;
  json.BeginObject();
  json.Key("error");
  json.String("The crash " + id + " is not processed yet");
  json.Key("status");
  json.String("pending");
  json.EndObject();
  return http::JsonResponse(404, json.Take());
}

// A ping has no document until somebody asks for it.
base::Status AskForPing(const ApiParts& parts, const search::CrashReference& ping) {
  const intake::PingPlace place{intake::DayOf(ping.date_ms), ping.pack, ping.uuid};
  RETURN_IF_ERROR(parts.queue.Push({std::string(intake::kPriorityPingKind), place.Text()}));
  if (parts.arrived) parts.arrived();
  return {};
}

// Has a crash without a document processed next, if it is one: waiting for its turn, deferred by the
// collector, or a ping. The queue holds it there once, however often it is asked for. Else why there will be
// none.
std::optional<http::Response> AskFor(const ApiParts& parts, const std::string& id,
                                     const http::Caller& caller) {
  const base::Result<std::optional<search::CrashReference>> known = parts.index.Get(id);
  if (!known) return StoreTrouble(known.error());
  if (*known && (*known)->kind == search::CrashKind::kPing) {
    const base::Result<std::string> product = ProductOf(parts.index, **known);
    if (!product) return StoreTrouble(product.error());
    if (!MayViewPings(caller, *product)) return NeedsViewPings();
    if (std::optional<http::Response> refusal = RefuseHidden(parts, caller, *product)) return refusal;
    const base::Status asked = AskForPing(parts, **known);
    return asked ? std::nullopt : std::optional(StoreTrouble(asked.error()));
  }
  const base::Result<std::string> submitted = ProductOfReport(parts, id);
  if (!submitted) return StoreTrouble(submitted.error());
  if (std::optional<http::Response> refusal = RefuseHidden(parts, caller, *submitted)) return refusal;
  const std::optional<std::string> day = intake::DayOfCrashId(id);
  const base::Result<bool> is_stored = day ? parts.blobs.Exists(store::RawCrashKey(*day, id)) : false;
  const base::Result<std::optional<store::QueueState>> state =
      parts.queue.Find({std::string(intake::kReportKind), id});
  if (!is_stored) return StoreTrouble(is_stored.error());
  if (!state) return StoreTrouble(state.error());
  if (!*is_stored && !*state) return http::ErrorResponse(404, "There is no crash " + id);
  if (*state == store::QueueState::kSetAside) {
    return http::ErrorResponse(404, "The crash " + id + " could not be processed and was set aside");
  }
  if (*state == store::QueueState::kClaimed) return std::nullopt;
  if (const auto pushed = parts.queue.Push({std::string(intake::kPriorityKind), id}); !pushed)
    return StoreTrouble(pushed.error());
  if (parts.arrived) parts.arrived();
  return std::nullopt;
}

// A document that is made because somebody asks for it: it takes a worker some milliseconds. Many do not wait
// at once, because each holds a thread.
base::Result<std::string> AwaitDocument(const ApiParts& parts, const std::string& id) {
  constexpr auto kStep = std::chrono::milliseconds(10);
  base::Result<std::string> document = base::Error{Code::kNotFound, 0, "document"};
  if (!parts.waiters->try_acquire()) return document;
  for (auto left = kAwaitDocument; left > kStep; left -= kStep) {
    std::this_thread::sleep_for(kStep);
    document = intake::GetProcessedCrash(parts.blobs, id);
    if (document || document.error().code != Code::kNotFound) break;
  }
  parts.waiters->release();
  return document;
}

// The signature of today, and the other trail of the same crash. What the index does not know yet stays as it
// is.
base::Status AddWhatTheIndexKnows(const ApiParts& parts, const std::string& id, bool may_view_pings,
                                  DocumentView& view) {
  ASSIGN_OR_RETURN(const std::optional<search::CrashReference> known, parts.index.Get(id));
  if (!known) return {};
  view.signature = known->signature;
  view.proto_signature = known->proto_signature;
  if (known->minidump_sha256_hash.empty()) return {};
  ASSIGN_OR_RETURN(const std::vector<search::CrashReference> same_dump,
                   parts.index.FindByMinidumpHash(known->minidump_sha256_hash));
  for (const search::CrashReference& other : same_dump) {
    if (other.kind == known->kind || (other.kind == search::CrashKind::kPing && !may_view_pings)) continue;
    view.counterpart_uuid = other.uuid;
    view.counterpart_kind = other.kind;
    return {};
  }
  return {};
}

}  // namespace

std::optional<std::string> ParseCrashId(std::string_view text) {
  if (text.starts_with("bp-")) text.remove_prefix(3);
  constexpr std::string_view kForm = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  if (text.size() != kForm.size()) return std::nullopt;
  std::string id;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i] >= 'A' && text[i] <= 'F' ? static_cast<char>(text[i] - 'A' + 'a') : text[i];
    const bool is_digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    if (kForm[i] == '-' ? c != '-' : !is_digit) return std::nullopt;
    id += c;
  }
  return id;
}

std::optional<http::Response> NoteInAudit(const ApiParts& parts, const http::Request& request,
                                          std::string_view action, std::string_view object) {
  if (parts.audit == nullptr) return std::nullopt;
  const base::Status noted = parts.audit->Note({.who = http::AuditNameOf(request.caller),
                                                .action = std::string(action),
                                                .object = std::string(object)});
  return noted ? std::nullopt : std::optional(http::NotNoted(noted.error()));
}

std::vector<http::Route> MakeRoutes(const ApiParts& parts) {
  std::vector<http::Route> routes;
  const auto add = [&](const std::string& path,
                       http::Response (*handler)(const ApiParts&, const http::Request&)) {
    // With and without the slash at the end: people leave it away.
    for (const std::string& pattern : {path + "/", path}) {
      routes.push_back(
          // What the caller may see of it is decided per crash and field: see above.
          {.method = "GET",
           .pattern = pattern,
           .permission = std::string(http::kAnybody),
           .handler = [parts, handler](http::Request& request) { return handler(parts, request); }});
    }
  };
  add("/api/SuperSearch", SuperSearch);
  // Whoever may see protected fields may ask for them in both.
  add("/api/SuperSearchUnredacted", SuperSearch);
  add("/api/Export", Export);
  add("/api/DataSets", ListDataSets);
  add("/api/DataSets/{name}", SendDataSet);
  add("/api/SuperSearchFields", SuperSearchFields);
  add("/api/TopCrashers", TopCrashers);
  add("/api/SignatureFirstDate", SignatureFirstDate);
  add("/api/Flame", Flame);
  add("/api/Correlations", Correlations);
  add("/api/RawCrash", RawCrash);
  add("/api/CrashVerify", CrashVerify);
  add("/api/MissingProcessedCrash", MissingProcessedCrash);
  add("/api/VersionString", VersionString);
  add("/api/NoOp", NoOp);
  add("/api/ProcessedCrash", ProcessedCrash);
  add("/api/PingAggregates", PingAggregates);
  add("/api/DataDictionary", DataDictionary);
  AddCommentsRoutes(parts, routes);
  AddGraphicsDevicesRoutes(parts, routes);
  AddReprocessingRoutes(parts, routes);
  AddCrashSignatureRoutes(parts.rules, routes);
  return routes;
}

http::Response ProcessedCrash(const ApiParts& parts, const http::Request& request) {
  const http::QueryFields parameters = http::ParseQuery(request.query).value_or(http::QueryFields());
  const auto parameter = std::ranges::find(parameters, "crash_id", &http::QueryFields::value_type::first);
  if (parameter == parameters.end()) return http::ErrorResponse(400, "The parameter crash_id is missing");
  const std::optional<std::string> id = ParseCrashId(parameter->second);
  if (!id) return http::ErrorResponse(400, "crash_id: not of the form xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
  // Crash Stats' words. Either way the caller's permissions say what is in it.
  const std::string_view datatype = http::FindQueryField(parameters, "datatype");
  if (!datatype.empty() && datatype != "processed" && datatype != "unredacted")
    return http::ErrorResponse(400, "datatype: neither processed nor unredacted");

  base::Result<std::string> document = intake::GetProcessedCrash(parts.blobs, *id);
  if (!document && document.error().code == Code::kNotFound) {
    if (std::optional<http::Response> refusal = AskFor(parts, *id, request.caller))
      return *std::move(refusal);
    document = AwaitDocument(parts, *id);
    if (!document && document.error().code == Code::kNotFound) return Pending(*id);
  }
  if (!document) return StoreTrouble(document.error());
  const base::Result<search::CrashKind> kind = KindOfDocument(*document);
  if (!kind) return StoreTrouble(kind.error());
  const std::string product = ProductOfDocument(*document);
  const bool may_view_pings = MayViewPings(request.caller, product);
  if (*kind == search::CrashKind::kPing && !may_view_pings) return NeedsViewPings();
  if (std::optional<http::Response> refusal = RefuseHidden(parts, request.caller, product))
    return *std::move(refusal);
  DocumentView view;
  view.find_names = parts.find_names;
  view.with_protected = request.caller.Has(store::NameOf(store::Permission::kViewPii), product);
  if (datatype == "unredacted" && !view.with_protected)
    return http::ErrorResponse(403, "datatype=unredacted needs the permission view_pii");
  if (view.with_protected || *kind == search::CrashKind::kPing) {
    const std::string_view action = view.with_protected ? "read protected" : "read ping";
    if (std::optional<http::Response> refusal = NoteInAudit(parts, request, action, *id))
      return *std::move(refusal);
  }
  if (const base::Status added = AddWhatTheIndexKnows(parts, *id, may_view_pings, view); !added) {
    return StoreTrouble(added.error());
  }
  base::Result<std::string> json = RenderDocument(*document, parts.registry, view);
  if (!json) return StoreTrouble(json.error());
  return http::JsonResponse(200, *std::move(json));
}

}  // namespace cairn::api
