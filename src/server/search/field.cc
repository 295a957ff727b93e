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

#include "base/json_texts.h"
#include "base/parse_json.h"
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
static_assert(kOwnFields.size() == static_cast<std::size_t>(FieldId::kFirstOfRegistry));

constexpr bool TableIsInOrder() {
  for (std::size_t i = 0; i < kOwnFields.size(); ++i) {
    if (static_cast<std::size_t>(kOwnFields[i].id) != i) return false;
  }
  return true;
}
static_assert(TableIsInOrder());

// Whether an annotation's value is one of the server's own facts already. Super Search calls `build_id` what
// processed crashes call `build`.
bool IsOwnFact(const RegistryField& row) {
  return row.annotation == "BuildID" ||
         std::ranges::find(kOwnFields, row.field, &OwnField::name) != kOwnFields.end();
}

// Super Search calls one field other than processed crashes do.
std::string_view SearchNameOf(std::string_view processed) {
  return processed == "os_pretty_version" ? "platform_pretty_version" : processed;
}

FieldType TypeOf(const RegistryField& row) {
  switch (row.search) {
    case AnnotationSearch::kText: return FieldType::kText;
    case AnnotationSearch::kDate: return FieldType::kDate;
    case AnnotationSearch::kBoolean: return FieldType::kBoolean;
    case AnnotationSearch::kNumber:
      return row.type == wire::AnnotationType::kF64 ? FieldType::kNumber : FieldType::kInteger;
    default: return row.type == wire::AnnotationType::kObject ? FieldType::kNames : FieldType::kKeyword;
  }
}

std::vector<RegistryField> BuiltInFields() {
  constexpr auto kProtected = wire::AnnotationPermission::kProtected;
  std::vector<RegistryField> fields;
  for (const wire::AnnotationRow& row : wire::kAnnotations) {
    fields.push_back({std::string(row.name), std::string(row.field), row.type, row.search,
                      std::string(row.description), row.permission == kProtected});
  }
  for (const wire::ProcessedFieldRow& row : wire::kProcessedFields) {
    fields.push_back({{},
                      std::string(row.name),
                      row.type,
                      row.search,
                      std::string(row.description),
                      row.permission == kProtected});
  }
  return fields;
}

struct FieldTable {
  explicit FieldTable(std::span<const RegistryField> of_registry) : fields(MakeFields(of_registry)) {
    for (const Field& field : fields) {
      if (!field.annotation.empty()) by_annotation[field.annotation] = &field;
    }
  }

  std::vector<Field> fields;
  std::map<std::string_view, const Field*> by_annotation;  // Into `fields`.
};

// What UseFields was given; null before, and from the first reading on.
std::unique_ptr<FieldTable>& Given() {
  static std::unique_ptr<FieldTable> given;
  return given;
}
std::atomic<bool> is_read = false;

const FieldTable& Table() {
  static const FieldTable table = [] {
    is_read = true;
    return Given() != nullptr ? std::move(*Given()) : FieldTable(BuiltInFields());
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

// The texts of a list in JSON.
std::vector<std::string> NamesIn(std::string_view json) {
  simdjson::dom::parser parser;
  return base::TextsIn(base::ParseJson(parser, json));
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

std::vector<Field> MakeFields(std::span<const RegistryField> of_registry) {
  std::vector<Field> fields;
  for (const OwnField& own : kOwnFields) {
    fields.push_back({.id = own.id,
                      .name = std::string(own.name),
                      .type = own.type,
                      .description = std::string(own.description),
                      .processed = {},
                      .annotation = {},
                      .use = own.use});
  }
  for (const RegistryField& row : of_registry) {
    if (row.search == AnnotationSearch::kNone || row.field.empty() || IsOwnFact(row)) continue;
    fields.push_back({.id = static_cast<FieldId>(fields.size()),
                      .name = std::string(SearchNameOf(row.field)),
                      .type = TypeOf(row),
                      .description = row.description,
                      .processed = row.field,
                      .annotation = row.annotation,
                      .is_protected = row.is_protected});
  }
  return fields;
}

void UseFields(std::span<const RegistryField> of_registry) {
  assert(!is_read && "the fields are in use already");
  Given() = std::make_unique<FieldTable>(of_registry);
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
    case FieldType::kNames: return JoinNames(NamesIn(text));
    default: return TextValue(text);
  }
}

Value JoinNames(std::span<const std::string> names) {
  std::string joined = "\n";
  for (const std::string& name : names) {
    std::string clean = base::ToValidUtf8(name);
    std::ranges::replace(clean, '\n', ' ');
    if (!clean.empty() && joined.size() + clean.size() < kMaxSearchedBytes) joined += clean + "\n";
  }
  return joined.size() == 1 ? Value() : Value(std::move(joined));
}

std::vector<std::string> SplitNames(std::string_view value) {
  std::vector<std::string> names;
  while (value.size() > 1) {
    value.remove_prefix(1);
    names.emplace_back(value.substr(0, value.find('\n')));
    value.remove_prefix(std::min(names.back().size(), value.size()));
  }
  return names;
}

}  // namespace cairn::search
