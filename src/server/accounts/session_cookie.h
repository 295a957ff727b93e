// The cookies that signing in sets.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "server/http/cookies.h"

namespace cairn::accounts {

// Whether the browser talks HTTPS, as far as can be told behind a proxy. Who says so falsely loses a cookie.
bool IsSecure(const http::Request& request, const std::string& public_url);

// For this server alone, and not for scripts. `name` is without the prefix of those that are secure.
http::Header SetCookie(std::string_view name, bool is_secure, std::string_view text, std::int64_t age_ms);

// "__Host-NAME"
std::string SecureName(std::string_view name);

}  // namespace cairn::accounts
