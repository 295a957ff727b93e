#include "server/symbols/debuginfod.h"

#include <optional>
#include <string>
#include <utility>

#include "server/symbols/download.h"
#include "server/symbols/stored_response.h"

namespace cairn::symbols {
namespace {

using http::Request;
using http::Response;
using store::SymbolFileRecord;

enum class Wanted : std::uint8_t { kDebugInfo, kCode };

Response NotHere(const DownloadParts& parts, const Request& request) {
  if (!IsKnown(request.caller) && !parts.visibility.public_by_default) return AskForToken();
  return http::TextResponse(404, "not found");
}

base::Result<Response> FindElf(const DownloadParts& parts, Request& request, const std::string& build_id,
                               Wanted wanted) {
  ASSIGN_OR_RETURN(
      const std::optional<SymbolFileRecord> record,
      parts.records.FindElfFile(symbol_store::LowerCase(build_id), wanted == Wanted::kDebugInfo));
  if (!record) return NotHere(parts, request);
  ASSIGN_OR_RETURN(const bool may_fetch, MayFetch(parts.visibility, request.caller, record));
  if (!may_fetch) return AskForToken();
  const auto name = symbol_store::MakeSymbolName(record->debug_file, record->debug_id, record->symbol_file);
  if (!name) return NotHere(parts, request);
  base::Result<symbol_store::StoredFile> stored = parts.store.OpenFile(record->symbol_class, *name);
  if (!stored && stored.error().code == base::Code::kNotFound) return NotHere(parts, request);
  if (!stored) return stored.error();
  ASSIGN_OR_RETURN(Response response, RespondWith(parts.store, request, *name, *std::move(stored)));
  // What debuginfod's own server tells, for progress bars.
  response.headers.push_back({"X-DEBUGINFOD-SIZE", std::to_string(record->size)});
  response.headers.push_back({"X-DEBUGINFOD-FILE", record->symbol_file});
  return response;
}

}  // namespace

std::vector<http::Route> MakeDebuginfodRoutes(const DownloadParts& parts) {
  std::vector<http::Route> routes;
  const auto add = [&routes](std::string pattern, http::Handler handler) {
    routes.push_back(OpenRoute(std::move(pattern), std::move(handler)));
  };
  // The id is what follows the prefix of its segment.
  const auto serve = [&add, &parts](const std::string& pattern, std::string_view prefix, Wanted wanted) {
    add(pattern, [parts, wanted, prefix_size = prefix.size()](Request& request) {
      base::Result<Response> found =
          FindElf(parts, request, request.captures["id"].substr(prefix_size), wanted);
      return found ? *std::move(found) : TryAgainLater();
    });
  };
  const auto not_here = [parts](Request& request) { return NotHere(parts, request); };
  serve("/buildid/{id:hex}/debuginfo", "", Wanted::kDebugInfo);
  serve("/buildid/{id:hex}/executable", "", Wanted::kCode);
  add("/buildid/{id:hex}/source/{*path}", not_here);
  add("/buildid/{id:hex}/section/{*name}", not_here);
  serve("/{file}/elf-buildid-sym-{id:hex}/{name}", "elf-buildid-sym-", Wanted::kDebugInfo);
  serve("/{file}/elf-buildid-{id:hex}/{name}", "elf-buildid-", Wanted::kCode);
  return routes;
}

}  // namespace cairn::symbols
