// Base64 as tokens and keys have it: the alphabet of URLs, no padding (RFC 4648, section 5).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cairn::oidc {

std::string EncodeBase64Url(std::string_view bytes);
// Nothing for what is none.
std::optional<std::string> DecodeBase64Url(std::string_view text);

}  // namespace cairn::oidc
