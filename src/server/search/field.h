// The fields that can be searched, shown and counted: one table, from which the API's checks and each
// engine's columns follow.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "server/store/permissions.h"

namespace cairn::search {

enum class FieldId : std::uint8_t {
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
};

// How a field's values are compared.
enum class FieldType : std::uint8_t {
  kKeyword,  // A name from a small set. A value without operator means equal, letter case aside.
  kText,     // Free text. A value without operator means that one of its words occurs, letter case aside.
  kOrdered,  // A name whose byte order means something, such as a build id: keyword, and comparable.
  kDate,     // Unix time in milliseconds.
};

struct Field {
  FieldId id;
  std::string_view name;  // In the API.
  FieldType type;
  std::optional<store::Permission> needs;  // Without it the field can be neither shown, counted nor searched.
  std::string_view description;
};

std::span<const Field> Fields();
const Field& FieldOf(FieldId id);

// nullptr if there is none of that name.
const Field* FindField(std::string_view name);

}  // namespace cairn::search
