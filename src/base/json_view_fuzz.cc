// Any text as JSON: what JsonView reads, simdjson reads, and the texts and the order of their members are the
// same.
#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/json_view.h"
#include "base/parse_json.h"

namespace {

using cairn::base::JsonView;

void Compare(const JsonView& ours, const simdjson::dom::element& theirs) {
  simdjson::dom::object object;
  simdjson::dom::array array;
  std::string_view text;
  if (theirs.get(object) == simdjson::SUCCESS) {
    const auto members = ours.Members();
    if (!ours.IsObject() || members.size() != object.size()) std::abort();
    std::size_t i = 0;
    for (const simdjson::dom::key_value_pair field : object) {
      if (members[i].first != field.key) std::abort();
      Compare(members[i++].second, field.value);
    }
  } else if (theirs.get(array) == simdjson::SUCCESS) {
    const auto items = ours.Items();
    if (items.size() != array.size()) std::abort();
    std::size_t i = 0;
    for (const simdjson::dom::element item : array) Compare(items[i++], item);
  } else if (theirs.get(text) == simdjson::SUCCESS) {
    if (ours.Text() != text) std::abort();
  } else if (ours.IsObject() || ours.Text() || !ours.Items().empty()) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(static_cast<const char*>(static_cast<const void*>(data)), size);
  const auto view = JsonView::Read(text);
  if (!view) return 0;
  if (!JsonView::Read(view->Minified())) std::abort();
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  // It refuses numbers that are too large for it and halves of surrogate pairs; JSON allows both.
  if (cairn::base::ParseJson(parser, text).get(root) == simdjson::SUCCESS) {
    Compare(*view, root);
  } else {
    view->Members();
    view->Items();
    view->Text();
  }
  return 0;
}
