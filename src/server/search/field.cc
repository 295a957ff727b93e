#include "server/search/field.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <map>
#include <memory>
#include <utility>

#include "base/utf8.h"

namespace cairn::search {
namespace {

using wire::AnnotationSearch;

struct OwnField {
  FieldId id;
  std::string_view name;
  FieldType type;
  std::string_view description;
  FieldUse use = FieldUse::kEverything;
};

// In the order of FieldId. The names are those of Super Search, so that its clients work unchanged; `kind` is
// ours.
constexpr std::array<OwnField, 20> kOwnFields = {{
    {FieldId::kUuid, "uuid", FieldType::kKeyword, "Crash id, or a ping's document id."},
    {FieldId::kKind, "kind", FieldType::kKeyword, "report or ping."},
    {FieldId::kDate, "date", FieldType::kDate, "When the server received the crash."},
    {FieldId::kSignature, "signature", FieldType::kText, "What groups crashes with the same cause."},
    {FieldId::kProtoSignature, "proto_signature", FieldType::kText,
     "All normalised frames of the crashing thread."},
    {FieldId::kProduct, "product", FieldType::kKeyword, "The application."},
    {FieldId::kVersion, "version", FieldType::kKeyword, "The application's version at the crash."},
    {FieldId::kReleaseChannel, "release_channel", FieldType::kKeyword,
     "nightly, beta, release and the like."},
    {FieldId::kBuildId, "build_id", FieldType::kOrdered, "The application's build."},
    {FieldId::kProcessType, "process_type", FieldType::kKeyword,
     "Which of the application's processes crashed."},
    {FieldId::kPlatform, "platform", FieldType::kKeyword, "Operating system."},
    {FieldId::kPlatformVersion, "platform_version", FieldType::kText, "Version of the operating system."},
    {FieldId::kCpuArch, "cpu_arch", FieldType::kKeyword, "Processor architecture of the crashed process."},
    {FieldId::kReason, "reason", FieldType::kText, "The exception or signal."},
    {FieldId::kAddress, "address", FieldType::kText, "The faulting address."},
    {FieldId::kMinidumpSha256Hash, "minidump_sha256_hash", FieldType::kKeyword,
     "Links a report and its ping."},
    {FieldId::kSignatureGroup, "signature_group", FieldType::kText,
     "Under the signature: the innermost frames that are the program's own, by name, or by place without "
     "symbols."},
    {FieldId::kBucket, "bucket", FieldType::kText,
     "What a ranking counts: the signature, and where symbols are missing the signature and its group."},
    {FieldId::kMissingDebugId, "missing_debug_id", FieldType::kKeyword,
     "Debug id of a module of which a frame of any thread has no name. Only to be searched for.",
     FieldUse::kCondition},
    {FieldId::kClient, "client", FieldType::kInteger,
     "The installation. Only to be counted: _cardinality.client.", FieldUse::kDistinct},
}};
static_assert(kOwnFields.size() == static_cast<std::size_t>(FieldId::kFirstAnnotation));

constexpr bool TableIsInOrder() {
  for (std::size_t i = 0; i < kOwnFields.size(); ++i) {
    if (static_cast<std::size_t>(kOwnFields[i].id) != i) return false;
  }
  return true;
}
static_assert(TableIsInOrder());

// Whether an annotation's value is one of the server's own facts already. Super Search calls `build_id` what
// processed crashes call `build`.
bool IsOwnFact(const PublicAnnotation& row) {
  return row.name == "BuildID" ||
         std::ranges::find(kOwnFields, row.field, &OwnField::name) != kOwnFields.end();
}

FieldType TypeOfAnnotation(const PublicAnnotation& row) {
  switch (row.search) {
    case AnnotationSearch::kText: return FieldType::kText;
    case AnnotationSearch::kDate: return FieldType::kDate;
    case AnnotationSearch::kBoolean: return FieldType::kBoolean;
    case AnnotationSearch::kNumber:
      return row.type == wire::AnnotationType::kF64 ? FieldType::kNumber : FieldType::kInteger;
    default: return FieldType::kKeyword;
  }
}

std::vector<PublicAnnotation> BuiltInAnnotations() {
  std::vector<PublicAnnotation> annotations;
  for (const wire::AnnotationRow& row : wire::kAnnotations) {
    if (row.permission != wire::AnnotationPermission::kPublic) continue;
    annotations.push_back(
        {std::string(row.name), std::string(row.field), row.type, row.search, std::string(row.description)});
  }
  return annotations;
}

struct FieldTable {
  explicit FieldTable(std::span<const PublicAnnotation> annotations) : fields(MakeFields(annotations)) {
    for (const Field& field : fields) {
      if (!field.annotation.empty()) by_annotation[field.annotation] = &field;
    }
  }

  std::vector<Field> fields;
  std::map<std::string_view, const Field*> by_annotation;  // Into `fields`.
};

// What UseAnnotations was given; null before, and from the first reading on.
std::unique_ptr<FieldTable>& Given() {
  static std::unique_ptr<FieldTable> given;
  return given;
}
std::atomic<bool> is_read = false;

const FieldTable& Table() {
  static const FieldTable table = [] {
    is_read = true;
    return Given() != nullptr ? std::move(*Given()) : FieldTable(BuiltInAnnotations());
  }();
  return table;
}

template <typename Number>
std::optional<Number> ParseWhole(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Value DateValue(std::string_view text) {
  // Clients send seconds; some with a fraction.
  const std::optional<double> seconds = ParseWhole<double>(text);
  constexpr double kLatest = 253'402'300'799;  // 9999-12-31, the last day that ISO's four digits can write.
  if (!seconds || !(*seconds > 0) || *seconds > kLatest) return std::monostate();
  return static_cast<std::int64_t>(std::llround(*seconds * 1000));
}

Value BooleanValue(std::string_view text) {
  if (text == "1" || text == "true") return std::int64_t{1};
  if (text == "0" || text == "false") return std::int64_t{0};
  return std::monostate();
}

Value TextValue(std::string_view text) {
  if (text.empty()) return std::monostate();
  if (text.size() <= kMaxSearchedBytes)
    return base::IsUtf8(text) ? std::string(text) : base::ToValidUtf8(text);
  std::size_t end = kMaxSearchedBytes;
  // Not within a character.
  while (end > kMaxSearchedBytes - 4 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return TextValue(text.substr(0, end));
}

}  // namespace

std::vector<Field> MakeFields(std::span<const PublicAnnotation> annotations) {
  std::vector<Field> fields;
  for (const OwnField& own : kOwnFields) {
    fields.push_back({.id = own.id,
                      .name = std::string(own.name),
                      .type = own.type,
                      .description = std::string(own.description),
                      .annotation = {},
                      .use = own.use});
  }
  for (const PublicAnnotation& row : annotations) {
    if (row.search == AnnotationSearch::kNone || row.field.empty() || IsOwnFact(row)) continue;
    fields.push_back({.id = static_cast<FieldId>(fields.size()),
                      .name = row.field,
                      .type = TypeOfAnnotation(row),
                      .description = row.description,
                      .annotation = row.name});
  }
  return fields;
}

void UseAnnotations(std::span<const PublicAnnotation> annotations) {
  assert(!is_read && "the fields are in use already");
  Given() = std::make_unique<FieldTable>(annotations);
}

std::span<const Field> Fields() { return Table().fields; }

const Field& FieldOf(FieldId id) { return Table().fields[static_cast<std::size_t>(id)]; }

const Field* FindField(std::string_view name) {
  for (const Field& field : Fields()) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

const Field* FindAnnotationField(std::string_view annotation_name) {
  const auto found = Table().by_annotation.find(annotation_name);
  return found == Table().by_annotation.end() ? nullptr : found->second;
}

Value AnnotationValue(const Field& field, std::string_view text) {
  switch (field.type) {
    case FieldType::kDate: return DateValue(text);
    case FieldType::kBoolean: return BooleanValue(text);
    case FieldType::kInteger: {
      const std::optional<std::int64_t> number = ParseWhole<std::int64_t>(text);
      return number ? Value(*number) : Value();
    }
    case FieldType::kNumber: {
      const std::optional<double> number = ParseWhole<double>(text);
      return number && std::isfinite(*number) ? Value(*number) : Value();
    }
    default: return TextValue(text);
  }
}

}  // namespace cairn::search
