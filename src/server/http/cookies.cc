#include "server/http/cookies.h"

#include <algorithm>
#include <string>

namespace cairn::http {
namespace {

constexpr std::string_view kHttps = "https://";
constexpr std::string_view kHttp = "http://";

// Letter case does not count in hosts.
bool AreAlike(std::string_view one, std::string_view other) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(one, other, {}, lower, lower);
}

// "https://host:port" of a URL.
std::string_view OriginOf(std::string_view url) {
  const std::size_t scheme = url.find("://");
  return scheme == std::string_view::npos ? std::string_view() : url.substr(0, url.find('/', scheme + 3));
}

std::string_view HostOf(std::string_view origin) {
  if (origin.starts_with(kHttps)) return origin.substr(kHttps.size());
  return origin.starts_with(kHttp) ? origin.substr(kHttp.size()) : std::string_view();
}

}  // namespace

std::string_view FindCookie(const Request& request, std::string_view name) {
  for (const Header& header : request.headers) {
    if (header.name != "cookie") continue;
    std::string_view rest = header.value;
    while (!rest.empty()) {
      std::string_view pair = rest.substr(0, rest.find(';'));
      rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
      while (pair.starts_with(' ')) pair.remove_prefix(1);
      if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=')
        return pair.substr(name.size() + 1);
    }
  }
  return {};
}

bool HasSessionCookie(const Request& request) {
  return !FindCookie(request, kSessionCookie).empty() || !FindCookie(request, kSecureSessionCookie).empty();
}

bool IsFromOwnPages(const Request& request, std::string_view public_url) {
  const std::string_view site = request.FindHeader("sec-fetch-site");
  if (!site.empty()) return site == "same-origin";
  const std::string_view origin = request.FindHeader("origin");
  if (HostOf(origin).empty()) return false;
  return AreAlike(origin, OriginOf(public_url)) || AreAlike(HostOf(origin), request.FindHeader("host"));
}

}  // namespace cairn::http
