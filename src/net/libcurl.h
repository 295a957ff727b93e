// libcurl, loaded when the first request is made: docs/adr/0002-http-client-loaded-on-use.md.
//
// Only the folder net/ includes this. Everything is called through the table, under libcurl's own names
// without "curl_".
#pragma once

#include <curl/curl.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace cairn::net {

struct Libcurl {
  decltype(&::curl_global_init) global_init = nullptr;
  decltype(&::curl_easy_init) easy_init = nullptr;
  decltype(&::curl_easy_reset) easy_reset = nullptr;
  decltype(&::curl_easy_setopt) easy_setopt = nullptr;
  decltype(&::curl_easy_getinfo) easy_getinfo = nullptr;
  decltype(&::curl_easy_perform) easy_perform = nullptr;
  decltype(&::curl_easy_cleanup) easy_cleanup = nullptr;
  decltype(&::curl_slist_append) slist_append = nullptr;
  decltype(&::curl_slist_free_all) slist_free_all = nullptr;
};

// The table, set up once per process and never unloaded; nullptr if this machine has no libcurl. Any thread
// may ask.
const Libcurl* LoadLibcurl();

// What the callers say when there is none.
inline constexpr base::Error kNoLibcurl{base::Code::kUnsupported, 0,
                                        "the library libcurl.so.4, which is not installed,"};

struct HandleCloser {
  void operator()(CURL* handle) const { LoadLibcurl()->easy_cleanup(handle); }
};
struct ListFreer {
  void operator()(curl_slist* list) const { LoadLibcurl()->slist_free_all(list); }
};
using Handle = std::unique_ptr<CURL, HandleCloser>;
using HeaderList = std::unique_ptr<curl_slist, ListFreer>;

HeaderList MakeHeaders(const Libcurl& curl, const std::vector<std::pair<std::string, std::string>>& headers);

// What holds of every request: http and https alone, no proxy for loopback, redirects left to the caller.
void SetCommonOptions(const Libcurl& curl, CURL* handle, const std::string& url);

// Opens the sockets of a request, each after its address was asked about.
class SocketOpener {
 public:
  // Asked with an address as text, without a port. Empty: every one may be connected to. Borrowed.
  using MayConnect = std::function<bool(std::string_view ip_address)>;
  explicit SocketOpener(const MayConnect& may_connect) : may_connect_(may_connect) {}
  SocketOpener(const SocketOpener&) = delete;
  SocketOpener& operator=(const SocketOpener&) = delete;

  // It must be there for as long as the handle works.
  void Serve(const Libcurl& curl, CURL* handle);
  bool has_refused() const { return has_refused_; }

 private:
  static curl_socket_t OnSocket(void* user, curlsocktype, curl_sockaddr* address);

  const MayConnect& may_connect_;
  bool has_refused_ = false;
};
inline constexpr base::Error kAddressRefused{base::Code::kRefused, 0,
                                             "an address that may not be connected to"};

// Why there was no whole answer: kTimeout, kUnsupported for another scheme, kTruncated for an answer that
// ended early, else kRefused with the CURLcode as offset.
base::Error ErrorOf(CURLcode code);

}  // namespace cairn::net
