// The cookies of a request, and whether a request comes from pages of this server.
//
// A browser sends cookies along with whatever a page of any site has it ask. So what changes something needs
// more than a cookie: a header that says that a page of this server asked, which no other page can have sent.
#pragma once

#include <string_view>

#include "server/http/message.h"

namespace cairn::http {

// The session's, over plain HTTP. Over HTTPS a prefix goes before it: then browsers take it from this host
// alone, and over HTTPS alone.
inline constexpr std::string_view kSessionCookie = "cairn_session";
inline constexpr std::string_view kSecureSessionCookie = "__Host-cairn_session";

// The value of the first one of that name; empty if there is none. Borrows from the request.
std::string_view FindCookie(const Request& request, std::string_view name);

// Whether there may be a session to be looked up.
bool HasSessionCookie(const Request& request);

// By Sec-Fetch-Site, which browsers send, or else by Origin: it must be that of `public_url`, or of the host
// that the client asked for.
bool IsFromOwnPages(const Request& request, std::string_view public_url);

}  // namespace cairn::http
