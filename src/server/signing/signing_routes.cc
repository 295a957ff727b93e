#include "server/signing/signing_routes.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "server/http/noted.h"
#include "server/http/trouble.h"
#include "server/signing/settings_json.h"
#include "server/signing/similar_signatures.h"
#include "server/store/permissions.h"

namespace cairn::signing {
namespace {

using http::Request;
using http::Response;
using http::StoreTrouble;

Response Refuse(const Mistakes& mistakes) { return http::JsonResponse(400, WriteMistakes(mistakes)); }

std::string ParameterOf(const Request& request, std::string_view name) {
  return std::string(
      http::FindQueryField(http::ParseQuery(request.query).value_or(http::QueryFields()), name));
}

std::int64_t NumberOf(const Request& request, std::string_view name, std::int64_t otherwise) {
  const std::string text = ParameterOf(request, name);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number > 0 ? number : otherwise;
}

Response SearchTrouble(const base::Error& error) { return http::SearchTrouble(error, ""); }

search::Deadline DeadlineOf(const SigningRouteParts& parts, const Request& request) {
  return parts.deadline ? parts.deadline(request) : search::Deadline();
}

Response ShowState(const SigningRouteParts& parts, const Request&) {
  return http::JsonResponse(200, WriteState(parts.signing.Current(), parts.signing.progress()));
}

Response ShowHistory(const SigningRouteParts& parts, const Request& request) {
  const std::int64_t count = std::min<std::int64_t>(NumberOf(request, "count", 20), kMaxHistoryShown);
  const auto heads =
      parts.signing.ListHistory(NumberOf(request, "before", 0), static_cast<std::size_t>(count));
  return heads ? http::JsonResponse(200, WriteHistory(*heads)) : StoreTrouble(heads.error());
}

Response Resolve(const SigningRouteParts& parts, const Request& request) {
  const std::string signature = ParameterOf(request, "signature");
  if (signature.empty()) return http::ErrorResponse(400, "The parameter signature is missing");
  auto found = parts.signing.Resolve(signature, DeadlineOf(parts, request));
  if (!found) return SearchTrouble(found.error());
  if (parts.visible) found = parts.visible(request, *found);
  return found ? http::JsonResponse(200, WriteResolved(signature, *found)) : SearchTrouble(found.error());
}

Response ShowSimilar(const SigningRouteParts& parts, const Request& request) {
  const std::string signature = ParameterOf(request, "signature");
  if (signature.empty()) return http::ErrorResponse(400, "The parameter signature is missing");
  const std::int64_t count = std::min<std::int64_t>(NumberOf(request, "count", 10), kMaxSimilarShown);
  search::AlikeQuestion question{.signature = signature, .deadline = DeadlineOf(parts, request)};
  if (parts.seen) {
    base::Result<SeenCrashes> seen = parts.seen(request.caller);
    if (!seen) return StoreTrouble(seen.error());
    question.seen = *std::move(seen);
  }
  const auto similar =
      FindSimilar(parts.index, parts.signing.rules(), question, static_cast<std::size_t>(count));
  if (!similar) return SearchTrouble(similar.error());
  if (!similar->is_known) return http::ErrorResponse(404, "No crash has this signature");
  return http::JsonResponse(200, WriteSimilar(signature, *similar));
}

// One at a time: each takes both cores for seconds.
Response ShowPreview(const SigningRouteParts& parts, const Order& order, std::mutex& one_at_a_time) {
  const std::unique_lock lock(one_at_a_time, std::try_to_lock);
  if (!lock) return http::ErrorResponse(503, "Another preview is being made: try again");
  const auto preview = parts.signing.PreviewOf(order.text);
  if (!preview) return StoreTrouble(preview.error());
  if (const auto* const mistakes = std::get_if<Mistakes>(&*preview)) return Refuse(*mistakes);
  return http::JsonResponse(200, WritePreview(std::get<Preview>(*preview)));
}

using Follow = base::Result<Change> (*)(Signing& signing, const Order& order, const Author& author);

struct ChangeRoute {
  std::string_view name;
  Follow follow;
};
constexpr ChangeRoute kChanges[] = {
    {"save", [](Signing& signing, const Order& order,
                const Author& author) { return signing.Save(order.text, author); }},
    {"undo", [](Signing& signing, const Order&, const Author& author) { return signing.Undo(author); }},
    {"merge", [](Signing& signing, const Order& order,
                 const Author& author) { return signing.Merge(order.from, order.to, author); }},
    {"rename",
     [](Signing& signing, const Order& order, const Author& author) {
       return order.from.size() == 1
                  ? signing.Rename(order.from.front(), order.to, author)
                  : base::Result<Change>(Change(Mistakes{"from: one signature is renamed at a time"}));
     }},
    {"split", [](Signing& signing, const Order& order,
                 const Author& author) { return signing.Split(order.decision, author); }},
};

Response Answer(const SigningRouteParts& parts, const Request& request, const ChangeRoute& route,
                const Order& order) {
  const std::string who = http::AuditNameOf(request.caller);
  const base::Result<Change> change = route.follow(parts.signing, order, {who, order.why});
  if (!change) return StoreTrouble(change.error());
  if (const auto* const mistakes = std::get_if<Mistakes>(&*change)) return Refuse(*mistakes);
  const RevisionHead& head = std::get<RevisionHead>(*change);
  if (parts.audit != nullptr) {
    // The revision itself says who made it, so that it holds though this may fail.
    (void)parts.audit->Note({.who = who,
                             .action = "signatures: " + std::string(route.name),
                             .object = "revision " + std::to_string(head.number)});
  }
  return http::JsonResponse(200, WriteHead(head));
}

// Bodies are read here.
using OrderHandler = std::function<Response(const Request&, const Order&)>;

http::Handler Reading(OrderHandler handler) {
  return [handler = std::move(handler)](Request& request) {
    const std::variant<Order, Mistakes> read = ReadOrder(request.body);
    if (const auto* const mistakes = std::get_if<Mistakes>(&read)) return Refuse(*mistakes);
    return handler(request, std::get<Order>(read));
  };
}

}  // namespace

std::vector<http::Route> MakeSigningRoutes(const SigningRouteParts& parts) {
  std::vector<http::Route> routes;
  const std::string administer(store::NameOf(store::Permission::kAdminister));
  const auto get = [&](const std::string& path, const std::string& permission,
                       Response (*handler)(const SigningRouteParts&, const Request&)) {
    for (const char* const end : {"/", ""}) {
      routes.push_back({.method = "GET",
                        .pattern = path + end,
                        .permission = permission,
                        .handler = [parts, handler](Request& request) { return handler(parts, request); }});
    }
  };
  const auto post = [&](std::string_view name, const OrderHandler& handler) {
    for (const char* const end : {"/", ""}) {
      routes.push_back({.method = "POST",
                        .pattern = "/api/Signing/" + std::string(name) + end,
                        .permission = administer,
                        .body = http::BodyPlace::kMemory,
                        .max_body_bytes = kMaxOrderBytes,
                        .handler = Reading(handler)});
    }
  };
  get("/api/Signing", administer, ShowState);
  get("/api/Signing/history", administer, ShowHistory);
  get("/api/ResolveSignature", std::string(http::kAnybody), Resolve);
  get("/api/SimilarSignatures", std::string(http::kAnybody), ShowSimilar);
  // Shared by both routes, which may be copied.
  const auto one_at_a_time = std::make_shared<std::mutex>();
  post("preview", [parts, one_at_a_time](const Request&, const Order& order) {
    return ShowPreview(parts, order, *one_at_a_time);
  });
  for (const ChangeRoute& route : kChanges) {
    post(route.name, [parts, route](const Request& request, const Order& order) {
      return Answer(parts, request, route, order);
    });
  }
  return routes;
}

}  // namespace cairn::signing
