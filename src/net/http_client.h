// One HTTP request and its answer, over libcurl, within a deadline and a size.
//
// Only http and https. Redirects are answers like any other: where they should be followed, the caller says
// so by asking again, because what was allowed for one host need not be for another. Certificates are
// checked. Loopback is never asked through a proxy.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/byte_reader.h"
#include "base/result.h"

namespace cairn::net {

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  base::Bytes body;  // Borrowed while the request is sent.
  int connect_timeout_ms = 10'000;
  int total_timeout_ms = 60'000;           // From the start to the last byte of the answer.
  std::size_t max_answer_bytes = 1 << 20;  // A longer answer is kLimitExceeded.
  // Takes the body of a 200 as it comes, in place of HttpResponse::body and without its limit. False ends the
  // request with kIo.
  std::function<bool(std::string_view)> take_body = {};
  // As DownloadRequest::may_connect; kRefused where it may not.
  std::function<bool(std::string_view ip_address)> may_connect = {};
};

struct HttpResponse {
  int status = 0;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  // Names in lower case.

  // The first of that name (lower case), or an empty text.
  std::string_view FindHeader(std::string_view name) const;
};

// An Error means that there was no whole answer: kTimeout, kLimitExceeded, kUnsupported for another scheme,
// or kRefused with libcurl's CURLcode as offset. A refusal by the server is an answer.
base::Result<HttpResponse> SendHttp(const HttpRequest& request);

// `text` with everything but letters, digits, "-", ".", "_" and "~" as %XX (RFC 3986, section 2.3).
std::string EscapeUrlPart(std::string_view text);

}  // namespace cairn::net
