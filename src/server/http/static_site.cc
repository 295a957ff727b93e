#include "server/http/static_site.h"

#include <libdeflate.h>
#include <openssl/evp.h>

#include <array>
#include <memory>
#include <span>
#include <utility>

#include "base/hex.h"
#include "os/file.h"
#include "server/http/header_text.h"

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

// What a page asks first, told with its HTML: a browser asks it then, not when it has run the page's code.
constexpr std::string_view kCrashPages = "report/index/";
constexpr std::string_view kCrashQuestion = "/api/ProcessedCrash/?crash_id=";
constexpr std::size_t kCrashIdLetters = 36;  // 32 hex digits, four dashes.

constexpr std::size_t kEntityTagBytes = 16;  // Of a SHA-256: 128 bits never meet by chance.
constexpr int kPackLevel = 12;               // libdeflate's best: it is done once.

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

// Pictures and fonts are packed already.
bool IsText(std::string_view content_type) {
  return content_type.starts_with("text/") || content_type.find("json") != std::string_view::npos ||
         content_type.find("xml") != std::string_view::npos;
}

std::string EntityTagOf(std::string_view content) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  EVP_Digest(content.data(), content.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  return '"' + base::BytesToHex(std::as_bytes(std::span(digest).first(kEntityTagBytes))) + '"';
}

// Empty if it would not be smaller.
std::string PackSmaller(std::string_view content) {
  struct Free {
    void operator()(libdeflate_compressor* packer) const { libdeflate_free_compressor(packer); }
  };
  const std::unique_ptr<libdeflate_compressor, Free> packer(libdeflate_alloc_compressor(kPackLevel));
  if (packer == nullptr || content.empty()) return {};
  std::string packed(content.size() - 1, '\0');
  packed.resize(libdeflate_gzip_compress(packer.get(), content.data(), content.size(), packed.data(),
                                         packed.size()));  // 0: it does not fit.
  return packed;
}

// As the page asks it: of an id in its one form, and of nothing else that somebody writes in an address.
void AddCrashQuestion(std::string_view id, Response& response) {
  const bool is_id =
      id.size() == kCrashIdLetters && id.find_first_not_of("0123456789abcdef-") == std::string_view::npos;
  if (!is_id) return;
  response.headers.push_back({"Link", "<" + std::string(kCrashQuestion) + std::string(id) +
                                          ">; rel=preload; as=fetch; crossorigin"});
}

}  // namespace

StaticSite::File StaticSite::MakeFile(std::string_view name, std::string content) {
  File file{.content_type = std::string(ContentTypeOf(name)),
            .content = std::move(content),
            .entity_tag = {},
            .packed = {},
            .packed_entity_tag = {}};
  file.entity_tag = EntityTagOf(file.content);
  if (IsText(file.content_type)) file.packed = PackSmaller(file.content);
  if (!file.packed.empty()) file.packed_entity_tag = EntityTagOf(file.packed);
  return file;
}

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
    files_[prefix + name] = MakeFile(name, std::move(content));
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
  site.files_[std::string(kIndex)] = MakeFile(kIndex,
                                              "<!doctype html><title>Cairn</title><p>The server runs, but "
                                              "the site was not found. Build it, or name its folder "
                                              "with --web.</p>\n");
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
  if (found != files_.end()) return Send(found->second, request, is_asset);
  Response response = Send(PageOf(request), request, is_asset);
  if (path.starts_with(kCrashPages) && request.segments.size() == 3) {
    AddCrashQuestion(request.segments.back(), response);
  }
  return response;
}

// The HTML that names the files of this page, or that of all pages.
const StaticSite::File& StaticSite::PageOf(const Request& request) const {
  if (!request.segments.empty()) {
    const auto own = files_.find("pages/" + request.segments[0] + ".html");
    if (own != files_.end()) return own->second;
  }
  return files_.at(std::string(kIndex));
}

Response StaticSite::Send(const File& file, const Request& request, bool is_asset) {
  Response response;
  response.content_type = file.content_type;
  // The names of assets hold a hash of what they hold.
  response.headers.push_back(
      {"Cache-Control", is_asset ? "public, max-age=31536000, immutable" : "no-cache"});
  if (!file.packed.empty()) response.headers.push_back({"Vary", "Accept-Encoding"});
  const bool is_packed = !file.packed.empty() && AcceptsGzip(request.FindHeader("accept-encoding"));
  const std::string& entity_tag = is_packed ? file.packed_entity_tag : file.entity_tag;
  response.headers.push_back({"ETag", entity_tag});
  if (NamesEntityTag(request.FindHeader("if-none-match"), entity_tag)) {
    response.status = 304;
    return response;
  }
  if (is_packed) response.headers.push_back({"Content-Encoding", "gzip"});
  response.body = is_packed ? file.packed : file.content;
  return response;
}

}  // namespace cairn::http
