// Registry is what is known of annotations and fields while the server runs: the table of
// schema/annotations.yaml, and what files of the operator add to it or change of it.
//
// Validation, redaction, search fields and the data dictionary follow from it. Default deny: what has no row
// is protected and is not searched. It is made at start and read by all threads; it never changes afterwards.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/registry/rewrite.h"
#include "wire/annotation_registry.h"

namespace cairn::registry {

// An annotation and the field that it becomes, or a field that the server makes.
struct Row {
  std::string name;   // Of the annotation, as clients send it; empty: the server makes the field.
  std::string field;  // In processed crashes and searches; empty: the annotation never leaves the machine.
  wire::AnnotationType type = wire::AnnotationType::kString;
  wire::AnnotationScope scope = wire::AnnotationScope::kReport;
  wire::AnnotationPermission permission = wire::AnnotationPermission::kProtected;
  wire::AnnotationSearch search = wire::AnnotationSearch::kNone;
  wire::AnnotationSource source =
      wire::AnnotationSource::kApplication;  // Says nothing of the server's fields.
  wire::AnnotationPublicForm public_form = wire::AnnotationPublicForm::kWhole;
  std::vector<std::string> withhold;  // Beginnings of values that are protected.
  std::string description;

  bool is_public() const { return permission == wire::AnnotationPermission::kPublic; }
};

class Registry {
 public:
  // What schema/annotations.yaml says.
  static Registry BuiltIn();

  // nullptr if there is none.
  const Row* FindAnnotation(std::string_view name) const;
  const Row* FindField(std::string_view field) const;

  // All, by the annotation's name; and all that have a field, by its name.
  const std::map<std::string, Row, std::less<>>& annotations() const { return annotations_; }
  const std::map<std::string, Row, std::less<>>& server_fields() const { return server_fields_; }

  // What everybody may see of an annotation's value; nothing if that is nothing.
  std::optional<std::string> PublicValue(std::string_view annotation, std::string_view value) const;

  // Whether everybody may see the field of a processed crash.
  bool IsPublicField(std::string_view field) const;

  const std::vector<Rewrite>& rewrites() const { return rewrites_; }

  // Adds a row or puts it in the place of the one of its name. False, and nothing is changed, if its field is
  // another row's.
  bool Put(Row row);
  void AddRewrite(Rewrite rewrite) { rewrites_.push_back(std::move(rewrite)); }

 private:
  std::map<std::string, Row, std::less<>> annotations_;    // By name.
  std::map<std::string, Row, std::less<>> server_fields_;  // By field.
  std::map<std::string, std::string, std::less<>> annotation_of_field_;
  std::vector<Rewrite> rewrites_;
};

}  // namespace cairn::registry
