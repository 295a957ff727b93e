// Reads multipart bodies (RFC 2046 section 5.1, RFC 7578) as crash reporters send them.
//
// The parts borrow from the body (in memory or mapped); only names are copied. Bounded everywhere. A boundary
// stands at the start or behind CR LF; a lone line feed before one belongs to the part.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cairn::http {

inline constexpr std::size_t kMaxParts = 600;  // 512 annotations, dumps, and room for what is ignored.
inline constexpr std::size_t kMaxPartHeaderBytes = 8 << 10;  // Real ones have 200.
inline constexpr std::size_t kMaxBoundaryBytes = 256;        // RFC 2046 says 70; Crashpad's has 58.

struct Part {
  std::string name;  // Empty: the part has none.
  std::optional<std::string> filename;
  std::string content_type;  // In lower case, without parameters; empty if not given.
  std::string_view body;     // Of the bytes that were given to ParseMultipart.
};

// What a Content-Type header says.
struct ContentType {
  std::string media_type;  // "multipart/form-data", in lower case.
  std::string boundary;    // Empty if there is none.
};
ContentType ParseContentType(std::string_view header);

// kTruncated if the last boundary never comes; kBadValue if the body has no first boundary or a header is
// broken.
base::Result<std::vector<Part>> ParseMultipart(std::string_view body, std::string_view boundary);

}  // namespace cairn::http
