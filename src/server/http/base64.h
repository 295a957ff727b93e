// Base64 (RFC 4648, section 4) as it stands in headers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cairn::http {

// Nothing for what is not base64 with its padding.
std::optional<std::string> DecodeBase64(std::string_view text);

}  // namespace cairn::http
