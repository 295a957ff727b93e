// Any bytes as a text to be written: the JSON can be read, and a text that was UTF-8 comes back as it was.
#include "base/json_writer.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/parse_json.h"
#include "base/utf8.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn;
  const std::string_view text(static_cast<const char*>(static_cast<const void*>(data)), size);
  base::JsonWriter json(2);
  json.BeginObject();
  json.TextField(text, text);
  json.EndObject();
  simdjson::dom::parser parser;
  std::string_view read;
  simdjson::dom::object object;
  if (base::ParseJson(parser, json.text()).get(object) != simdjson::SUCCESS) std::abort();
  for (const simdjson::dom::key_value_pair field : object) {
    if (field.value.get(read) != simdjson::SUCCESS || read != field.key) std::abort();
  }
  if (base::IsUtf8(text) && read != text) std::abort();
  return 0;
}
