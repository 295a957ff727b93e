// What the choices of a row are called in files and in the data dictionary: the names of
// schema/annotations.yaml.
#pragma once

#include <string_view>
#include <utility>

#include "wire/annotation_registry.h"

namespace cairn::registry {

template <typename Value>
using Name = std::pair<std::string_view, Value>;

inline constexpr Name<wire::AnnotationType> kTypes[] = {
    {"string", wire::AnnotationType::kString}, {"boolean", wire::AnnotationType::kBoolean},
    {"u32", wire::AnnotationType::kU32},       {"u64", wire::AnnotationType::kU64},
    {"f64", wire::AnnotationType::kF64},       {"object", wire::AnnotationType::kObject}};
inline constexpr Name<wire::AnnotationScope> kScopes[] = {{"client", wire::AnnotationScope::kClient},
                                                          {"report", wire::AnnotationScope::kReport},
                                                          {"ping", wire::AnnotationScope::kPing},
                                                          {"ping-only", wire::AnnotationScope::kPingOnly}};
inline constexpr Name<wire::AnnotationPermission> kPermissions[] = {
    {"protected", wire::AnnotationPermission::kProtected}, {"public", wire::AnnotationPermission::kPublic}};
inline constexpr Name<wire::AnnotationSearch> kSearches[] = {
    {"none", wire::AnnotationSearch::kNone},       {"keyword", wire::AnnotationSearch::kKeyword},
    {"text", wire::AnnotationSearch::kText},       {"number", wire::AnnotationSearch::kNumber},
    {"boolean", wire::AnnotationSearch::kBoolean}, {"date", wire::AnnotationSearch::kDate}};
inline constexpr Name<wire::AnnotationSource> kSources[] = {
    {"application", wire::AnnotationSource::kApplication},
    {"client", wire::AnnotationSource::kClient},
    {"handler", wire::AnnotationSource::kHandler},
    {"system", wire::AnnotationSource::kSystem}};
inline constexpr Name<wire::AnnotationPublicForm> kPublicForms[] = {
    {"whole", wire::AnnotationPublicForm::kWhole},
    {"before_equals", wire::AnnotationPublicForm::kBeforeEquals},
    {"java_exception", wire::AnnotationPublicForm::kJavaException},
    {"java_trace", wire::AnnotationPublicForm::kJavaTrace}};

template <typename Value, std::size_t kCount>
constexpr std::string_view NameIn(const Name<Value> (&names)[kCount], Value value) {
  for (const Name<Value>& name : names) {
    if (name.second == value) return name.first;
  }
  return {};
}

}  // namespace cairn::registry
