// Text that claims to be a program's account of its memory: measures of it are fields that are JSON.
#include "server/processor/memory_measures.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

#include "base/parse_json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn;
  const std::string_view text(static_cast<const char*>(static_cast<const void*>(data)), size);
  const auto measures = processor::MeasureMemory(text, 12);
  if (!measures) return 0;
  std::map<std::string, registry::Value> fields;
  processor::AddMemoryFields(*measures, fields);
  simdjson::dom::parser parser;
  if (base::ParseJson(parser, registry::TextOf(fields.at("memory_measures"))).error() != simdjson::SUCCESS)
    std::abort();
  if (fields.size() != measures->size() + 1) std::abort();
  return 0;
}
