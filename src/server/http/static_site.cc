#include "server/http/static_site.h"

#include <array>
#include <string_view>
#include <utility>

#include "os/file.h"

namespace cairn::http {
namespace {

using base::Code;
using base::Error;

constexpr std::string_view kIndex = "index.html";
constexpr std::string_view kNeverTheSite[] = {"api", "submit",
                                              "upload"};  // Wrong paths of machines: plain errors.

// But for one of Crash Stats' pages that people have in their bookmarks: that of their tokens.
constexpr std::string_view kTokensPage = "/api/tokens/";
constexpr std::string_view kProductPages = "home/product/";

constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kContentTypes = {{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".woff2", "font/woff2"},
    {".txt", "text/plain; charset=utf-8"},
    {".webmanifest", "application/manifest+json"},
}};

std::string_view ContentTypeOf(std::string_view name) {
  for (const auto& [extension, type] : kContentTypes) {
    if (name.ends_with(extension)) return type;
  }
  return "application/octet-stream";
}

}  // namespace

base::Status StaticSite::LoadFolder(const std::string& folder, const std::string& prefix,
                                    std::size_t& bytes) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, os::ListDirectory(folder));
  for (const std::string& name : names) {
    const std::string path = folder + "/" + name;
    ASSIGN_OR_RETURN(const os::FileInfo info, os::Inspect(path));
    if (info.is_directory) {
      RETURN_IF_ERROR(LoadFolder(path, prefix + name + "/", bytes));
      continue;
    }
    if (files_.size() == kMaxSiteFiles)
      return Error{Code::kLimitExceeded, kMaxSiteFiles, "site: number of files"};
    ASSIGN_OR_RETURN(std::string content, os::ReadFile(path, kMaxSiteBytes - bytes));
    bytes += content.size();
    files_[prefix + name] = {std::string(ContentTypeOf(name)), std::move(content)};
  }
  return {};
}

base::Result<StaticSite> StaticSite::Load(const std::string& folder) {
  StaticSite site;
  std::size_t bytes = 0;
  RETURN_IF_ERROR(site.LoadFolder(folder, "", bytes));
  if (!site.files_.contains(std::string(kIndex))) return Error{Code::kNotFound, 0, "site: index.html"};
  return site;
}

StaticSite StaticSite::Missing() {
  StaticSite site;
  site.files_[std::string(kIndex)] = {std::string(ContentTypeOf(kIndex)),
                                      "<!doctype html><title>Cairn</title><p>The server runs, but the site "
                                      "was not found. Build it, or name its folder "
                                      "with --web.</p>\n"};
  return site;
}

Response StaticSite::Serve(const Request& request) const {
  const bool is_tokens_page = request.Path() == kTokensPage;
  if (!request.segments.empty() && !is_tokens_page) {
    for (const std::string_view never : kNeverTheSite) {
      if (request.segments[0] == never) return ErrorResponse(404, "Not Found");
    }
  }
  const std::string path = request.Path().substr(1);
  auto found = files_.find(path);
  const bool is_asset = found != files_.end() && path.starts_with("assets/");
  // A missing file is missing; anything else is a page. Names of products may have a dot.
  const std::string_view last = request.segments.empty() ? std::string_view() : request.segments.back();
  if (found == files_.end() && (path.starts_with("assets/") || (last.find('.') != std::string_view::npos &&
                                                                !path.starts_with(kProductPages)))) {
    return ErrorResponse(404, "Not Found");
  }
  if (found == files_.end()) found = files_.find(std::string(kIndex));
  Response response;
  response.content_type = found->second.content_type;
  response.body = found->second.content;
  // The names of assets hold a hash of what they hold.
  response.headers.push_back(
      {"Cache-Control", is_asset ? "public, max-age=31536000, immutable" : "no-cache"});
  return response;
}

}  // namespace cairn::http
