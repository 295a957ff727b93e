#include "server/symbols/upload_v2.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/json_view.h"
#include "os/clock.h"
#include "server/symbols/part_upload.h"
#include "server/symbols/stored_response.h"
#include "server/symbols/symbol_urls.h"
#include "server/symbols/upload_run.h"

namespace cairn::symbols {
namespace {

using base::Code;
using base::Error;
using base::JsonView;
using http::Request;
using http::Response;
using symbol_store::Arrival;

constexpr std::string_view kMalformed = "malformed JSON request body";
constexpr std::size_t kMaxRequestBytes = 4 << 20;
constexpr std::size_t kMd5Digits = 32;

// One of "files", as the client says; `problem` is Tecken's word for what is wrong with it.
struct Wish {
  std::string key;
  std::uint64_t size = 0;
  std::string md5;
  std::optional<symbol_store::SymbolName> name;
  std::string problem;
};

bool IsMd5(std::string_view text) {
  return text.size() == kMd5Digits &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::optional<Wish> ReadWish(const JsonView& item) {
  const auto key = item.Member("key");
  const auto size = item.Member("size");
  const auto md5 = item.Member("md5_hash");
  if (!key || !key->Text() || !size || !md5 || !md5->Text()) return std::nullopt;
  Wish wish{.key = *key->Text(), .size = 0, .md5 = *md5->Text(), .name = {}, .problem = {}};
  const std::string digits = size->Minified();
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), wish.size);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  wish.name = symbol_store::ParseSymbolPath(wish.key);
  if (!IsMd5(wish.md5)) wish.problem = "invalid MD5 hex digest";
  if (!wish.name) wish.problem = "invalid key";
  return wish;
}

// Nothing: it is not understood.
std::optional<std::vector<Wish>> ReadWishes(const JsonView& json, bool& too_many) {
  const auto files = json.Member("files");
  if (!files || !files->Minified().starts_with('[')) return std::nullopt;
  const std::vector<JsonView> items = files->Items();
  too_many = items.size() > kMaxSessionFiles;
  std::vector<Wish> wishes;
  for (const JsonView& item : items) {
    std::optional<Wish> wish = ReadWish(item);
    if (!wish) return std::nullopt;
    wishes.push_back(*std::move(wish));
  }
  return wishes;
}

Arrival ArrivalOf(const Session& session, const symbol_store::SymbolName& name, const SessionFile& file) {
  Arrival arrival;
  arrival.name = name;
  arrival.symbol_class = session.symbol_class;
  arrival.product = session.product;
  arrival.upload_id = session.upload_id;
  if (!file.md5.empty()) arrival.announced = {file.size, file.md5};
  return arrival;
}

// What each file needs, in the order of the request: an index in the session's files, or none.
struct Plan {
  Session session;
  std::vector<std::optional<std::size_t>> places;
};

base::Result<Plan> MakePlan(const SessionUploadParts& parts, const Request& request, const JsonView& json,
                            const std::vector<Wish>& wishes) {
  store::UploadRecord record;
  record.user = request.caller.name;
  record.protocol = "v2";
  record.symbol_class = ClassFor(request.caller, false);
  if (const auto product = json.Member("product")) record.product = product->Text().value_or("");
  for (const Wish& wish : wishes) record.size += wish.problem.empty() ? wish.size : 0;
  ASSIGN_OR_RETURN(UploadRun run, UploadRun::Begin(parts.intake, std::move(record)));
  Plan plan;
  plan.session.user = run.record().user;
  plan.session.protocol = run.record().protocol;
  plan.session.upload_id = run.record().id;
  plan.session.symbol_class = run.record().symbol_class;
  plan.session.product = run.record().product;
  for (const Wish& wish : wishes) {
    std::optional<std::size_t>& place = plan.places.emplace_back();
    if (!wish.problem.empty()) continue;
    const SessionFile file{wish.name->Path(), wish.size, wish.md5};
    ASSIGN_OR_RETURN(const bool is_there, parts.intake.Has(ArrivalOf(plan.session, *wish.name, file)));
    if (is_there) {
      plan.session.skipped_keys.push_back(file.key);
    } else {
      place = plan.session.files.size();
      plan.session.files.push_back(file);
    }
  }
  ASSIGN_OR_RETURN(plan.session, parts.sessions.Create(std::move(plan.session)));
  return plan;
}

void WriteAction(base::JsonWriter& json, const Wish& wish, const std::string& url) {
  json.BeginObject();
  json.TextField("key", wish.key);
  json.Key("action");
  json.BeginObject();
  if (!wish.problem.empty()) {
    json.TextField("type", "error");
    json.TextField("msg", wish.problem);
  } else if (url.empty()) {
    json.TextField("type", "skip");
  } else {
    json.TextField("type", "upload");
    json.TextField("url", url);
    json.Key("content_encoding");
    if (symbol_store::IsSymbolText(*wish.name)) {
      json.String("gzip");
    } else {
      json.Null();
    }
  }
  json.EndObject();
  json.EndObject();
}

Response BeginUpload(const SessionUploadParts& parts, Request& request) {
  const std::optional<JsonView> json = JsonView::Read(request.body);
  bool too_many = false;
  const auto wishes = json ? ReadWishes(*json, too_many) : std::nullopt;
  if (too_many) return http::ErrorResponse(400, "too many files");
  if (!wishes) return http::ErrorResponse(400, kMalformed);
  const base::Result<Plan> plan = MakePlan(parts, request, *json, *wishes);
  if (!plan && plan.error().code == Code::kLimitExceeded) {
    return http::ErrorResponse(503, "too many uploads are under way: try again later");
  }
  if (!plan) return RefuseUpload(plan.error(), "");
  const std::string base_url = BaseUrl(request, parts.public_url);
  base::JsonWriter answer;
  answer.BeginObject();
  answer.Key("id");
  answer.Number(plan->session.upload_id);
  answer.Key("created_at");
  answer.Number(plan->session.created_ms / 1000);
  answer.TextField("user", plan->session.user);
  answer.Key("try_symbols");
  answer.Bool(plan->session.symbol_class == store::SymbolClass::kTry);
  answer.TextField("upload_protocol", "gcs-resumable");
  answer.Key("files");
  answer.BeginArray();
  for (std::size_t i = 0; i < wishes->size(); ++i) {
    const std::optional<std::size_t>& place = plan->places[i];
    WriteAction(answer, (*wishes)[i], place ? base_url + PartUrlPath({plan->session.id, *place}) : "");
  }
  answer.EndArray();
  answer.EndObject();
  return http::JsonResponse(201, answer.Take());
}

Response AnswerEnd(const store::UploadRecord& record, const std::vector<std::string>& stored,
                   const std::vector<std::string>& missing) {
  base::JsonWriter json;
  json.BeginObject();
  if (!missing.empty()) {
    json.TextField("error", "Not all files have arrived: " + std::to_string(missing.size()) + " are missing");
  }
  json.Key("upload");
  json.BeginObject();
  WriteUpload(json, record);
  json.Key("files");
  json.BeginArray();
  const auto write = [&json](const std::vector<std::string>& keys, std::string_view state) {
    for (const std::string& key : keys) {
      json.BeginObject();
      json.TextField("key", key);
      json.TextField("state", state);
      json.EndObject();
    }
  };
  write(stored, "stored");
  write(record.skipped_keys, "skipped");
  write(missing, "missing");
  json.EndArray();
  json.EndObject();
  json.EndObject();
  return http::JsonResponse(missing.empty() ? 200 : 409, json.Take());
}

base::Result<Response> EndUpload(const SessionUploadParts& parts, const Request& request, std::int64_t id) {
  const auto unknown = [] { return http::ErrorResponse(404, "there is no such upload, or it has ended"); };
  store::SymbolRecords& records = parts.intake.records();
  ASSIGN_OR_RETURN(std::optional<store::UploadRecord> record, records.FindUpload(id));
  if (!record || record->user != request.caller.name || record->protocol != "v2") return unknown();
  base::Result<Session> session = parts.sessions.FindByUpload(id);
  if (!session && session.error().code != Code::kNotFound) return session.error();
  if (!session) {  // A client that did not hear the first answer asks again.
    if (!record->completed_ms) return unknown();
    return AnswerEnd(*record, {}, {});
  }
  std::vector<std::string> stored;
  std::vector<std::string> missing;
  for (std::size_t i = 0; i < session->files.size(); ++i) {
    (parts.sessions.IsDone({session->id, i}) ? stored : missing).push_back(session->files[i].key);
  }
  record->skipped = session->skipped_keys.size();
  record->skipped_keys = session->skipped_keys;
  if (!missing.empty()) return AnswerEnd(*record, stored, missing);
  record->completed_ms = os::UnixMillis();
  RETURN_IF_ERROR(records.CompleteUpload(*record));
  RETURN_IF_ERROR(parts.sessions.Remove(session->id));
  return AnswerEnd(*record, stored, missing);
}

Response CompleteUpload(const SessionUploadParts& parts, Request& request) {
  const std::string& digits = request.captures["id"];
  std::int64_t id = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), id);
  if (error != std::errc() || end != digits.data() + digits.size()) id = 0;
  base::Result<Response> response = EndUpload(parts, request, id);
  return response ? *std::move(response) : TryAgainLater();
}

Response AuthInfo(const Request& request) {
  constexpr int kVersion = 2;
  base::JsonWriter json;
  json.BeginObject();
  json.TextField("email", request.caller.name);
  json.NumberField("user_id", request.caller.user_id);
  json.Key("try_symbols");
  json.Bool(ClassFor(request.caller, false) == store::SymbolClass::kTry);
  json.Key("token_expires_at");
  if (request.caller.token_expires_ms) {
    json.Number(*request.caller.token_expires_ms / 1000);
  } else {
    json.Null();
  }
  json.NumberField("upload_api_version", kVersion);
  json.EndObject();
  return http::JsonResponse(200, json.Take());
}

}  // namespace

base::Status StoreSessionFile(const SessionUploadParts& parts, const Session& session, std::size_t index,
                              int fd, std::string& why) {
  const SessionFile& file = session.files[index];
  const auto name = symbol_store::ParseSymbolPath(file.key);
  if (!name) return Error{Code::kBadValue, index, "key of a file"};
  RETURN_IF_ERROR(parts.intake.Add(ArrivalOf(session, *name, file), fd, why));
  return parts.sessions.MarkDone({session.id, index});
}

std::vector<http::Route> MakeUploadV2Routes(const SessionUploadParts& parts) {
  std::vector<http::Route> routes;
  const auto add = [&routes](std::string pattern, std::size_t max_body_bytes, http::Handler handler) {
    routes.push_back({.method = "POST",
                      .pattern = std::move(pattern),
                      .permission = "upload_symbols|upload_try_symbols",
                      .body = http::BodyPlace::kMemory,
                      .max_body_bytes = max_body_bytes,
                      .handler = [handler = std::move(handler)](Request& request) {
                        Response response = handler(request);
                        response.headers.push_back({"Vary", "Auth-Token"});
                        return response;
                      }});
  };
  add("/upload/auth_info/", kMaxRequestBytes, [](Request& request) { return AuthInfo(request); });
  add("/upload/v2/", kMaxRequestBytes, [parts](Request& request) { return BeginUpload(parts, request); });
  add("/upload/v2/{id}/complete", kMaxRequestBytes,
      [parts](Request& request) { return CompleteUpload(parts, request); });
  return routes;
}

}  // namespace cairn::symbols
