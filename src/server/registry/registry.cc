#include "server/registry/registry.h"

#include <algorithm>
#include <utility>

#include "server/registry/public_form.h"

namespace cairn::registry {
namespace {

std::vector<std::string> SplitAtBars(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('|'), text.size());
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

}  // namespace

Registry Registry::BuiltIn() {
  Registry registry;
  for (const wire::AnnotationRow& row : wire::kAnnotations) {
    registry.Put({.name = std::string(row.name),
                  .field = std::string(row.field),
                  .type = row.type,
                  .scope = row.scope,
                  .permission = row.permission,
                  .search = row.search,
                  .source = row.source,
                  .public_form = row.public_form,
                  .withhold = SplitAtBars(row.withhold),
                  .description = std::string(row.description)});
  }
  for (const wire::ProcessedFieldRow& row : wire::kProcessedFields) {
    registry.Put({.field = std::string(row.name),
                  .type = row.type,
                  .permission = row.permission,
                  .search = row.search,
                  .description = std::string(row.description)});
  }
  return registry;
}

bool Registry::Put(Row row) {
  if (!row.field.empty()) {
    const auto owner = annotation_of_field_.find(row.field);
    const bool other_annotation = owner != annotation_of_field_.end() && owner->second != row.name;
    if (other_annotation || (!row.name.empty() && server_fields_.contains(row.field))) return false;
  }
  if (row.name.empty()) {
    server_fields_[row.field] = std::move(row);
    return true;
  }
  if (const Row* const old = FindAnnotation(row.name)) annotation_of_field_.erase(old->field);
  if (!row.field.empty()) annotation_of_field_[row.field] = row.name;
  annotations_[row.name] = std::move(row);
  return true;
}

const Row* Registry::FindAnnotation(std::string_view name) const {
  const auto found = annotations_.find(name);
  return found == annotations_.end() ? nullptr : &found->second;
}

const Row* Registry::FindField(std::string_view field) const {
  if (const auto made = server_fields_.find(field); made != server_fields_.end()) return &made->second;
  const auto annotation = annotation_of_field_.find(field);
  return annotation == annotation_of_field_.end() ? nullptr : FindAnnotation(annotation->second);
}

std::optional<std::string> Registry::PublicValue(std::string_view annotation, std::string_view value) const {
  const Row* const row = FindAnnotation(annotation);
  if (row == nullptr || !row->is_public()) return std::nullopt;
  const bool withheld =
      std::ranges::any_of(row->withhold, [&](const std::string& start) { return value.starts_with(start); });
  if (withheld) return std::string(kWithheld);
  if (row->public_form == wire::AnnotationPublicForm::kWhole) return std::string(value);
  std::string form = PublicForm(row->public_form, value);
  if (form.empty()) return std::nullopt;
  return form;
}

bool Registry::IsPublicField(std::string_view field) const {
  const Row* const row = FindField(field);
  return row != nullptr && row->is_public();
}

}  // namespace cairn::registry
