#include "server/symbols/zip_upload.h"

#include <map>
#include <optional>
#include <utility>

#include "server/http/limits.h"
#include "server/http/multipart.h"
#include "server/symbols/stored_response.h"
#include "server/symbols/upload_run.h"
#include "server/symbols/zip_archive.h"

namespace cairn::symbols {
namespace {

using base::Code;
using base::Error;
using http::Request;
using http::Response;
using symbol_store::SymbolName;

constexpr std::string_view kZip = ".zip";
constexpr std::string_view kNoFile = "Must be multipart form data with at least one file";

// Left out without a word, as Tecken does: lists that build systems put beside, and what macOS leaves behind.
bool IsIgnored(const std::string& member) {
  const std::string base_name = member.substr(member.rfind('/') + 1);
  return base_name == ".DS_Store" || (base_name == member && member.ends_with("-symbols.txt"));
}

// Looks at names and sizes only, so that a bad archive leaves nothing behind.
base::Status CheckMembers(base::Bytes zip, std::string& why) {
  std::map<std::string, std::uint64_t> sizes;  // By path, with its id in capitals.
  ZipVisitor visitor;
  visitor.begin = [&](const ZipMember& member) -> base::Result<bool> {
    if (IsIgnored(member.name)) return false;
    const std::optional<SymbolName> name = symbol_store::ParseSymbolPath(member.name);
    if (!name) {
      why =
          "Unrecognized file pattern. Should only be <module>/<hex>/<file> or <name>-symbols.txt and nothing "
          "else. (First unrecognized pattern was '" +
          member.name + "')";
      return Error{Code::kBadValue, 0, "name of a member"};
    }
    const auto [known, is_new] = sizes.try_emplace(name->Path(), member.size);
    if (is_new || known->second == member.size) return false;
    why = "The zipfile buffer contains two files both called " + member.name +
          " and they have difference sizes (" + std::to_string(known->second) +
          " != " + std::to_string(member.size) + ")";
    return Error{Code::kBadValue, 0, "name of a member"};
  };
  visitor.data = [](base::Bytes) { return base::Status(); };
  visitor.end = [] { return base::Status(); };
  const base::Status visited = VisitZip(zip, visitor);
  if (!visited && visited.error().code == Code::kBadMagic) why = "File is not a zip file";
  return visited;
}

base::Status AddMembers(base::Bytes zip, const std::string& spool_folder, UploadRun& run) {
  std::optional<SymbolName> name;
  os::FileDescriptor file;
  ZipVisitor visitor;
  visitor.begin = [&](const ZipMember& member) -> base::Result<bool> {
    name = symbol_store::ParseSymbolPath(member.name);
    if (IsIgnored(member.name) || !name) return false;
    ASSIGN_OR_RETURN(file, os::CreateNameless(spool_folder));
    return true;
  };
  visitor.data = [&file](base::Bytes piece) { return os::WriteAll(file.get(), piece); };
  visitor.end = [&] { return run.Add(*name, file.get()); };
  return VisitZip(zip, visitor);
}

// What a request brings: the zip's bytes or its URL, and what else its form says.
struct Form {
  base::Bytes zip;
  std::string filename;
  std::string url;
  UploadWishes wishes;
  std::string why;  // Not empty: the request is refused with it.
};

void TakeField(std::string_view name, std::string_view value, Form& form) {
  if (name == "try") form.wishes.is_try = !value.empty();
  if (name == "product") form.wishes.product = value;
  if (name == "url") form.url = value;
}

void ReadMultipart(std::string_view body, const std::string& boundary, Form& form) {
  const base::Result<std::vector<http::Part>> parts = http::ParseMultipart(body, boundary);
  if (!parts) {
    form.why = kNoFile;
    return;
  }
  bool has_file = false;
  for (const http::Part& part : *parts) {
    if (!part.filename) {
      TakeField(part.name, part.body, form);
    } else if (!has_file) {
      has_file = true;
      form.zip = base::AsBytes(part.body);
      form.filename = *part.filename;
    }
  }
  const std::string base_name = form.filename.substr(form.filename.find_last_of("/\\") + 1);
  const std::size_t dot = std::min(base_name.rfind('.'), base_name.size());
  if (!has_file && form.url.empty()) form.why = kNoFile;
  if (has_file && !base_name.ends_with(kZip)) {
    form.why = "Unrecognized archive file extension \"" + base_name.substr(dot) + "\"";
  }
}

Form ReadForm(const Request& request, base::Bytes body) {
  Form form;
  const http::ContentType type = http::ParseContentType(request.FindHeader("content-type"));
  for (const auto& [name, value] : http::ParseQuery(request.query).value_or(http::QueryFields())) {
    if (name != "url") TakeField(name, value, form);
  }
  if (type.media_type == "multipart/form-data") {
    ReadMultipart(base::AsText(body), type.boundary, form);
  } else if (type.media_type == "application/x-www-form-urlencoded") {
    if (body.size() > http::kMaxHeaderBytes) {
      form.why = kNoFile;
      return form;
    }
    for (const auto& [name, value] : http::ParseQuery(base::AsText(body)).value_or(http::QueryFields())) {
      TakeField(name, value, form);
    }
    if (form.url.empty()) form.why = kNoFile;
  } else {
    form.zip = body;
    form.filename = "upload.zip";
  }
  return form;
}

Response Created(const UploadRun& run) {
  base::JsonWriter json;
  json.BeginObject();
  json.Key("upload");
  json.BeginObject();
  WriteUpload(json, run.record());
  json.Key("stored_keys");
  json.BeginArray();
  for (const std::string& key : run.stored_keys()) json.String(key);
  json.EndArray();
  json.EndObject();
  json.EndObject();
  return http::JsonResponse(201, json.Take());
}

Response StoreZip(symbol_store::SymbolIntake& intake, const Request& request, const Form& form,
                  base::Bytes zip) {
  std::string why;
  if (const base::Status checked = CheckMembers(zip, why); !checked)
    return RefuseUpload(checked.error(), why);
  store::UploadRecord record;
  record.user = request.caller.name;
  record.protocol = form.url.empty() ? "zip" : "url";
  record.filename = form.url.empty() ? form.filename : form.url;
  record.size = zip.size();
  record.symbol_class = ClassFor(request.caller, form.wishes.is_try);
  record.product = form.wishes.product;
  base::Result<UploadRun> run = UploadRun::Begin(intake, std::move(record));
  if (!run) return RefuseUpload(run.error(), "");
  if (const base::Status added = AddMembers(zip, intake.store().spool_folder(), *run); !added) {
    return RefuseUpload(added.error(), run->why());
  }
  if (const base::Status completed = run->Complete(); !completed) return RefuseUpload(completed.error(), "");
  return Created(*run);
}

Response TakeUpload(const ZipUploadParts& parts, Request& request) {
  const base::Result<os::MappedFile> body = os::MappedFile::FromDescriptor(request.body_file.get());
  if (!body) return TryAgainLater();
  const Form form = ReadForm(request, body->bytes());
  if (!form.why.empty()) return http::ErrorResponse(400, form.why);
  if (form.url.empty()) return StoreZip(parts.intake, request, form, form.zip);
  const base::Result<os::FileDescriptor> fetched = os::CreateNameless(parts.intake.store().spool_folder());
  if (!fetched) return TryAgainLater();
  const FetchFailure failure = FetchZip(parts.fetch, form.url, fetched->get());
  if (!failure.why.empty()) return http::ErrorResponse(failure.status, failure.why);
  const base::Result<os::MappedFile> zip = os::MappedFile::FromDescriptor(fetched->get());
  if (!zip) return TryAgainLater();
  return StoreZip(parts.intake, request, form, zip->bytes());
}

}  // namespace

std::vector<http::Route> MakeZipUploadRoutes(const ZipUploadParts& parts) {
  std::vector<http::Route> routes;
  routes.push_back({.method = "POST",
                    .pattern = "/upload/",
                    .permission = "upload_symbols|upload_try_symbols",
                    .body = http::BodyPlace::kFile,
                    .max_body_bytes = http::kMaxSymbolUploadBytes,
                    .handler = [parts](Request& request) {
                      Response response = TakeUpload(parts, request);
                      response.headers.push_back({"Vary", "Auth-Token"});
                      return response;
                    }});
  return routes;
}

}  // namespace cairn::symbols
