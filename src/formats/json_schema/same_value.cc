#include "formats/json_schema/same_value.h"

#include <algorithm>

namespace cairn::json_schema {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t kFewFields = 24;  // Up to so many, comparing each with each is quicker than sorting.

bool IsNumber(dom::element_type type) {
  return type == dom::element_type::INT64 || type == dom::element_type::UINT64 ||
         type == dom::element_type::DOUBLE;
}

bool SameArray(dom::array a, dom::array b) {
  auto left = a.begin();
  auto right = b.begin();
  for (; left != a.end() && right != b.end(); ++left, ++right) {
    if (!SameValue(*left, *right)) return false;
  }
  return !(left != a.end()) && !(right != b.end());
}

bool SameObject(dom::object a, dom::object b) {
  Fields left = FieldsOf(a);
  Fields right = FieldsOf(b);
  if (left.size() != right.size()) return false;
  const auto by_name = [](const auto& field) { return field.first; };
  std::ranges::sort(left, {}, by_name);
  std::ranges::sort(right, {}, by_name);
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (left[i].first != right[i].first || !SameValue(left[i].second, right[i].second)) return false;
  }
  return true;
}

void DropReplaced(Fields& fields) {
  if (fields.size() <= kFewFields) {
    const auto is_replaced = [&fields](std::size_t i) {
      return std::any_of(fields.begin() + static_cast<std::ptrdiff_t>(i) + 1, fields.end(),
                         [&](const auto& later) { return later.first == fields[i].first; });
    };
    std::size_t kept = 0;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (!is_replaced(i)) fields[kept++] = fields[i];
    }
    fields.erase(fields.begin() + static_cast<std::ptrdiff_t>(kept), fields.end());
    return;
  }
  std::vector<std::size_t> order(fields.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, {}, [&](std::size_t i) { return std::pair(fields[i].first, i); });
  std::vector<bool> replaced(fields.size());
  for (std::size_t i = 0; i + 1 < order.size(); ++i) {
    replaced[order[i]] = fields[order[i]].first == fields[order[i + 1]].first;
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (!replaced[i]) fields[kept++] = fields[i];
  }
  fields.erase(fields.begin() + static_cast<std::ptrdiff_t>(kept), fields.end());
}

}  // namespace

Fields FieldsOf(dom::object object) {
  Fields fields;
  ReadFields(object, fields);
  return fields;
}

void ReadFields(dom::object object, Fields& fields) {
  fields.clear();
  for (const dom::key_value_pair field : object) fields.emplace_back(field.key, field.value);
  DropReplaced(fields);
}

long double NumberOf(dom::element element) {
  switch (element.type()) {
    case dom::element_type::INT64: return static_cast<long double>(element.get_int64().value_unsafe());
    case dom::element_type::UINT64: return static_cast<long double>(element.get_uint64().value_unsafe());
    case dom::element_type::DOUBLE: return static_cast<long double>(element.get_double().value_unsafe());
    default: return 0;
  }
}

bool SameValue(dom::element a, dom::element b) {
  if (IsNumber(a.type()) && IsNumber(b.type())) return NumberOf(a) == NumberOf(b);
  if (a.type() != b.type()) return false;
  switch (a.type()) {
    case dom::element_type::STRING: return a.get_string().value_unsafe() == b.get_string().value_unsafe();
    case dom::element_type::BOOL: return a.get_bool().value_unsafe() == b.get_bool().value_unsafe();
    case dom::element_type::ARRAY:
      return SameArray(a.get_array().value_unsafe(), b.get_array().value_unsafe());
    case dom::element_type::OBJECT:
      return SameObject(a.get_object().value_unsafe(), b.get_object().value_unsafe());
    default: return true;  // Two nulls.
  }
}

}  // namespace cairn::json_schema
