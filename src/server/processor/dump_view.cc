#include "server/processor/dump_view.h"

#include "base/parse_json.h"

namespace cairn::processor {

namespace dom = simdjson::dom;

DumpView::DumpView(std::string_view json) {
  dom::element root;
  if (base::ParseJson(parser_, json).get(root) == simdjson::SUCCESS && root.is_object()) root_ = root;
}

std::optional<dom::element> DumpView::Find(const char* path) const {
  dom::element found;
  if (!root_ || root_->at_pointer(path).get(found) != simdjson::SUCCESS || found.is_null())
    return std::nullopt;
  return found;
}

std::string DumpView::Text(const char* path) const {
  const std::optional<dom::element> found = Find(path);
  std::string_view text;
  return found && found->get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

std::optional<std::uint64_t> DumpView::Number(const char* path) const {
  const std::optional<dom::element> found = Find(path);
  std::uint64_t number = 0;
  if (!found || found->get(number) != simdjson::SUCCESS) return std::nullopt;
  return number;
}

std::string DumpView::Json(const char* path) const {
  const std::optional<dom::element> found = Find(path);
  return found ? simdjson::minify(*found) : std::string();
}

std::vector<dom::element> DumpView::Array(const char* path) const {
  const std::optional<dom::element> found = Find(path);
  dom::array array;
  if (!found || found->get(array) != simdjson::SUCCESS) return {};
  return {array.begin(), array.end()};
}

std::string TextAt(dom::element element, std::string_view key) {
  std::string_view text;
  return element[key].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

bool TrueAt(dom::element element, std::string_view key) {
  bool truth = false;
  return element[key].get(truth) == simdjson::SUCCESS && truth;
}

}  // namespace cairn::processor
