#include "server/symbols/breakpad_uploads.h"

#include <map>
#include <utility>

#include "server/http/limits.h"
#include "server/http/multipart.h"
#include "server/symbols/part_upload.h"
#include "server/symbols/relaxed_json.h"
#include "server/symbols/stored_response.h"
#include "server/symbols/symbol_urls.h"
#include "server/symbols/upload_run.h"

namespace cairn::symbols {
namespace {

using base::Code;
using base::Error;
using http::Request;
using http::Response;
using symbol_store::SymbolName;

constexpr std::string_view kCheckStatus = ":checkStatus";
constexpr std::string_view kComplete = ":complete";
constexpr std::string_view kBreakpadType = "BREAKPAD";
constexpr std::size_t kMaxOrderBytes = 64 << 10;  // Real ones have some hundred bytes.
// What the field "product" of a form may hold is a name; a file has none of that size.
constexpr std::size_t kMaxFieldBytes = 1'000;

// Windows clients write the id as in "{44E4EC8C-2F41-...}2" in places.
std::string PlainId(std::string_view id) {
  std::string plain;
  for (const char c : id) {
    if (c != '-' && c != '{' && c != '}') plain += c;
  }
  return plain;
}

// Breakpad's name of a text, or the raw file under its own.
std::optional<SymbolName> NameOf(const std::string& debug_file, std::string_view debug_id, bool is_text) {
  return symbol_store::MakeSymbolName(debug_file, PlainId(debug_id),
                                      is_text ? SymbolTextNameOf(debug_file) : debug_file);
}

struct SymuploadForm {
  std::map<std::string, std::string, std::less<>> fields;
  std::optional<std::string_view> file;
};

SymuploadForm ReadSymuploadForm(const Request& request, std::string_view body) {
  SymuploadForm form;
  const http::ContentType type = http::ParseContentType(request.FindHeader("content-type"));
  const base::Result<std::vector<http::Part>> parts = http::ParseMultipart(body, type.boundary);
  if (!parts) return form;
  for (const http::Part& part : *parts) {
    if (part.name == "symbol_file") {
      form.file = part.body;
    } else if (part.body.size() <= kMaxFieldBytes) {
      form.fields.emplace(part.name, part.body);
    }
  }
  return form;
}

base::Result<os::FileDescriptor> FileOf(const std::string& folder, std::string_view bytes) {
  ASSIGN_OR_RETURN(os::FileDescriptor file, os::CreateNameless(folder));
  RETURN_IF_ERROR(os::WriteAll(file.get(), base::AsBytes(bytes)));
  return file;
}

Response TakeSymupload(const SessionUploadParts& parts, Request& request) {
  const base::Result<os::MappedFile> body = os::MappedFile::FromDescriptor(request.body_file.get());
  if (!body) return TryAgainLater();
  const SymuploadForm form = ReadSymuploadForm(request, base::AsText(body->bytes()));
  const auto field = [&form](std::string_view name) {
    const auto found = form.fields.find(name);
    return found == form.fields.end() ? std::string() : found->second;
  };
  if (!form.file) return http::ErrorResponse(400, "Must be multipart form data with a file symbol_file");
  const auto name = NameOf(field("debug_file"), field("debug_identifier"), true);
  if (!name) {
    return http::ErrorResponse(400, "debug_file and debug_identifier do not make a symbol file's name");
  }
  base::Result<os::FileDescriptor> file = FileOf(parts.intake.store().spool_folder(), *form.file);
  if (!file) return TryAgainLater();
  store::UploadRecord record;
  record.user = request.caller.name;
  record.protocol = "symupload";
  record.filename = name->symbol_file;
  record.size = form.file->size();
  record.symbol_class = ClassFor(request.caller, false);
  record.product = field("product");
  base::Result<UploadRun> run = UploadRun::Begin(parts.intake, std::move(record));
  if (!run) return RefuseUpload(run.error(), "");
  base::Status done = run->Add(*name, file->get());
  if (done) done = run->Complete();
  if (!done) return RefuseUpload(done.error(), run->why());
  return http::TextResponse(200, name->Path() + "\n");
}

// By hand: see the top of the header.
Response Spaced(std::string json) { return http::JsonResponse(200, std::move(json)); }

Response CheckStatus(const SessionUploadParts& parts, Request& request) {
  const std::string& last = request.captures["id"];
  const auto name = NameOf(request.captures["file"],
                           std::string_view(last).substr(0, last.size() - kCheckStatus.size()), true);
  if (!name) return http::ErrorResponse(400, "file and id do not make a symbol file's name");
  const auto found = parts.intake.store().OpenFile(ClassFor(request.caller, false), *name);
  if (!found && found.error().code != Code::kNotFound) return TryAgainLater();
  return Spaced(found ? R"({"status": "FOUND"})" : R"({"status": "MISSING"})");
}

Response CreateUpload(const SessionUploadParts& parts, Request& request) {
  store::UploadRecord record;
  record.user = request.caller.name;
  record.protocol = kSymUploadV2;
  record.symbol_class = ClassFor(request.caller, false);
  const base::Result<UploadRun> run = UploadRun::Begin(parts.intake, std::move(record));
  if (!run) return RefuseUpload(run.error(), "");
  Session session;
  session.user = run->record().user;
  session.protocol = run->record().protocol;
  session.upload_id = run->record().id;
  session.symbol_class = run->record().symbol_class;
  session.files.emplace_back();
  const base::Result<Session> created = parts.sessions.Create(std::move(session));
  if (!created) return TryAgainLater();
  return Spaced("{\"uploadUrl\": \"" + BaseUrl(request, parts.public_url) + PartUrlPath({created->id, 0}) +
                "\",\"uploadKey\": \"" + created->id + "\"}");
}

// Stores what was sent, under the name that comes only now.
base::Result<Response> Complete(const SessionUploadParts& parts, const Request& request,
                                const std::string& key) {
  const base::Result<Session> session = parts.sessions.Find(key);
  const bool is_ours = session && session->protocol == kSymUploadV2 && session->user == request.caller.name;
  if (!session && session.error().code != Code::kNotFound) return session.error();
  if (!is_ours) return http::ErrorResponse(404, "there is no such upload, or it has ended");
  const auto order = ReadRelaxedObject(request.body);
  if (!order) return http::ErrorResponse(400, base::Describe(order.error()));
  const auto value = [&order](const std::string& name) {
    const auto found = order->find(name);
    return found == order->end() ? std::string() : found->second;
  };
  const std::string type = value("symboluploadtype");
  const auto name =
      NameOf(value("symbolid.debugfile"), value("symbolid.debugid"), type.empty() || type == kBreakpadType);
  if (!name) return http::ErrorResponse(400, "symbol_id does not make a symbol file's name");
  const SessionPlace place{session->id, 0};
  const auto hold = parts.sessions.TakeHold(place);
  if (!hold) return http::ErrorResponse(503, "this file is being sent still: try again later");
  ASSIGN_OR_RETURN(const os::FileDescriptor part, parts.sessions.OpenPart(place));
  ASSIGN_OR_RETURN(const os::FileInfo info, os::InspectOpen(part.get()));
  if (info.size == 0) return http::ErrorResponse(400, "no file was sent to the uploadUrl");
  symbol_store::Arrival arrival;
  arrival.name = *name;
  arrival.symbol_class = session->symbol_class;
  arrival.product = value("metadata.productname");
  arrival.upload_id = session->upload_id;
  std::string why;
  const base::Result<symbol_store::Added> added = parts.intake.Add(arrival, part.get(), why);
  if (!added) return RefuseUpload(added.error(), why);
  store::UploadRecord record;
  record.id = session->upload_id;
  record.size = info.size;
  record.completed_ms = os::UnixMillis();
  const bool is_same = *added == symbol_store::Added::kSame;
  record.skipped = is_same ? 1 : 0;
  if (is_same) record.skipped_keys.push_back(name->Path());
  RETURN_IF_ERROR(parts.intake.records().CompleteUpload(record));
  RETURN_IF_ERROR(parts.sessions.Remove(session->id));
  return Spaced(is_same ? R"({"result": "DUPLICATE_DATA"})" : R"({"result": "OK"})");
}

Response CompleteUpload(const SessionUploadParts& parts, Request& request) {
  const std::string& last = request.captures["key"];
  base::Result<Response> response = Complete(parts, request, last.substr(0, last.size() - kComplete.size()));
  return response ? *std::move(response) : TryAgainLater();
}

}  // namespace

std::vector<http::Route> MakeBreakpadRoutes(const SessionUploadParts& parts) {
  std::vector<http::Route> routes;
  using Work = Response (*)(const SessionUploadParts&, Request&);
  const auto add = [&](std::string method, std::string pattern, http::BodyPlace body,
                       std::size_t max_body_bytes, Work work) {
    routes.push_back({.method = std::move(method),
                      .pattern = std::move(pattern),
                      .permission = "upload_symbols|upload_try_symbols",
                      .body = body,
                      .max_body_bytes = max_body_bytes,
                      .handler = [parts, work](Request& request) { return work(parts, request); },
                      .takes_key = true});
  };
  add("POST", "/symupload", http::BodyPlace::kFile, http::kMaxSymbolUploadBytes, TakeSymupload);
  add("GET", "/v1/symbols/{file}/{id}:checkStatus", http::BodyPlace::kNone, 0, CheckStatus);
  add("POST", "/v1/uploads:create", http::BodyPlace::kMemory, kMaxOrderBytes, CreateUpload);
  add("POST", "/v1/uploads/{key}:complete", http::BodyPlace::kMemory, kMaxOrderBytes, CompleteUpload);
  return routes;
}

}  // namespace cairn::symbols
