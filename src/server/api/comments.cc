#include "server/api/comments.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include "base/json_writer.h"
#include "base/parse_json.h"
#include "base/utf8.h"
#include "server/api/cursor.h"
#include "server/api/raw_crash.h"
#include "server/api/search_answer.h"
#include "server/api/search_request.h"
#include "server/intake/crash_id.h"
#include "server/store/blob_keys.h"
#include "server/store/permissions.h"

namespace cairn::api {
namespace {

using search::FieldId;

// As clients call it.
constexpr std::string_view kComments = "Comments";

// Empty if the report has none, or is gone.
base::Result<std::string> CommentOf(const store::BlobStore& blobs, const std::string& id,
                                    simdjson::dom::parser& parser) {
  const std::optional<std::string> day = intake::DayOfCrashId(id);
  if (!day) return std::string();
  const base::Result<std::string> json = blobs.Get(store::RawCrashKey(*day, id), kMaxRawCrashBytes);
  if (!json && json.error().code == base::Code::kNotFound) return std::string();
  if (!json) return json.error();
  std::string_view comment;
  if (base::ParseJson(parser, *json)[kComments].get(comment) != simdjson::SUCCESS) return std::string();
  return std::string(comment);
}

// Each comment that goes out is noted. A refusal, if that cannot be, or a report cannot be read.
std::optional<http::Response> WriteHits(const ApiParts& parts, const http::Request& request,
                                        const search::Query& query, const search::SearchResult& found,
                                        base::JsonWriter& json) {
  simdjson::dom::parser parser;
  json.Key("hits");
  json.BeginArray();
  for (const std::vector<search::Value>& hit : found.hits) {
    const auto& id = std::get<std::string>(hit.front());
    const base::Result<std::string> comment = CommentOf(parts.blobs, id, parser);
    if (!comment) return StoreTrouble(comment.error());
    if (comment->empty()) continue;
    if (std::optional<http::Response> refusal = NoteInAudit(parts, request, "read protected", id))
      return refusal;
    json.BeginObject();
    for (std::size_t i = 0; i < hit.size(); ++i) {
      json.Key(search::FieldOf(query.columns[i]).name);
      WriteValue(query.columns[i], hit[i], json);
    }
    json.TextField("user_comments", base::ToValidUtf8(comment->substr(0, kMaxCommentBytes)));
    json.EndObject();
  }
  json.EndArray();
  return std::nullopt;
}

http::Response Comments(const ApiParts& parts, const http::Request& request) {
  std::variant<http::QueryFields, http::Response> parameters = ParametersOf(request);
  if (auto* const refusal = std::get_if<http::Response>(&parameters)) return std::move(*refusal);
  std::variant<search::Query, http::Response> read =
      ReadSearch(parts, request, std::get<http::QueryFields>(parameters));
  if (auto* const refusal = std::get_if<http::Response>(&read)) return std::move(*refusal);
  search::Query query = std::get<search::Query>(std::move(read));
  query.kinds = {search::CrashKind::kReport};  // Pings have none.
  ConfineTo(store::NameOf(store::Permission::kViewPii), request.caller, query);
  query.columns = {FieldId::kUuid, FieldId::kDate, FieldId::kProduct, FieldId::kVersion};
  query.facets.clear();
  query.hits_max = kMaxReportsForComments;
  const base::Result<search::SearchResult> found = parts.index.Search(query);
  if (!found) return SearchTrouble(found.error());
  base::JsonWriter json;
  json.BeginObject();
  if (std::optional<http::Response> refusal = WriteHits(parts, request, query, *found, json))
    return *std::move(refusal);
  json.NumberField("total", found->total);
  json.NumberField("read", found->hits.size());
  if (found->next) json.TextField("cursor", MakeCursor(query.sort, *found->next));
  json.EndObject();
  return http::JsonResponse(200, json.Take());
}

}  // namespace

void AddCommentsRoutes(const ApiParts& parts, std::vector<http::Route>& routes) {
  for (const std::string slash : {"/", ""}) {
    routes.push_back({.method = "GET",
                      .pattern = "/api/Comments" + slash,
                      .permission = std::string(store::NameOf(store::Permission::kViewPii)),
                      .handler = [parts](http::Request& request) { return Comments(parts, request); },
                      .per_product = true});
  }
}

}  // namespace cairn::api
