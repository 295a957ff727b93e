#include "server/bugs/bug_routes.h"

#include <simdjson.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "base/json_writer.h"
#include "base/parse_json.h"
#include "net/http_client.h"
#include "server/bugs/new_bug.h"
#include "server/http/json_order.h"
#include "server/http/noted.h"
#include "server/http/trouble.h"
#include "server/store/permissions.h"

namespace cairn::bugs {
namespace {

using http::ErrorResponse;
using http::Request;
using http::Response;

const Tracker* FindTracker(const BugRouteParts& parts, std::string_view name) {
  if (name.empty()) return parts.trackers.empty() ? nullptr : &parts.trackers.front();
  const auto found = std::ranges::find(parts.trackers, name, &Tracker::name);
  return found == parts.trackers.end() ? nullptr : &*found;
}

// Trouble of the directory, or of the index that says what the caller sees.
Response AnswerTo(const base::Error& error) {
  using base::Code;
  switch (error.code) {
    case Code::kBadValue: return ErrorResponse(400, std::string(error.what) + ": too long, or empty");
    case Code::kNotFound: return ErrorResponse(404, "There is no such " + std::string(error.what));
    case Code::kLimitExceeded:
      return ErrorResponse(400, std::string(error.what) + ": there are as many as there may be");
    default: return http::SearchTrouble(error, "");
  }
}

// Ids are numbers where the tracker has numbers, as Socorro's clients want them.
void WriteBugId(std::string_view bug, base::JsonWriter& json) {
  json.Key("id");
  IsBugId(TrackerKind::kBugzilla, bug) ? json.Raw(bug) : json.String(bug);
}

Response AnswerWith(const BugRouteParts& parts, const std::vector<store::BugLink>& links) {
  base::JsonWriter json;
  json.BeginObject();
  json.Key("hits");
  json.BeginArray();
  for (const store::BugLink& link : links) {
    json.BeginObject();
    WriteBugId(link.id.bug, json);
    json.TextField("signature", link.signature);
    json.TextField("tracker", link.id.tracker);
    if (const Tracker* const tracker = FindTracker(parts, link.id.tracker))
      json.TextField("url", UrlOfBug(*tracker, link.id.bug));
    const store::BugState& state = link.state;
    for (const auto& [name, text] : {std::pair{"status", &state.status},
                                     {"resolution", &state.resolution},
                                     {"summary", &state.summary}}) {
      if (!text->empty()) json.TextField(name, *text);
    }
    json.EndObject();
  }
  json.EndArray();
  json.NumberField("total", links.size());
  json.EndObject();
  return http::JsonResponse(200, json.Take());
}

// The values of a parameter, of the query or of a form's body; each once.
std::variant<std::vector<std::string>, Response> ValuesOf(const Request& request, std::string_view name) {
  const std::string& text = request.method == "POST" ? request.body : request.query;
  const std::optional<http::QueryFields> fields = http::ParseQuery(text);
  if (!fields) {
    return ErrorResponse(400, "The parameters cannot be read: a broken %-escape, or more than " +
                                  std::to_string(http::kMaxQueryFields));
  }
  std::vector<std::string> values;
  for (const auto& [field, value] : *fields) {
    if (field == name && std::ranges::find(values, value) == values.end()) values.push_back(value);
  }
  if (values.empty()) return ErrorResponse(400, "The parameter " + std::string(name) + " is missing");
  return values;
}

// Leaves the links of signatures that the caller sees.
base::Result<std::vector<store::BugLink>> KeepVisible(const BugRouteParts& parts, const Request& request,
                                                      std::vector<store::BugLink> links) {
  if (!parts.visible_signatures || links.empty()) return links;
  std::vector<std::string> signatures;
  for (const store::BugLink& link : links) {
    if (std::ranges::find(signatures, link.signature) == signatures.end())
      signatures.push_back(link.signature);
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> visible, parts.visible_signatures(request, signatures));
  std::erase_if(links, [&](const store::BugLink& link) {
    return std::ranges::find(visible, link.signature) == visible.end();
  });
  return links;
}

Response AnswerFor(const BugRouteParts& parts, const Request& request,
                   base::Result<std::vector<store::BugLink>> links) {
  if (!links) return AnswerTo(links.error());
  links = KeepVisible(parts, request, *std::move(links));
  return links ? AnswerWith(parts, *links) : AnswerTo(links.error());
}

// The bug that an address means, by the tracker that it begins with.
std::optional<store::BugId> FindByUrl(const BugRouteParts& parts, std::string_view url) {
  for (const Tracker& tracker : parts.trackers) {
    if (std::optional<std::string> bug = BugOfUrl(tracker, url))
      return store::BugId{tracker.name, *std::move(bug)};
  }
  return std::nullopt;
}

Response NoSuchTracker(std::string_view parameter) {
  return ErrorResponse(400,
                       std::string(parameter) +
                           ": this is the address of a bug at none of the trackers that [[bugs.tracker]] "
                           "of the configuration names");
}

Response ListBugs(const BugRouteParts& parts, const Request& request) {
  const auto values = ValuesOf(request, "signatures");
  if (const auto* const refusal = std::get_if<Response>(&values))
    return http::JsonResponse(refusal->status, refusal->body);
  return AnswerFor(parts, request, parts.directory.bugs().BugsOf(std::get<0>(values)));
}

// By ids, which several trackers may have, or by addresses.
Response ListSignatures(const BugRouteParts& parts, const Request& request) {
  const auto values = ValuesOf(request, "bug_ids");
  if (const auto* const refusal = std::get_if<Response>(&values))
    return http::JsonResponse(refusal->status, refusal->body);
  std::vector<std::string> ids;
  std::vector<store::BugId> asked;  // Without a tracker: of any.
  for (const std::string& value : std::get<0>(values)) {
    const std::optional<store::BugId> bug =
        IsUrl(value) ? FindByUrl(parts, value) : std::optional(store::BugId{"", value});
    if (!bug) return NoSuchTracker("bug_ids");
    asked.push_back(*bug);
    if (std::ranges::find(ids, bug->bug) == ids.end()) ids.push_back(bug->bug);
  }
  base::Result<std::vector<store::BugLink>> links = parts.directory.bugs().SignaturesOf(ids);
  if (links) {
    std::erase_if(*links, [&](const store::BugLink& link) {
      return std::ranges::none_of(asked, [&](const store::BugId& bug) {
        return bug.bug == link.id.bug && (bug.tracker.empty() || bug.tracker == link.id.tracker);
      });
    });
  }
  return AnswerFor(parts, request, std::move(links));
}

// The bug that an order names, by an address or an id; or the refusal.
std::variant<store::BugId, Response> ReadBug(const BugRouteParts& parts, const std::string& bug,
                                             const std::string& name) {
  if (IsUrl(bug)) {
    std::optional<store::BugId> id = FindByUrl(parts, bug);
    if (!id) return NoSuchTracker("bug");
    if (!name.empty() && name != id->tracker)
      return ErrorResponse(400, "tracker: the address is that of a bug at " + id->tracker);
    return *std::move(id);
  }
  const Tracker* const tracker = FindTracker(parts, name);
  if (tracker == nullptr) {
    return ErrorResponse(
        400, "tracker: there is none of this name: [[bugs.tracker]] of the configuration names them");
  }
  if (!IsBugId(tracker->kind, bug))
    return ErrorResponse(400, "bug: " + std::string(NameOf(tracker->kind)) + " has no such ids");
  return store::BugId{tracker->name, bug};
}

using Change = base::Status (store::BugRecords::*)(const std::string&, const store::BugId&);

// Links a bug and a signature, or takes the link away.
http::Handler Changes(const BugRouteParts& parts, std::string_view action, Change change) {
  return [parts, action, change](Request& request) -> Response {
    http::JsonOrder order(request.body);
    const std::string signature = order.NeededText("signature");
    const std::string bug = order.NeededId("bug");
    const std::string name = order.Text("tracker").value_or("");
    if (std::optional<Response> refusal = order.refusal()) return *std::move(refusal);
    std::variant<store::BugId, Response> read = ReadBug(parts, bug, name);
    if (auto* const refusal = std::get_if<Response>(&read)) return std::move(*refusal);
    const store::BugId& id = std::get<store::BugId>(read);
    if (parts.audit != nullptr) {
      const base::Status noted =
          parts.audit->Note({.who = http::AuditNameOf(request.caller),
                             .action = std::string(action) + " " + id.tracker + " " + id.bug,
                             .object = signature});
      if (!noted) return http::NotNoted(noted.error());
    }
    const base::Status changed = (parts.directory.bugs().*change)(signature, id);
    if (!changed) return AnswerTo(changed.error());
    return AnswerFor(parts, request, parts.directory.bugs().BugsOf(std::vector{signature}));
  };
}

// The same question by somebody who sees what is public of each crash, and of crashes those that the caller
// sees.
Request AsPublic(const Request& request, std::string query) {
  Request asked{.method = "GET", .query = std::move(query), .caller = request.caller};
  const auto is_of_documents = [](const std::string& name) {
    return name != store::NameOf(store::Permission::kViewPings) &&
           name != store::NameOf(store::Permission::kViewClosedProducts);
  };
  std::erase_if(asked.caller.permissions, is_of_documents);
  for (auto& [product, names] : asked.caller.grants) std::erase_if(names, is_of_documents);
  return asked;
}

// The id of a crash in an answer to a search; empty if it found none.
std::string FirstId(std::string_view answer) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  std::string_view id;
  if (base::ParseJson(parser, answer).get(root) != simdjson::SUCCESS) return {};
  return root.at_pointer("/hits/0/uuid").get(id) == simdjson::SUCCESS ? std::string(id) : std::string();
}

// Under which address the client reaches this server.
std::string OriginOf(const BugRouteParts& parts, const Request& request) {
  if (!parts.public_url.empty()) {
    const std::string& url = parts.public_url;
    return url.ends_with('/') ? url.substr(0, url.size() - 1) : url;
  }
  const std::string_view host = request.FindHeader("host");
  const bool is_secure = request.FindHeader("x-forwarded-proto") == "https";
  return host.empty() ? "" : (is_secure ? "https://" : "http://") + std::string(host);
}

Response WriteLinks(const BugRouteParts& parts, const CrashFacts& facts, const std::string& page) {
  const base::Result<std::optional<store::Product>> product = parts.directory.FindProduct(facts.product);
  if (!product) return AnswerTo(product.error());
  std::vector<store::ProductLink> links;
  if (*product) links = (*product)->bug_links;
  if (links.empty()) {
    for (const Tracker& tracker : parts.trackers) links.push_back({tracker.name, NewBugTemplate(tracker)});
  }
  base::JsonWriter json;
  json.BeginObject();
  json.Key("links");
  json.BeginArray();
  for (const store::ProductLink& link : links) {
    json.BeginObject();
    json.TextField("label", link.label);
    json.TextField("url", FillTemplate(link.url, facts, page));
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return http::JsonResponse(200, json.Take());
}

Response NewBug(const BugRouteParts& parts, Request& request) {
  const http::QueryFields fields = http::ParseQuery(request.query).value_or(http::QueryFields());
  const std::string signature(http::FindQueryField(fields, "signature"));
  std::string id(http::FindQueryField(fields, "crash_id"));
  const bool is_of_signature = id.empty();
  if (is_of_signature) {
    if (signature.empty()) return ErrorResponse(400, "Give the parameter crash_id or signature");
    // Its newest crash of late stands for it.
    Request asked = AsPublic(request, "_columns=uuid&_results_number=1&_facets_size=0&signature=" +
                                          net::EscapeUrlPart("=" + signature));
    const Response found = parts.search(asked);
    if (found.status != 200) return http::JsonResponse(found.status, found.body);
    id = FirstId(found.body);
    if (id.empty()) return ErrorResponse(404, "No crash of late has this signature");
  }
  Request asked = AsPublic(request, "crash_id=" + net::EscapeUrlPart(id));
  const Response document = parts.processed_crash(asked);
  if (document.status != 200) return http::JsonResponse(document.status, document.body);
  const std::optional<CrashFacts> facts = ReadFacts(document.body);
  if (!facts) return ErrorResponse(500, "The crash's document cannot be read");
  const std::string page = is_of_signature ? "/signature/?signature=" + net::EscapeUrlPart(signature)
                                           : "/report/index/" + net::EscapeUrlPart(id);
  const std::string origin = OriginOf(parts, request);
  return WriteLinks(parts, *facts, origin.empty() ? "" : origin + page);
}

}  // namespace

std::vector<http::Route> MakeRoutes(const BugRouteParts& parts) {
  using store::BugRecords;
  const std::string anybody(http::kAnybody);
  const std::string edit_bugs(store::NameOf(store::Permission::kEditBugs));
  struct Row {
    std::string_view method;
    std::string_view path;
    const std::string& permission;
    std::size_t body_bytes_max;
    http::Handler handler;
  };
  const http::Handler bugs = [parts](Request& request) { return ListBugs(parts, request); };
  const http::Handler signatures = [parts](Request& request) { return ListSignatures(parts, request); };
  const Row rows[] = {
      {"GET", "/api/Bugs", anybody, 0, bugs},
      {"POST", "/api/Bugs", anybody, kMaxBugQueryBytes, bugs},
      {"GET", "/api/SignaturesByBugs", anybody, 0, signatures},
      {"POST", "/api/SignaturesByBugs", anybody, kMaxBugQueryBytes, signatures},
      {"POST", "/api/BugLinks", edit_bugs, http::kMaxOrderBytes,
       Changes(parts, "link bug", &BugRecords::LinkBug)},
      {"POST", "/api/BugLinks/remove", edit_bugs, http::kMaxOrderBytes,
       Changes(parts, "unlink bug", &BugRecords::UnlinkBug)},
      {"GET", "/api/NewBug", anybody, 0, [parts](Request& request) { return NewBug(parts, request); }},
  };
  std::vector<http::Route> routes;
  for (const Row& row : rows) {
    for (const std::string_view end : {"/", ""}) {
      routes.push_back({.method = std::string(row.method),
                        .pattern = std::string(row.path) + std::string(end),
                        .permission = row.permission,
                        .body = row.body_bytes_max > 0 ? http::BodyPlace::kMemory : http::BodyPlace::kNone,
                        .max_body_bytes = row.body_bytes_max,
                        .handler = row.handler});
    }
  }
  return routes;
}

}  // namespace cairn::bugs
