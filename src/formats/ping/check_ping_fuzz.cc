#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/byte_reader.h"
#include "formats/ping/check_ping.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const cairn::ping::SchemaSet schemas = cairn::ping::SchemaSet::BuiltIn();
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  const std::string_view text = cairn::base::AsText(std::as_bytes(std::span(data, size)));
  if (cairn::ping::ParsePing(text, parser, document)) return 0;
  (void)cairn::ping::CheckPing(schemas, cairn::ping::NameByContent(document), document);
  return 0;
}
