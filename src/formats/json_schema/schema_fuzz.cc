// The bytes up to the first line break are a schema, those behind it a document.
#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/byte_reader.h"
#include "base/parse_json.h"
#include "formats/json_schema/schema.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using cairn::json_schema::Schema;
  const std::string_view text = cairn::base::AsText(std::as_bytes(std::span(data, size)));
  const std::size_t end = text.find('\n');
  const auto schema = Schema::Compile(text.substr(0, end));
  if (!std::holds_alternative<Schema>(schema) || end == std::string_view::npos) return 0;
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  if (cairn::base::ParseJson(parser, text.substr(end + 1)).get(document) != simdjson::SUCCESS) return 0;
  (void)std::get<Schema>(schema).Check(document);
  return 0;
}
