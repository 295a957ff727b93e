#include "server/http/json_order.h"

#include "base/parse_json.h"

namespace cairn::http {

JsonOrder::JsonOrder(std::string_view body) {
  simdjson::dom::object object;
  if (base::ParseJson(parser_, body).get_object().get(object) == simdjson::SUCCESS) {
    object_ = object;
  } else {
    mistake_ = "The body is no JSON object";
  }
}

std::optional<Response> JsonOrder::refusal() const {
  return mistake_.empty() ? std::nullopt : std::optional(ErrorResponse(400, mistake_));
}

bool JsonOrder::Find(std::string_view name, simdjson::dom::element& element) const {
  return object_ && object_->at_key(name).get(element) == simdjson::SUCCESS && !element.is_null();
}

void JsonOrder::Note(std::string_view name, std::string_view wanted) {
  if (mistake_.empty()) mistake_ = std::string(name) + ": give " + std::string(wanted);
}

std::optional<std::string> JsonOrder::Text(std::string_view name) {
  simdjson::dom::element element;
  std::string_view text;
  if (!Find(name, element)) return std::nullopt;
  if (element.get(text) == simdjson::SUCCESS) return std::string(text);
  Note(name, "a text");
  return std::nullopt;
}

std::string JsonOrder::NeededText(std::string_view name) {
  std::string text = Text(name).value_or("");
  if (text.empty()) Note(name, "a text that is not empty");
  return text;
}

std::string JsonOrder::NeededId(std::string_view name) {
  simdjson::dom::element element;
  std::int64_t number = 0;
  if (Find(name, element) && element.get(number) == simdjson::SUCCESS) return std::to_string(number);
  return NeededText(name);
}

std::optional<std::int64_t> JsonOrder::Number(std::string_view name) {
  simdjson::dom::element element;
  std::int64_t number = 0;
  if (!Find(name, element)) return std::nullopt;
  if (element.get(number) == simdjson::SUCCESS) return number;
  Note(name, "a whole number");
  return std::nullopt;
}

std::optional<bool> JsonOrder::Flag(std::string_view name) {
  simdjson::dom::element element;
  bool flag = false;
  if (!Find(name, element)) return std::nullopt;
  if (element.get(flag) == simdjson::SUCCESS) return flag;
  Note(name, "true or false");
  return std::nullopt;
}

bool JsonOrder::TakeTexts(const simdjson::dom::element& element, std::vector<std::string>& texts) {
  simdjson::dom::array array;
  if (element.get(array) != simdjson::SUCCESS) return false;
  for (const simdjson::dom::element item : array) {
    std::string_view text;
    if (item.get(text) != simdjson::SUCCESS) return false;
    texts.emplace_back(text);
  }
  return true;
}

std::optional<std::vector<std::string>> JsonOrder::Texts(std::string_view name) {
  simdjson::dom::element element;
  if (!Find(name, element)) return std::nullopt;
  std::vector<std::string> texts;
  if (TakeTexts(element, texts)) return texts;
  Note(name, "a list of texts");
  return std::nullopt;
}

std::optional<JsonOrder::Lists> JsonOrder::TextsByName(std::string_view name) {
  simdjson::dom::element element;
  simdjson::dom::object object;
  if (!Find(name, element)) return std::nullopt;
  Lists lists;
  bool fits = element.get(object) == simdjson::SUCCESS;
  if (fits) {
    for (const auto& [key, value] : object) fits = fits && TakeTexts(value, lists[std::string(key)]);
  }
  if (fits) return lists;
  Note(name, "an object whose members are lists of texts");
  return std::nullopt;
}

std::optional<std::vector<JsonOrder::Pair>> JsonOrder::Pairs(std::string_view name, std::string_view first,
                                                             std::string_view second) {
  simdjson::dom::element element;
  simdjson::dom::array array;
  if (!Find(name, element)) return std::nullopt;
  std::vector<Pair> pairs;
  bool fits = element.get(array) == simdjson::SUCCESS;
  if (fits) {
    for (const simdjson::dom::element item : array) {
      std::string_view one;
      std::string_view other;
      fits = fits && item.at_key(first).get(one) == simdjson::SUCCESS &&
             item.at_key(second).get(other) == simdjson::SUCCESS;
      pairs.emplace_back(one, other);
    }
  }
  if (fits) return pairs;
  Note(name, "a list of objects with the texts " + std::string(first) + " and " + std::string(second));
  return std::nullopt;
}

}  // namespace cairn::http
