#include "server/accounts/session_cookie.h"

#include <utility>

namespace cairn::accounts {

bool IsSecure(const http::Request& request, const std::string& public_url) {
  return public_url.starts_with("https://") || request.FindHeader("origin").starts_with("https://") ||
         request.FindHeader("x-forwarded-proto") == "https";
}

std::string SecureName(std::string_view name) { return "__Host-" + std::string(name); }

http::Header SetCookie(std::string_view name, bool is_secure, std::string_view text, std::int64_t age_ms) {
  std::string cookie = is_secure ? SecureName(name) : std::string(name);
  cookie += "=" + std::string(text) +
            "; Path=/; HttpOnly; SameSite=Lax; Max-Age=" + std::to_string(age_ms / 1000) +
            (is_secure ? "; Secure" : "");
  return {"Set-Cookie", std::move(cookie)};
}

}  // namespace cairn::accounts
