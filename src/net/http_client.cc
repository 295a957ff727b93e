#include "net/http_client.h"

#include <algorithm>

#include "net/libcurl.h"

namespace cairn::net {
namespace {

// The answer so far, and how long it may get.
struct Answer {
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::size_t max_bytes = 0;
  bool too_long = false;
  const std::function<bool(std::string_view)>* take_body = nullptr;
  bool is_ok = false;  // Its status is 200.
  bool not_taken = false;
};

std::size_t TakeBody(char* bytes, std::size_t, std::size_t count, void* user) {
  Answer& answer = *static_cast<Answer*>(user);
  if (answer.is_ok && *answer.take_body) {
    answer.not_taken = !(*answer.take_body)({bytes, count});
    return answer.not_taken ? 0 : count;
  }
  if (count > answer.max_bytes - answer.body.size()) {
    answer.too_long = true;
    return 0;  // Which ends the transfer.
  }
  answer.body.append(bytes, count);
  return count;
}

// One line of the head; a status line begins another answer, such as the one behind "100 Continue".
std::size_t TakeHeader(char* bytes, std::size_t, std::size_t count, void* user) {
  Answer& answer = *static_cast<Answer*>(user);
  std::string_view line(bytes, count);
  if (line.starts_with("HTTP/")) {
    answer.headers.clear();
    answer.is_ok = line.substr(std::min(line.find(' '), line.size())).starts_with(" 200");
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return count;
  std::string name(line.substr(0, colon));
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  std::string_view value = line.substr(colon + 1);
  constexpr std::string_view kBlanks = " \t\r\n";
  value.remove_prefix(std::min(value.find_first_not_of(kBlanks), value.size()));
  value = value.substr(0, value.find_last_not_of(kBlanks) + 1);
  answer.headers.emplace_back(std::move(name), value);
  return count;
}

void SetOptions(const Libcurl& curl, CURL* handle, const HttpRequest& request, const HeaderList& headers,
                Answer& answer) {
  SetCommonOptions(curl, handle, request.url);
  curl.easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout_ms));
  curl.easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(request.total_timeout_ms));
  curl.easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
  curl.easy_setopt(handle, CURLOPT_WRITEFUNCTION, TakeBody);
  curl.easy_setopt(handle, CURLOPT_WRITEDATA, &answer);
  curl.easy_setopt(handle, CURLOPT_HEADERFUNCTION, TakeHeader);
  curl.easy_setopt(handle, CURLOPT_HEADERDATA, &answer);
  if (request.method == "HEAD") {
    curl.easy_setopt(handle, CURLOPT_NOBODY, 1L);
  } else if (request.method != "GET") {
    curl.easy_setopt(handle, CURLOPT_POST, 1L);
    curl.easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl.easy_setopt(handle, CURLOPT_POSTFIELDS, base::AsText(request.body).data());
    curl.easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
}

}  // namespace

base::Result<HttpResponse> SendHttp(const HttpRequest& request) {
  const Libcurl* const curl = LoadLibcurl();
  if (curl == nullptr) return kNoLibcurl;
  const Handle handle(curl->easy_init());
  if (handle == nullptr) return base::Error{base::Code::kLimitExceeded, 0, "memory for a request"};
  std::vector<std::pair<std::string, std::string>> lines = request.headers;
  // An empty line takes the header away: libcurl would wait a second for "100 Continue" before a long body.
  lines.emplace_back("Expect", "");
  const HeaderList headers = MakeHeaders(*curl, lines);
  Answer answer{.body = {}, .headers = {}, .max_bytes = request.max_answer_bytes};
  answer.take_body = &request.take_body;
  SetOptions(*curl, handle.get(), request, headers, answer);
  SocketOpener sockets(request.may_connect);
  sockets.Serve(*curl, handle.get());
  if (const CURLcode code = curl->easy_perform(handle.get()); code != CURLE_OK) {
    if (answer.not_taken) return base::Error{base::Code::kIo, 0, "what takes the server's answer"};
    if (answer.too_long)
      return base::Error{base::Code::kLimitExceeded, answer.max_bytes, "the server's answer"};
    return sockets.has_refused() ? kAddressRefused : ErrorOf(code);
  }
  long status = 0;
  curl->easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
  return HttpResponse{.status = static_cast<int>(status),
                      .body = std::move(answer.body),
                      .headers = std::move(answer.headers)};
}

std::string_view HttpResponse::FindHeader(std::string_view name) const {
  for (const auto& [header, value] : headers) {
    if (header == name) return value;
  }
  return {};
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
