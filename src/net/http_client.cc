#include "net/http_client.h"

#include <curl/curl.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <mutex>

namespace cairn::net {
namespace {

// Hosts that are never asked through a proxy: loopback, and what the environment says, which libcurl forgets
// when it is given a list.
std::string HostsWithoutProxy() {
  std::string hosts = "localhost,127.0.0.0/8,::1";
  for (const char* const name : {"no_proxy", "NO_PROXY"}) {
    const char* const more = std::getenv(name);
    if (more == nullptr || *more == '\0') continue;
    if (more == std::string_view("*")) return more;  // Counts only when it stands alone.
    return hosts + "," + more;
  }
  return hosts;
}

// libcurl wants to be set up once per process, before threads use it.
void SetUpOnce() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

struct HandleCloser {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct ListFreer {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Handle = std::unique_ptr<CURL, HandleCloser>;
using HeaderList = std::unique_ptr<curl_slist, ListFreer>;

// The answer so far, and how long it may get.
struct Answer {
  std::string body;
  std::size_t max_bytes = 0;
  bool too_long = false;
};

std::size_t TakeBody(char* bytes, std::size_t, std::size_t count, void* user) {
  Answer& answer = *static_cast<Answer*>(user);
  if (count > answer.max_bytes - answer.body.size()) {
    answer.too_long = true;
    return 0;  // Which ends the transfer.
  }
  answer.body.append(bytes, count);
  return count;
}

HeaderList MakeHeaders(const HttpRequest& request) {
  HeaderList list;
  const auto append = [&list](const std::string& line) {
    if (curl_slist* const longer = curl_slist_append(list.get(), line.c_str())) {
      static_cast<void>(list.release());
      list.reset(longer);
    }
  };
  for (const auto& [name, value] : request.headers) append(name + ": " + value);
  // libcurl would wait a second for "100 Continue" before it sends a long body.
  append("Expect:");
  return list;
}

void SetOptions(CURL* handle, const HttpRequest& request, const HeaderList& headers, Answer& answer) {
  curl_easy_setopt(handle, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_NOPROXY, HostsWithoutProxy().c_str());
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout_ms));
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(request.total_timeout_ms));
  curl_easy_setopt(handle, CURLOPT_USERAGENT, "Cairn/0.1");
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, TakeBody);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &answer);
  if (request.method == "HEAD") {
    curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
  } else if (request.method != "GET") {
    curl_easy_setopt(handle, CURLOPT_POST, 1L);
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, base::AsText(request.body).data());
    curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
}

base::Error ErrorOf(CURLcode code, const Answer& answer) {
  if (answer.too_long) return {base::Code::kLimitExceeded, answer.max_bytes, "the server's answer"};
  if (code == CURLE_OPERATION_TIMEDOUT) return {base::Code::kTimeout, 0, "the request to the server"};
  if (code == CURLE_UNSUPPORTED_PROTOCOL) return {base::Code::kUnsupported, 0, "the URL's scheme"};
  return {base::Code::kRefused, static_cast<std::uint64_t>(code),
          "the connection to the server (libcurl's code)"};
}

}  // namespace

base::Result<HttpResponse> SendHttp(const HttpRequest& request) {
  SetUpOnce();
  const Handle handle(curl_easy_init());
  if (handle == nullptr) return base::Error{base::Code::kLimitExceeded, 0, "memory for a request"};
  const HeaderList headers = MakeHeaders(request);
  Answer answer{.body = {}, .max_bytes = request.max_answer_bytes};
  SetOptions(handle.get(), request, headers, answer);
  if (const CURLcode code = curl_easy_perform(handle.get()); code != CURLE_OK) return ErrorOf(code, answer);
  long status = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
  return HttpResponse{.status = static_cast<int>(status), .body = std::move(answer.body)};
}

std::string EscapeUrlPart(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string escaped;
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                          c == '-' || c == '.' || c == '_' || c == '~';
    if (is_plain) {
      escaped += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    escaped += '%';
    escaped += kDigits[byte >> 4];
    escaped += kDigits[byte & 15];
  }
  return escaped;
}

}  // namespace cairn::net
