// The annotation registry: what is known of each annotation, from one table, schema/annotations.yaml.
//
// The handler asks what may go into a ping, the collector what may be kept, the API what may be shown.
// Default deny: an annotation that has no row is protected, is not searched and goes with reports only.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace cairn::wire {

enum class AnnotationType : std::uint8_t { kString, kBoolean, kU32, kU64, kF64, kObject };

// How far an annotation goes from the machine.
enum class AnnotationScope : std::uint8_t {
  kClient,    // Nowhere.
  kReport,    // With a report, which a person agreed to.
  kPing,      // With pings and reports.
  kPingOnly,  // With pings; a report holds the same in another form.
};

enum class AnnotationPermission : std::uint8_t { kProtected, kPublic };

enum class AnnotationSearch : std::uint8_t { kNone, kKeyword, kText, kNumber, kBoolean, kDate };

// Who writes it.
enum class AnnotationSource : std::uint8_t { kApplication, kClient, kHandler, kSystem };

// What of a public value everybody may see; the whole of it is protected where it is not kWhole.
enum class AnnotationPublicForm : std::uint8_t {
  kWhole,
  kBeforeEquals,   // Up to the first '='.
  kJavaException,  // Structured exceptions without their messages.
  kJavaTrace,      // A stack of Java as text without its messages.
};

struct AnnotationRow {
  std::string_view name;
  AnnotationType type;
  AnnotationScope scope;
  AnnotationPermission permission;
  AnnotationSearch search;
  AnnotationSource source;
  std::string_view description;
  std::string_view
      field;  // Its name in processed crashes and in searches; empty if it never leaves the machine.
  AnnotationPublicForm public_form;
  std::string_view withhold;  // Beginnings of values that are protected, divided by '|'.
};

// What the processor and the collector add to a crash.
struct ProcessedFieldRow {
  std::string_view name;
  AnnotationType type;
  AnnotationPermission permission;
  AnnotationSearch search;
  std::string_view description;
};

// kAnnotations and kProcessedFields, both sorted by name.
#include "wire/annotation_registry.inc"

// The row of an annotation, or null if there is none. Names are compared with their case.
constexpr const AnnotationRow* FindAnnotation(std::string_view name) {
  const auto* const row = std::ranges::lower_bound(kAnnotations, name, {}, &AnnotationRow::name);
  return row != std::end(kAnnotations) && row->name == name ? row : nullptr;
}

// Whether a value may go into a ping as it is: a value that is public only in another form may not.
constexpr bool MayGoIntoPing(std::string_view name) {
  const AnnotationRow* const row = FindAnnotation(name);
  return row != nullptr && row->public_form == AnnotationPublicForm::kWhole &&
         (row->scope == AnnotationScope::kPing || row->scope == AnnotationScope::kPingOnly);
}

// Whether a value is protected for what it begins with.
constexpr bool IsWithheld(std::string_view name, std::string_view value) {
  const AnnotationRow* const row = FindAnnotation(name);
  for (std::string_view rest = row == nullptr ? std::string_view() : row->withhold; !rest.empty();) {
    const std::size_t end = rest.find('|') < rest.size() ? rest.find('|') : rest.size();
    if (value.starts_with(rest.substr(0, end))) return true;
    rest.remove_prefix(end < rest.size() ? end + 1 : end);
  }
  return false;
}

constexpr bool MayGoIntoReport(std::string_view name) {
  const AnnotationRow* const row = FindAnnotation(name);
  return row == nullptr || row->scope == AnnotationScope::kReport || row->scope == AnnotationScope::kPing;
}

// Whether everybody may see it.
constexpr bool IsPublicAnnotation(std::string_view name) {
  const AnnotationRow* const row = FindAnnotation(name);
  return row != nullptr && row->permission == AnnotationPermission::kPublic;
}

}  // namespace cairn::wire
