// Signatures and their explanations as JSON: what `cairn signature` prints and the API answers.
#pragma once

#include <string>

#include "analysis/signature/explanation.h"
#include "base/json_writer.h"
#include "model/crash_report.h"

namespace cairn::signature_json {

// {"frames": [{"frame", "role", ...}], "rules": [{"rule", "outcome", "signature"}]}: the members alone, into
// an object that is open.
void WriteExplanation(const signature::ExplainedSignature& explained, base::JsonWriter& json);

// {"signature", "proto_signature", "notes"}: the members alone.
void WriteSignature(const model::Signature& signature, base::JsonWriter& json);

}  // namespace cairn::signature_json
