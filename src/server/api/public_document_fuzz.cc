// Any text as a stored document: what is given out of it is JSON, and holds nothing protected.
#include "server/api/public_document.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/parse_json.h"

namespace {

using namespace cairn;

// Keys of things that only view_pii shows, wherever they stand.
constexpr std::string_view kProtected[] = {"registers", "handles", "soft_errors", "user_comments"};

void CheckKeys(simdjson::dom::element element) {
  simdjson::dom::object object;
  simdjson::dom::array array;
  if (element.get(object) == simdjson::SUCCESS) {
    for (const simdjson::dom::key_value_pair field : object) {
      for (const std::string_view key : kProtected) {
        if (field.key == key) std::abort();
      }
      CheckKeys(field.value);
    }
  } else if (element.get(array) == simdjson::SUCCESS) {
    for (const simdjson::dom::element member : array) CheckKeys(member);
  }
}

// Names every second address.
class SomeNames final : public symbolication::ModuleNames {
 public:
  std::string_view code_file() const override { return {}; }
  symbolication::NamedAddresses Name(std::span<const model::ModuleOffset> offsets) const override {
    symbolication::NamedAddresses named;
    for (const model::ModuleOffset offset : offsets) {
      named.addresses.emplace_back();
      if (offset.value % 2 == 1) named.addresses.back().function = "\"late\"";
    }
    return named;
  }
};

std::shared_ptr<const symbolication::ModuleNames> FindSomeNames(const std::string&, const std::string&) {
  return std::make_shared<SomeNames>();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(static_cast<const char*>(static_cast<const void*>(data)), size);
  static const registry::Registry registry = registry::Registry::BuiltIn();
  (void)api::KindOfDocument(text).has_value();
  for (const bool with_protected : {true, false}) {
    const auto rendered = api::RenderDocument(
        text, registry,
        {.with_protected = with_protected, .find_names = FindSomeNames, .counterpart_uuid = "id"});
    if (!rendered) continue;
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    if (base::ParseJson(parser, *rendered).get(root) != simdjson::SUCCESS) std::abort();
    simdjson::dom::element dump;
    if (!with_protected && root["json_dump"].get(dump) == simdjson::SUCCESS) CheckKeys(dump);
  }
  return 0;
}
