// Reads a multipart body that lies in memory or is mapped. See multipart_reader.h for the format.
//
// The parts borrow from the body; only names are copied.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/http/multipart_reader.h"

namespace cairn::http {

inline constexpr std::size_t kMaxParts = 600;  // A symbol upload has a handful.

struct Part {
  std::string name;  // Empty: the part has none.
  std::optional<std::string> filename;
  std::string content_type;  // In lower case, without parameters; empty if not given.
  std::string_view body;     // Of the bytes that were given to ParseMultipart.
};

// kTruncated if the last boundary never comes; kBadValue if the body has no first boundary or a header is
// broken.
base::Result<std::vector<Part>> ParseMultipart(std::string_view body, std::string_view boundary);

}  // namespace cairn::http
