// What stands in the head of every answer.
#pragma once

#include <boost/beast/http/field.hpp>
#include <string_view>

#include "server/http/asio_types.h"
#include "server/http/message.h"

namespace cairn::http {

// The security headers of every answer. The site has no inline scripts or styles and loads nothing from
// elsewhere.
inline constexpr std::string_view kContentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

template <typename Message>
void SetHeaders(Message& message, const Response& response, bool is_https) {
  namespace field = beast::http;
  message.set(field::field::content_type, response.content_type);
  message.set("Content-Security-Policy", kContentSecurityPolicy);
  message.set("X-Content-Type-Options", "nosniff");
  message.set("X-Frame-Options", "DENY");
  message.set("Cross-Origin-Opener-Policy", "same-origin");
  message.set("Referrer-Policy", "no-referrer");
  message.set(field::field::cache_control, "no-store");
  // A year: browsers that know it never ask by plain HTTP again.
  if (is_https) message.set("Strict-Transport-Security", "max-age=31536000");
  for (const Header& header : response.headers) message.set(header.name, header.value);
}

}  // namespace cairn::http
