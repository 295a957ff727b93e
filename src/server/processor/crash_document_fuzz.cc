// A line that claims to be a raw crash, and what claims to be a worker's outcome of it: the document made of
// them is JSON whatever they hold.
#include "server/processor/crash_document.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/parse_json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn;
  const std::string_view text(static_cast<const char*>(static_cast<const void*>(data)), size);
  const std::size_t line = std::min(text.find('\n'), text.size());
  const auto arrival = processor::ReadRawCrash(text.substr(0, line));
  if (!arrival) return 0;
  const auto outcome = worker::ReadOutcome(text.substr(std::min(line + 1, text.size())));
  const worker::CrashOutcome used = outcome ? *outcome : processor::EmptyOutcome("EMPTY", "status");
  static const registry::Registry registry = registry::Registry::BuiltIn();
  const processor::Record record = processor::MakeRecord(*arrival, used, registry);
  const std::string document =
      processor::WriteDocument({.arrival = *arrival, .outcome = used, .record = record});
  simdjson::dom::parser parser;
  if (base::ParseJson(parser, document).error() != simdjson::SUCCESS) std::abort();
  (void)processor::MakeRow(*arrival, used, record, registry, processor::MakeInput(*arrival, used, record));
  return 0;
}
