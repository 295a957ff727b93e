#include "server/symbols/symbol_routes.h"

#include <set>

#include "base/json_writer.h"
#include "os/clock.h"
#include "os/random.h"
#include "server/http/limits.h"
#include "server/http/multipart.h"
#include "server/symbols/zip_archive.h"

namespace cairn::symbols {
namespace {

using base::Code;
using base::Error;
using http::Request;
using http::Response;

constexpr std::string_view kSymbolExtension = ".sym";

// Left out without a word, as Tecken does: lists that build systems put beside, and what macOS leaves behind.
bool IsIgnored(const std::string& member) {
  const std::string base_name = member.substr(member.rfind('/') + 1);
  return base_name == ".DS_Store" || (base_name == member && member.ends_with("-symbols.txt"));
}

// One upload on its way from the zip into the store. `why` collects the sentence for the client.
class Upload {
 public:
  Upload(symbol_store::SymbolStore& store, std::string spool_folder)
      : store_(store), spool_folder_(std::move(spool_folder)) {}

  // Looks at names only, so that a bad archive leaves nothing behind.
  base::Status Check(base::Bytes zip) {
    std::set<std::string> names;
    ZipVisitor visitor;
    visitor.begin = [&](const std::string& member) -> base::Result<bool> {
      if (IsIgnored(member)) return false;
      const std::optional<symbol_store::SymbolName> name = symbol_store::ParseSymbolPath(member);
      if (!name) {
        why_ =
            "Unrecognized file pattern. Should only be <module>/<hex>/<file> or <name>-symbols.txt and "
            "nothing else.";
        return Error{Code::kBadValue, 0, "name of a member"};
      }
      if (!names.insert(name->Path()).second) {  // Ids differ in case only, too.
        why_ = "The zipfile buffer contains two files of one name";
        return Error{Code::kBadValue, 0, "name of a member"};
      }
      return true;
    };
    visitor.data = [](base::Bytes) { return base::Status(); };
    visitor.end = [] { return base::Status(); };
    return VisitZip(zip, visitor);
  }

  base::Status Store(base::Bytes zip) {
    std::optional<symbol_store::SymbolName> name;
    os::FileDescriptor file;
    ZipVisitor visitor;
    visitor.begin = [&](const std::string& member) -> base::Result<bool> {
      name = symbol_store::ParseSymbolPath(member);
      if (IsIgnored(member) || !name || !member.ends_with(kSymbolExtension)) return false;
      ASSIGN_OR_RETURN(file, os::CreateNameless(spool_folder_));
      return true;
    };
    visitor.data = [&file](base::Bytes piece) { return os::WriteAll(file.get(), piece); };
    visitor.end = [&]() -> base::Status {
      ASSIGN_OR_RETURN(const symbol_store::Added added, store_.Add(*name, file.get(), why_));
      (added == symbol_store::Added::kSame ? skipped_ : stored_).push_back(name->Path());
      return {};
    };
    return VisitZip(zip, visitor);
  }

  const std::string& why() const { return why_; }
  const std::vector<std::string>& stored() const { return stored_; }
  const std::vector<std::string>& skipped() const { return skipped_; }

 private:
  symbol_store::SymbolStore& store_;
  std::string spool_folder_;
  std::string why_;
  std::vector<std::string> stored_;
  std::vector<std::string> skipped_;
};

void WriteList(base::JsonWriter& json, std::string_view key, const std::vector<std::string>& texts) {
  json.Key(key);
  json.BeginArray();
  for (const std::string& text : texts) json.String(text);
  json.EndArray();
}

Response Answer(const Upload& upload, std::size_t size) {
  const std::string now = os::FormatIso(os::UnixMillis());
  base::JsonWriter json;
  json.BeginObject();
  json.Key("upload");
  json.BeginObject();
  json.Key("id");
  json.String(os::RandomUuid());
  json.Key("size");
  json.Number(size);
  json.Key("try_symbols");
  json.Bool(false);
  json.Key("created_at");
  json.String(now);
  json.Key("completed_at");
  json.String(now);
  WriteList(json, "stored_keys", upload.stored());
  WriteList(json, "skipped_keys", upload.skipped());
  WriteList(json, "redirect_urls", {});
  json.EndObject();
  json.EndObject();
  return http::JsonResponse(201, json.Take());
}

Response Refuse(const base::Status& status, const Upload& upload) {
  const Error& error = status.error();
  if (error.code == Code::kIo || error.code == Code::kNotFound || error.code == Code::kTimeout) {
    return http::ErrorResponse(500, "the symbols could not be stored: try again later");
  }
  const int code = error.code == Code::kLimitExceeded ? 413 : 400;
  return http::ErrorResponse(code, upload.why().empty() ? base::Describe(error) : upload.why());
}

// The zip inside the body: the first file of a multipart body, or the body itself.
base::Result<base::Bytes> FindZip(const Request& request, base::Bytes body) {
  const http::ContentType type = http::ParseContentType(request.FindHeader("content-type"));
  if (type.media_type != "multipart/form-data") return body;
  ASSIGN_OR_RETURN(const std::vector<http::Part> parts,
                   http::ParseMultipart(base::AsText(body), type.boundary));
  for (const http::Part& part : parts) {
    if (part.filename) return base::AsBytes(part.body);
  }
  return Error{Code::kBadValue, 0, "Must be multipart form data with at least one file"};
}

Response TakeUpload(symbol_store::SymbolStore& store, const std::string& spool_folder, Request& request) {
  const base::Result<os::MappedFile> body = os::MappedFile::FromDescriptor(request.body_file.get());
  if (!body) return http::ErrorResponse(500, "the symbols could not be stored: try again later");
  Upload upload(store, spool_folder);
  const base::Result<base::Bytes> zip = FindZip(request, body->bytes());
  if (!zip) return http::ErrorResponse(400, zip.error().what);
  if (const base::Status checked = upload.Check(*zip); !checked) return Refuse(checked, upload);
  if (const base::Status stored = upload.Store(*zip); !stored) return Refuse(stored, upload);
  return Answer(upload, zip->size());
}

// What a client wants, with what it tells of the module beside the path.
model::Module WantedModule(const symbol_store::SymbolName& name, const Request& request) {
  model::Module module;
  module.debug_file = name.debug_file;
  module.debug_id.text = name.debug_id;
  const std::optional<http::QueryFields> fields = http::ParseQuery(request.query);
  if (!fields) return module;
  for (const auto& [field, value] : *fields) {
    if (field == "code_file") module.code_file = value;
    if (field == "code_id") module.code_id = value;
  }
  return module;
}

Response Download(const symbol_store::SymbolStore& store, const FindSymbolFile& find_elsewhere,
                  Request& request) {
  Response response;
  response.headers.push_back({"Access-Control-Allow-Origin", "*"});
  response.headers.push_back({"Access-Control-Allow-Methods", "GET"});
  const std::optional<symbol_store::SymbolName> name = symbol_store::MakeSymbolName(
      request.captures["debug_file"], request.captures["debug_id"], request.captures["symbols"]);
  base::Result<os::FileDescriptor> file =
      name ? store.OpenSymbolFile(*name) : Error{Code::kNotFound, 0, "symbol name"};
  if (!file && name && find_elsewhere && file.error().code == Code::kNotFound) {
    if (auto found = find_elsewhere(WantedModule(*name, request))) file = *std::move(found);
  }
  if (file) {
    response.file = *std::move(file);
    return response;
  }
  response.status = file.error().code == Code::kNotFound ? 404 : 500;
  response.body = "Symbol Not Found";
  return response;
}

}  // namespace

std::vector<http::Route> MakeRoutes(symbol_store::SymbolStore& store, const SymbolRoutesOptions& options) {
  std::vector<http::Route> routes;
  routes.push_back({"POST", "/upload/", "upload_symbols", http::BodyPlace::kFile, http::kMaxSymbolUploadBytes,
                    [&store, spool_folder = options.spool_folder](Request& request) {
                      return TakeUpload(store, spool_folder, request);
                    }});
  routes.push_back({"GET", "/{debug_file}/{debug_id}/{symbols}.sym", options.download_permission,
                    http::BodyPlace::kNone, 0,
                    [&store, find_elsewhere = options.find_elsewhere](Request& request) {
                      return Download(store, find_elsewhere, request);
                    }});
  return routes;
}

}  // namespace cairn::symbols
