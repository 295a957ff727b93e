#include <cstddef>
#include <cstdint>
#include <span>

#include "base/byte_reader.h"
#include "server/http/multipart.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // The first line is the Content-Type header, the rest is the body.
  const std::string_view text = cairn::base::AsText(std::as_bytes(std::span(data, size)));
  const std::size_t line = text.find('\n');
  if (line == std::string_view::npos) return 0;
  const cairn::http::ContentType type = cairn::http::ParseContentType(text.substr(0, line));
  const std::string_view body = text.substr(line + 1);
  const auto parts = cairn::http::ParseMultipart(body, type.boundary);
  if (!parts) return 0;
  for (const cairn::http::Part& part : *parts) {
    if (part.body.size() > body.size()) __builtin_trap();
  }
  return 0;
}
