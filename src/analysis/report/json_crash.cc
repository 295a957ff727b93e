#include "analysis/report/json_crash.h"

#include <string_view>

namespace cairn::report {
namespace {

std::string_view AccessName(model::AccessKind kind) {
  switch (kind) {
    case model::AccessKind::kRead: return "read";
    case model::AccessKind::kWrite: return "write";
    case model::AccessKind::kReadWrite: return "readwrite";
    case model::AccessKind::kUnknown: break;
  }
  return "";
}

std::string_view InconsistencyName(model::Inconsistency inconsistency) {
  using model::Inconsistency;
  switch (inconsistency) {
    case Inconsistency::kIntDivByZeroNotPossible: return "int_div_by_zero_not_possible";
    case Inconsistency::kPrivInstructionCrashWithoutPrivInstruction:
      return "priv_instruction_crash_without_priv_instruction";
    case Inconsistency::kNonCanonicalAddressFalselyReported: return "non_canonical_address_falsely_reported";
    case Inconsistency::kAccessViolationWhenAccessAllowed: return "access_violation_when_access_allowed";
    case Inconsistency::kCrashingAccessNotFoundInMemoryAccesses:
      return "crashing_access_not_found_in_memory_accesses";
  }
  return "";
}

void WriteAdjustedAddress(JsonFields& fields, const std::optional<model::AdjustedAddress>& adjusted) {
  base::JsonWriter& json = fields.json();
  json.Key("adjusted_address");
  if (!adjusted) return json.Null();
  json.BeginObject();
  if (adjusted->kind == model::AdjustedAddress::Kind::kNullPointer) {
    json.TextField("kind", "null-pointer");
    fields.Field("offset", model::ModuleOffset{adjusted->value});
  } else {
    json.TextField("kind", "non-canonical");
    fields.Field("address", model::ProcessAddress{adjusted->value});
  }
  json.EndObject();
}

// As in the schema: the key is only there when it says something.
void WriteGuardPage(base::JsonWriter& json, bool is_likely_guard_page) {
  if (!is_likely_guard_page) return;
  json.Key("is_likely_guard_page");
  json.Bool(true);
}

void WriteAccess(JsonFields& fields, const model::MemoryAccess& access) {
  fields.json().BeginObject();
  fields.Field("address", access.address);
  fields.Field("size", access.size == 0 ? std::optional<std::uint32_t>() : access.size);
  WriteGuardPage(fields.json(), access.is_likely_guard_page);
  if (access.kind != model::AccessKind::kUnknown) fields.Field("access_type", AccessName(access.kind));
  fields.json().EndObject();
}

void WriteAccesses(JsonFields& fields, const std::optional<std::vector<model::MemoryAccess>>& accesses) {
  if (!accesses) {
    fields.json().Key("memory_accesses");
    return fields.json().Null();
  }
  fields.List("memory_accesses", *accesses,
              [&](const model::MemoryAccess& access) { WriteAccess(fields, access); });
}

void WriteJumpTarget(JsonFields& fields, const std::optional<model::JumpTarget>& target) {
  base::JsonWriter& json = fields.json();
  json.Key("instruction_pointer_update");
  if (!target) return json.Null();
  json.BeginObject();
  fields.Field("address", target->address);
  WriteGuardPage(json, target->is_likely_guard_page);
  json.EndObject();
}

void WriteBitFlip(JsonFields& fields, const model::BitFlip& flip) {
  base::JsonWriter& json = fields.json();
  json.BeginObject();
  fields.Field("address", flip.address);
  fields.Field("source_register", std::string_view(flip.source_register));
  fields.Field("confidence", flip.confidence);
  json.Key("details");
  json.BeginObject();
  fields.Field("was_non_canonical", flip.was_non_canonical);
  fields.Field("is_null", flip.is_null);
  fields.Field("was_low", flip.was_low);
  fields.Field("nearby_registers", flip.nearby_registers);
  fields.Field("poison_registers", flip.poison_registers);
  json.EndObject();
  json.EndObject();
}

}  // namespace

void WriteCrashInfo(JsonFields& fields, const model::CrashFacts& crash) {
  base::JsonWriter& json = fields.json();
  json.Key("crash_info");
  json.BeginObject();
  fields.Field("type", std::string_view(crash.reason));
  fields.Field("address", crash.address);
  WriteAdjustedAddress(fields, crash.adjusted_address);
  fields.Field("instruction", std::string_view(crash.instruction));
  WriteAccesses(fields, crash.accesses);
  WriteJumpTarget(fields, crash.jump_target);
  fields.ListOrNull("possible_bit_flips", crash.bit_flips,
                    [&](const model::BitFlip& flip) { WriteBitFlip(fields, flip); });
  fields.List("crash_inconsistencies", crash.inconsistencies,
              [&](model::Inconsistency inconsistency) { json.String(InconsistencyName(inconsistency)); });
  fields.Field("crashing_thread", crash.thread);
  fields.Field("assertion", std::string_view(crash.assertion));
  fields.Field("stack_overflow", crash.is_stack_overflow);
  fields.Field("poison", std::string_view(crash.poison));
  json.EndObject();
}

}  // namespace cairn::report
