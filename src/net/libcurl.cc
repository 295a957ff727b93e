#include "net/libcurl.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string_view>

namespace cairn::net {
namespace {

// The interface under this number has only grown since 2006. Debian builds it over three TLS libraries; any
// will do.
constexpr const char* kLibraryNames[] = {"libcurl.so.4", "libcurl-gnutls.so.4", "libcurl-nss.so.4"};

template <typename Function>
bool Find(void* library, const char* name, Function& function) {
  function = std::bit_cast<Function>(dlsym(library, name));  // POSIX: both kinds of pointer are of one size.
  return function != nullptr;
}

std::optional<Libcurl> OpenLibrary(const char* name) {
  void* const library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return std::nullopt;
  Libcurl curl;
  const bool complete = Find(library, "curl_global_init", curl.global_init) &&
                        Find(library, "curl_easy_init", curl.easy_init) &&
                        Find(library, "curl_easy_reset", curl.easy_reset) &&
                        Find(library, "curl_easy_setopt", curl.easy_setopt) &&
                        Find(library, "curl_easy_getinfo", curl.easy_getinfo) &&
                        Find(library, "curl_easy_perform", curl.easy_perform) &&
                        Find(library, "curl_easy_cleanup", curl.easy_cleanup) &&
                        Find(library, "curl_slist_append", curl.slist_append) &&
                        Find(library, "curl_slist_free_all", curl.slist_free_all);
  // libcurl wants to be set up once per process, before threads use it.
  if (!complete || curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    dlclose(library);
    return std::nullopt;
  }
  return curl;
}

// Hosts that are never asked through a proxy: loopback, and what the environment says, which libcurl forgets
// when it is given a list.
std::string HostsWithoutProxy() {
  std::string hosts = "localhost,127.0.0.0/8,::1";
  for (const char* const name : {"no_proxy", "NO_PROXY"}) {
    const char* const more = std::getenv(name);
    if (more == nullptr || *more == '\0') continue;
    if (more == std::string_view("*")) return more;  // Counts only when it stands alone.
    return hosts.append(",").append(more);
  }
  return hosts;
}

// As text, without a port: "127.0.0.1", "::1". Empty for another family.
std::string AddressText(const sockaddr& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.sa_family == AF_INET) {
    sockaddr_in ipv4{};
    std::memcpy(&ipv4, &address, sizeof(ipv4));
    inet_ntop(AF_INET, &ipv4.sin_addr, text.data(), text.size());
  } else if (address.sa_family == AF_INET6) {
    sockaddr_in6 ipv6{};
    std::memcpy(&ipv6, &address, sizeof(ipv6));
    inet_ntop(AF_INET6, &ipv6.sin6_addr, text.data(), text.size());
  }
  return text.data();
}

}  // namespace

const Libcurl* LoadLibcurl() {
  static const std::optional<Libcurl> kCurl = [] {
    for (const char* const name : kLibraryNames) {
      if (std::optional<Libcurl> curl = OpenLibrary(name)) return curl;
    }
    return std::optional<Libcurl>();
  }();
  return kCurl ? &*kCurl : nullptr;
}

HeaderList MakeHeaders(const Libcurl& curl, const std::vector<std::pair<std::string, std::string>>& headers) {
  curl_slist* list = nullptr;
  for (const auto& [name, value] : headers) {
    curl_slist* const longer = curl.slist_append(list, std::string(name).append(": ").append(value).c_str());
    if (longer != nullptr) list = longer;  // Without memory a header is left out.
  }
  return HeaderList(list);
}

void SetCommonOptions(const Libcurl& curl, CURL* handle, const std::string& url) {
  curl.easy_setopt(handle, CURLOPT_URL, url.c_str());
  curl.easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl.easy_setopt(handle, CURLOPT_NOPROXY, HostsWithoutProxy().c_str());
  curl.easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl.easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  curl.easy_setopt(handle, CURLOPT_USERAGENT, "Cairn/0.1");
}

void SocketOpener::Serve(const Libcurl& curl, CURL* handle) {
  curl.easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, OnSocket);
  curl.easy_setopt(handle, CURLOPT_OPENSOCKETDATA, this);
}

curl_socket_t SocketOpener::OnSocket(void* user, curlsocktype, curl_sockaddr* address) {
  SocketOpener& opener = *static_cast<SocketOpener*>(user);
  if (opener.may_connect_ && !opener.may_connect_(AddressText(address->addr))) {
    opener.has_refused_ = true;
    return CURL_SOCKET_BAD;
  }
  // Closed on exec: other threads start programs meanwhile.
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

base::Error ErrorOf(CURLcode code) {
  if (code == CURLE_OPERATION_TIMEDOUT) return {base::Code::kTimeout, 0, "the request to the server"};
  if (code == CURLE_UNSUPPORTED_PROTOCOL) return {base::Code::kUnsupported, 0, "the URL's scheme"};
  if (code == CURLE_PARTIAL_FILE) return {base::Code::kTruncated, 0, "the server's answer"};
  return {base::Code::kRefused, static_cast<std::uint64_t>(code),
          "the connection to the server (libcurl's code)"};
}

}  // namespace cairn::net
