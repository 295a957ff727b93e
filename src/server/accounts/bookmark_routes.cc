// Searches that people keep, and short links.
#include <string>

#include "server/accounts/accounts.h"
#include "server/accounts/answers.h"
#include "server/http/json_order.h"

namespace cairn::accounts {
namespace {

using http::Request;
using http::Response;

void WriteSearch(const store::SavedSearch& search, base::JsonWriter& json) {
  json.BeginObject();
  json.NumberField("id", search.id);
  json.TextField("name", search.name);
  json.TextField("url", search.url);
  WriteTime("created", search.created_ms, json);
  json.EndObject();
}

}  // namespace

Response Accounts::ListSearches(Request& request) {
  const base::Result<std::vector<store::SavedSearch>> searches =
      directory_.bookmarks().ListSearches(request.caller.user_id);
  if (!searches) return AnswerTo(searches.error());
  base::JsonWriter json;
  json.BeginObject();
  json.Key("searches");
  json.BeginArray();
  for (const store::SavedSearch& search : *searches) WriteSearch(search, json);
  json.EndArray();
  json.EndObject();
  return http::JsonResponse(200, json.Take());
}

Response Accounts::SaveSearch(Request& request) {
  http::JsonOrder order(request.body);
  const std::string name = order.NeededText("name");
  const std::string url = order.NeededText("url");
  if (std::optional<Response> refusal = order.refusal()) return *std::move(refusal);
  const base::Result<store::SavedSearch> saved =
      directory_.bookmarks().SaveSearch(request.caller.user_id, name, url);
  if (!saved) return AnswerTo(saved.error());
  base::JsonWriter json;
  WriteSearch(*saved, json);
  return http::JsonResponse(200, json.Take());
}

Response Accounts::RemoveSearch(Request& request) {
  http::JsonOrder order(request.body);
  const std::optional<std::int64_t> id = order.Number("id");
  if (std::optional<Response> refusal = order.refusal()) return *std::move(refusal);
  const base::Status removed = directory_.bookmarks().RemoveSearch(request.caller.user_id, id.value_or(0));
  return removed ? http::JsonResponse(200, "{}") : AnswerTo(removed.error());
}

Response Accounts::Shorten(Request& request) {
  http::JsonOrder order(request.body);
  const std::string url = order.NeededText("url");
  if (std::optional<Response> refusal = order.refusal()) return *std::move(refusal);
  if (const std::int64_t wait_ms = short_links_.Take(KeyOfCaller(request)); wait_ms > 0)
    return TooOften("Too many short links: try again later", wait_ms);
  const base::Result<std::string> id = directory_.bookmarks().Shorten(url);
  if (!id) return AnswerTo(id.error());
  base::JsonWriter json;
  json.BeginObject();
  json.TextField("id", *id);
  json.TextField("url", "/s/" + *id);
  json.EndObject();
  return http::JsonResponse(200, json.Take());
}

Response Accounts::FindShortLink(Request& request) {
  const base::Result<std::optional<std::string>> url =
      directory_.bookmarks().FindShortLink(ParameterOf(request, "id"));
  if (!url) return AnswerTo(url.error());
  if (!*url) return AnswerTo({base::Code::kNotFound, 0, "short link"});
  base::JsonWriter json;
  json.BeginObject();
  json.TextField("url", **url);
  json.EndObject();
  return http::JsonResponse(200, json.Take());
}

}  // namespace cairn::accounts
