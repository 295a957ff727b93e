#include "server/symbols/download.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>
#include <utility>

#include "base/json_writer.h"
#include "os/clock.h"
#include "server/symbols/debuginfod.h"
#include "server/symbols/stored_response.h"
#include "server/symbols/symbol_urls.h"

namespace cairn::symbols {
namespace {

using base::Code;
using http::Request;
using http::Response;
using store::SymbolClass;
using store::SymbolFileRecord;
using symbol_store::SymbolName;

constexpr std::string_view kHtml = "text/html; charset=utf-8";  // Of Tecken's answers that hold a sentence.
// Of Tecken's configuration. What ends otherwise is not looked for there; here it may have been uploaded.
constexpr std::array<std::string_view, 6> kExtensions = {".sym", ".dl_",    ".ex_",
                                                         ".pd_", ".dbg.gz", ".tar.bz2"};
constexpr std::string_view kDebuggerProbe = "file.ptr";  // Of Microsoft's debuggers, for every file.
constexpr std::size_t kDebugIdDigits = 33;

Response Sentence(int status, std::string text) {
  Response response = http::TextResponse(status, std::move(text));
  response.content_type = kHtml;
  return response;
}

// What Tecken's framework answers to a path that is no symbol file's.
Response NoSuchPath(const Request& request) {
  base::JsonWriter json;
  json.BeginObject();
  json.TextField("error", "Not Found");
  json.TextField("path", request.Path());
  json.EndObject();
  return http::JsonResponse(404, json.Take());
}

bool IsNeverThere(const SymbolName& name) {
  return name.symbol_file == kDebuggerProbe || name.debug_id == std::string(kDebugIdDigits, '0');
}

bool HasKnownExtension(const SymbolName& name) {
  return std::ranges::any_of(
      kExtensions, [&name](std::string_view extension) { return name.symbol_file.ends_with(extension); });
}

// What a client wants, with what it tells of the module beside the path.
model::Module WantedModule(const SymbolName& name, const Request& request) {
  model::Module module;
  module.debug_file = name.debug_file;
  module.debug_id.text = name.debug_id;
  for (const auto& [field, value] : http::ParseQuery(request.query).value_or(http::QueryFields())) {
    if (field == "code_file") module.code_file = value;
    if (field == "code_id") module.code_id = value;
  }
  return module;
}

// One request for a symbol file.
class Lookup {
 public:
  Lookup(const DownloadParts& parts, Request& request, bool is_try_route)
      : parts_(parts), request_(request), is_try_route_(is_try_route) {
    const auto fields = http::ParseQuery(request.query).value_or(http::QueryFields());
    with_try_ =
        is_try_route || std::ranges::any_of(fields, [](const auto& field) { return field.first == "try"; });
  }

  // `is_ignored` becomes true if nothing was looked for.
  base::Result<Response> Find(bool& is_ignored) {
    const std::optional<SymbolName> name = symbol_store::MakeSymbolName(
        request_.captures["debug_file"], request_.captures["debug_id"], request_.captures["symbols"]);
    if (!name) return NoSuchPath(request_);
    is_ignored = IsNeverThere(*name);
    if (is_ignored) return Ignored();
    for (const SymbolClass symbol_class : {SymbolClass::kRegular, SymbolClass::kTry}) {
      if (symbol_class == SymbolClass::kTry && !with_try_) continue;
      ASSIGN_OR_RETURN(std::optional<Response> found, FindFile(symbol_class, *name));
      if (found) return *std::move(found);
    }
    const bool may_be_code_id = name->debug_id.size() < kDebugIdDigits && name->symbol_file.ends_with(".sym");
    if (may_be_code_id) {
      ASSIGN_OR_RETURN(std::optional<Response> redirect, FindByCode(*name));
      if (redirect) return *std::move(redirect);
    }
    if (!IsKnown(request_.caller) && !parts_.visibility.public_by_default) return AskForToken();
    is_ignored = !HasKnownExtension(*name);
    if (is_ignored) return Ignored();
    ASSIGN_OR_RETURN(std::optional<Response> elsewhere, FindElsewhere(*name));
    return elsewhere ? *std::move(elsewhere) : Sentence(404, "Symbol Not Found");
  }

 private:
  static Response Ignored() { return Sentence(404, "Symbol Not Found (and ignored)"); }

  base::Result<std::optional<Response>> FindFile(SymbolClass symbol_class, const SymbolName& name) {
    base::Result<symbol_store::StoredFile> stored = parts_.store.OpenFile(symbol_class, name);
    if (!stored && stored.error().code == Code::kNotFound) return std::optional<Response>();
    if (!stored) return stored.error();
    ASSIGN_OR_RETURN(const std::optional<SymbolFileRecord> record,
                     parts_.records.FindSymbolFile(symbol_store::SymbolKey(symbol_class, name)));
    ASSIGN_OR_RETURN(const bool may_fetch, MayFetch(parts_.visibility, request_.caller, record));
    if (!may_fetch) return std::optional<Response>(AskForToken());
    ASSIGN_OR_RETURN(Response response, RespondWith(parts_.store, request_, name, *std::move(stored)));
    return std::optional<Response>(std::move(response));
  }

  base::Result<std::optional<Response>> FindElsewhere(const SymbolName& name) {
    if (!parts_.find_elsewhere || !symbol_store::IsSymbolText(name)) return std::optional<Response>();
    std::optional<os::FileDescriptor> text = parts_.find_elsewhere(WantedModule(name, request_));
    if (!text) return std::optional<Response>();
    ASSIGN_OR_RETURN(Response response, RespondWith(parts_.store, request_, name, {*std::move(text), false}));
    return std::optional<Response>(std::move(response));
  }

  // `name` may be that of a code file, with its id.
  base::Result<std::optional<Response>> FindByCode(const SymbolName& name) {
    ASSIGN_OR_RETURN(const std::optional<SymbolFileRecord> record,
                     parts_.records.FindSymbolText(name.debug_file, name.debug_id, with_try_));
    if (!record) return std::optional<Response>();
    const auto target = symbol_store::MakeSymbolName(record->debug_file, record->debug_id, name.symbol_file);
    if (!target || target->Path() == name.Path()) return std::optional<Response>();
    if (const auto there = parts_.store.OpenFile(record->symbol_class, *target); !there) {
      return there.error().code == Code::kNotFound ? base::Result(std::optional<Response>()) : there.error();
    }
    ASSIGN_OR_RETURN(const bool may_fetch, MayFetch(parts_.visibility, request_.caller, record));
    if (!may_fetch) return std::optional<Response>(AskForToken());
    Response response = Sentence(302, "");
    response.headers.push_back(
        {"Location", (is_try_route_ ? "/try" : "") +
                         SymbolUrlPath(target->debug_file, target->debug_id, target->symbol_file) +
                         (request_.query.empty() ? "" : "?" + request_.query)});
    return std::optional<Response>(std::move(response));
  }

  const DownloadParts& parts_;
  Request& request_;
  const bool is_try_route_;
  bool with_try_ = false;
};

void AddCors(Response& response) {
  response.headers.push_back({"Access-Control-Allow-Origin", "*"});
  response.headers.push_back({"Access-Control-Allow-Methods", "GET"});
  response.headers.push_back(
      {"Access-Control-Allow-Headers",
       "accept,accept-encoding,authorization,content-type,dnt,origin,user-agent,x-csrftoken,"
       "x-requested-with"});
}

// For people who wonder where time goes.
void AddDebugTime(const Request& request, std::int64_t started_us, bool is_ignored, Response& response) {
  const std::string_view debug = request.FindHeader("debug");
  if (debug != "1" && debug != "true" && debug != "yes") return;
  std::array<char, 32> seconds{};
  std::snprintf(seconds.data(), seconds.size(), "%.6f",
                static_cast<double>(os::MonotonicMicros() - started_us) / 1e6);
  response.headers.push_back({"Debug-Time", is_ignored ? "0" : seconds.data()});
}

Response Download(const DownloadParts& parts, Request& request, bool is_try_route) {
  const std::int64_t started_us = os::MonotonicMicros();
  bool is_ignored = false;
  base::Result<Response> found = Lookup(parts, request, is_try_route).Find(is_ignored);
  Response response = found ? *std::move(found) : TryAgainLater();
  AddCors(response);
  AddDebugTime(request, started_us, is_ignored, response);
  return response;
}

// What a dump says of a module's code, to what the symbols of that module are called.
Response SymInfo(const DownloadParts& parts, Request& request) {
  const auto found = parts.records.FindSymbolText(request.captures["file"], request.captures["id"], true);
  Response response = TryAgainLater();
  if (found && !*found) response = Sentence(404, "Symbol Not Found");
  if (found && *found) {
    const SymbolFileRecord& record = **found;
    const auto may_fetch = MayFetch(parts.visibility, request.caller, *found);
    base::JsonWriter json;
    json.BeginObject();
    json.TextField("debug_filename", record.debug_file);
    json.TextField("debug_id", record.debug_id);
    json.TextField("code_file", record.code_file);
    json.TextField("code_id", record.code_id);
    json.TextField("generator", record.generator);
    json.TextField("url", BaseUrl(request, parts.public_url) +
                              (record.symbol_class == SymbolClass::kTry ? "/try" : "") +
                              SymbolUrlPath(record.debug_file, record.debug_id, record.symbol_file));
    json.EndObject();
    if (may_fetch) response = *may_fetch ? http::JsonResponse(200, json.Take()) : AskForToken();
  }
  AddCors(response);
  return response;
}

}  // namespace

std::vector<http::Route> MakeDownloadRoutes(const DownloadParts& parts) {
  std::vector<http::Route> routes;
  const auto add = [&routes](std::string pattern, http::Handler handler) {
    routes.push_back(OpenRoute(std::move(pattern), std::move(handler)));
  };
  const auto files = [&add, &parts](const std::string& prefix, bool is_try) {
    const http::Handler handler = [parts, is_try](Request& request) {
      return Download(parts, request, is_try);
    };
    add(prefix + "/{debug_file}/{debug_id:hex}/{symbols}", handler);
    add(prefix + "/{debug_file}/{debug_id}/{symbols}.sym", handler);
  };
  add("/api/syminfo/{file}/{id:hex}", [parts](Request& request) { return SymInfo(parts, request); });
  for (http::Route& route : MakeDebuginfodRoutes(parts)) routes.push_back(std::move(route));
  files("/try", true);
  files("", false);
  return routes;
}

}  // namespace cairn::symbols
