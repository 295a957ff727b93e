// Any text as Cookie and as Origin: a cookie's value lies within the header, and an origin is the server's
// own only if it names its host.
#include "server/http/cookies.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn::http;
  const std::string text(static_cast<const char*>(static_cast<const void*>(data)), size);
  Request request;
  request.headers = {{"cookie", text}, {"origin", text}, {"host", "crash.example.org"}};
  const std::string_view value = FindCookie(request, kSessionCookie);
  if (value.size() > text.size() ||
      HasSessionCookie(request) != (!value.empty() || !FindCookie(request, kSecureSessionCookie).empty()))
    std::abort();
  std::string lower;
  for (const char c : text) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  const bool names_host = lower == "https://crash.example.org" || lower == "http://crash.example.org";
  if (IsFromOwnPages(request, "https://crash.example.org/site") != names_host) std::abort();
  return 0;
}
