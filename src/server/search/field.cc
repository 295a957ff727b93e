#include "server/search/field.h"

#include <array>
#include <cstddef>

namespace cairn::search {
namespace {

// In the order of FieldId. The names are those of Super Search, so that its clients work unchanged; `kind` is
// ours.
constexpr std::array<Field, 16> kFields = {{
    {FieldId::kUuid, "uuid", FieldType::kKeyword, {}, "Crash id, or a ping's document id."},
    {FieldId::kKind, "kind", FieldType::kKeyword, {}, "report or ping."},
    {FieldId::kDate, "date", FieldType::kDate, {}, "When the server received the crash."},
    {FieldId::kSignature, "signature", FieldType::kText, {}, "What groups crashes with the same cause."},
    {FieldId::kProtoSignature,
     "proto_signature",
     FieldType::kText,
     {},
     "All normalised frames of the crashing thread."},
    {FieldId::kProduct, "product", FieldType::kKeyword, {}, "The application."},
    {FieldId::kVersion, "version", FieldType::kKeyword, {}, "The application's version at the crash."},
    {FieldId::kReleaseChannel,
     "release_channel",
     FieldType::kKeyword,
     {},
     "nightly, beta, release and the like."},
    {FieldId::kBuildId, "build_id", FieldType::kOrdered, {}, "The application's build."},
    {FieldId::kProcessType,
     "process_type",
     FieldType::kKeyword,
     {},
     "Which of the application's processes crashed."},
    {FieldId::kPlatform, "platform", FieldType::kKeyword, {}, "Operating system."},
    {FieldId::kPlatformVersion, "platform_version", FieldType::kText, {}, "Version of the operating system."},
    {FieldId::kCpuArch,
     "cpu_arch",
     FieldType::kKeyword,
     {},
     "Processor architecture of the crashed process."},
    {FieldId::kReason, "reason", FieldType::kText, {}, "The exception or signal."},
    {FieldId::kAddress, "address", FieldType::kText, {}, "The faulting address."},
    {FieldId::kMinidumpSha256Hash,
     "minidump_sha256_hash",
     FieldType::kKeyword,
     {},
     "Links a report and its ping."},
}};

constexpr bool TableIsInOrder() {
  for (std::size_t i = 0; i < kFields.size(); ++i) {
    if (static_cast<std::size_t>(kFields[i].id) != i) return false;
  }
  return true;
}
static_assert(TableIsInOrder());

}  // namespace

std::span<const Field> Fields() { return kFields; }

const Field& FieldOf(FieldId id) { return kFields[static_cast<std::size_t>(id)]; }

const Field* FindField(std::string_view name) {
  for (const Field& field : kFields) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

}  // namespace cairn::search
