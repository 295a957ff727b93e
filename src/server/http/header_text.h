// The texts of headers: their blanks and letters, and what a client says that it takes.
#pragma once

#include <string>
#include <string_view>

namespace cairn::http {

// Of ASCII letters alone.
std::string LowerCase(std::string_view text);

// Without blanks around it, and without the CR at the end that senders of bare lines leave.
std::string_view Trim(std::string_view text);

// Whether the header Accept-Encoding allows gzip (RFC 9110, section 12.5.3).
bool AcceptsGzip(std::string_view accept_encoding);

// Whether the header If-None-Match names this entity tag, which has its quotes (RFC 9110, section 13.1.2).
bool NamesEntityTag(std::string_view if_none_match, std::string_view entity_tag);

}  // namespace cairn::http
