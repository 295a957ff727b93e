// The fields that can be searched, shown and counted: one table, from which the API's checks and each
// engine's columns follow.
//
// First stand the facts of a crash that the server itself finds out, then every annotation and every field of
// the processed crash that the registry calls searchable: schema/annotations.yaml, or what an operator has
// made of it (UseFields). Values of protected fields lie in the index like others; who asks by them, or for
// them, needs the permission (api/search_parameters.h), and no copy of the index holds them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/search/value.h"
#include "wire/annotation_registry.h"

namespace cairn::search {

// The named ones are the server's own; the numbers behind them are those of the registry, in its order.
enum class FieldId : std::uint16_t {
  kUuid,
  kKind,
  kDate,
  kSignature,
  kProtoSignature,
  kProduct,
  kVersion,
  kReleaseChannel,
  kBuildId,
  kProcessType,
  kPlatform,
  kPlatformVersion,
  kCpuArch,
  kReason,
  kAddress,
  kMinidumpSha256Hash,
  kSignatureGroup,
  kBucket,
  kMissingDebugId,
  kClient,
  kFirstOfRegistry,
};

// How a field's values are compared.
enum class FieldType : std::uint8_t {
  kKeyword,  // A name from a small set. A value without operator means equal, letter case aside.
  kText,     // Free text. A value without operator means that one of its words occurs, letter case aside.
  kOrdered,  // A name whose byte order means something, such as a build id: keyword, and comparable.
  kNames,  // Several names, in one text (JoinNames). A test is passed if one of them passes it as a keyword.
  kDate,   // Unix time in milliseconds.
  kInteger,
  kNumber,   // With a fraction.
  kBoolean,  // 0 or 1.
};

// Whether values are texts; else they are numbers.
constexpr bool IsText(FieldType type) {
  return type == FieldType::kKeyword || type == FieldType::kText || type == FieldType::kOrdered ||
         type == FieldType::kNames;
}
// Whether <, <=, > and >= mean something.
constexpr bool IsComparable(FieldType type) {
  return type != FieldType::kKeyword && type != FieldType::kText && type != FieldType::kNames &&
         type != FieldType::kBoolean;
}
// Whether an average, a histogram and the like mean something.
constexpr bool IsMeasured(FieldType type) { return !IsText(type) && type != FieldType::kBoolean; }

// What a field is good for.
enum class FieldUse : std::uint8_t {
  kEverything,
  kCondition,  // It can be searched, but not be shown, counted or sorted by.
  kDistinct,   // How many distinct values there are may be asked, and nothing else.
};

struct Field {
  FieldId id;
  std::string name;  // In the API.
  FieldType type;
  std::string description;
  std::string processed;   // In processed crashes; empty: one of the server's own.
  std::string annotation;  // Its name, as clients send it; empty: the server makes the value.
  FieldUse use = FieldUse::kEverything;
  bool is_protected = false;
};

// What a registry says of a field of processed crashes.
struct RegistryField {
  std::string annotation;  // Whose value it is, as clients send it; empty: the server makes the value.
  std::string field;
  wire::AnnotationType type = wire::AnnotationType::kString;
  wire::AnnotationSearch search = wire::AnnotationSearch::kNone;
  std::string description;
  bool is_protected = true;
};

// The server's own fields, and those of the registry's that are searched and are none of its own facts.
std::vector<Field> MakeFields(std::span<const RegistryField> of_registry);

// From now on the table below is that of these fields. For the start of a program that has a registry of its
// own: before anything else of this folder is called, because everybody keeps what the table says.
void UseFields(std::span<const RegistryField> of_registry);

// In the order of their ids. From the first call on the table never changes.
std::span<const Field> Fields();
const Field& FieldOf(FieldId id);

// nullptr if there is none of that name.
const Field* FindField(std::string_view name);

// The field of an annotation; nullptr if it is not searched, or is one of the server's own facts.
const Field* FindAnnotationField(std::string_view annotation_name);

// More of an annotation's text is not searched; the raw crash has it whole.
inline constexpr std::size_t kMaxSearchedBytes = 32 << 10;

// The text of an annotation as the value that its field holds; absent if it is none of the field's type.
// Never trusts the client: a number past 64 bits, or text where a number should be, is as good as none.
Value AnnotationValue(const Field& field, std::string_view text);

// The value of a kNames field: each name between line feeds, "\nfirst\nsecond\n". Line feeds in names become
// blanks; absent without names.
Value JoinNames(std::span<const std::string> names);
// The names of such a value.
std::vector<std::string> SplitNames(std::string_view value);

}  // namespace cairn::search
