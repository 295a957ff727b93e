#include "server/symbols/zip_fetch.h"

#include <algorithm>

#include "net/address_guard.h"
#include "net/download.h"
#include "server/http/limits.h"
#include "server/symbol_store/symbol_keys.h"

namespace cairn::symbols {
namespace {

constexpr std::string_view kScheme = "https://";
constexpr int kFetchTimeoutMs = 300'000;

}  // namespace

std::string HostOfUrl(std::string_view url) {
  if (!url.starts_with(kScheme)) return {};
  const std::string_view authority =
      url.substr(kScheme.size(), url.find_first_of("/?#\\", kScheme.size()) - kScheme.size());
  if (authority.find('@') != std::string_view::npos) return {};
  return symbol_store::LowerCase(authority.substr(0, authority.find(':')));
}

std::string WhyNotFetched(const FetchRules& rules, std::string_view url) {
  if (rules.hosts.empty()) {
    return "Uploads by URL are not taken here: send the file, or have the operator set symbol_upload_hosts";
  }
  if (!url.starts_with(kScheme)) return "Insecure URL";
  const std::string host = HostOfUrl(url);
  if (std::ranges::find(rules.hosts, host) == rules.hosts.end()) {
    return "Not an allowed domain ('" + host + "') to download from.";
  }
  return {};
}

FetchFailure FetchZip(const FetchRules& rules, const std::string& url, int fd) {
  if (std::string why = WhyNotFetched(rules, url); !why.empty()) return {400, std::move(why)};
  net::DownloadRequest request;
  request.url = url;
  request.total_timeout_ms = kFetchTimeoutMs;
  request.max_bytes = http::kMaxSymbolUploadBytes;
  request.may_visit = [&rules](std::string_view hop) { return WhyNotFetched(rules, hop).empty(); };
  request.may_connect = [guard = net::AddressGuard({})](std::string_view ip) { return guard.MayConnect(ip); };
  net::Downloader downloader;
  const net::DownloadAnswer answer = downloader.Get(request, fd);
  switch (answer.outcome) {
    case net::DownloadOutcome::kDone: return {200, {}};
    case net::DownloadOutcome::kStatus: {
      const std::string code = std::to_string(answer.status);
      if (answer.status >= 400)
        return {answer.status >= 500 ? 500 : 400, url + " can't be found (" + code + ")"};
      return {400, "non-200 status code when retrieving " + url};
    }
    case net::DownloadOutcome::kBlocked:
      return {400, url + " leads to where this server does not go: " + base::Describe(answer.error)};
    case net::DownloadOutcome::kTooLarge: return {413, url + " is larger than an upload may be"};
    default: return {500, url + " can't be fetched: " + base::Describe(answer.error)};
  }
}

}  // namespace cairn::symbols
