#include "analysis/signature_json/signature_json.h"

namespace cairn::signature_json {
namespace {

// {"list": "prefix", "line": 12, "text": ".*alloc", "category": "libc", "reason": "..."}
void WriteLine(std::string_view key, const signature::ListLine& line, base::JsonWriter& json) {
  json.Key(key);
  json.BeginObject();
  json.TextField("list", signature::ListName(line.kind));
  json.NumberField("line", line.number);
  json.TextField("text", line.text);
  if (!line.category.empty()) json.TextField("category", line.category);
  if (!line.reason.empty()) json.TextField("reason", line.reason);
  json.EndObject();
}

void WriteFrame(const signature::ExplainedFrame& frame, base::JsonWriter& json) {
  json.BeginObject();
  json.TextField("frame", frame.normalized);
  if (!frame.renamed.empty()) json.TextField("renamed", frame.renamed);
  json.TextField("role", signature::FrameRoleName(frame.role));
  if (frame.sentinel) WriteLine("begins_at", *frame.sentinel, json);
  if (frame.line) WriteLine("by", *frame.line, json);
  if (!frame.custom.empty()) {
    json.Key("custom_rules");
    json.BeginArray();
    for (const signature::AppliedCustomRule& rule : frame.custom) {
      json.BeginObject();
      json.TextField("name", rule.name);
      json.TextField("effect", rule.effect);
      json.NumberField("line", rule.line);
      json.EndObject();
    }
    json.EndArray();
  }
  json.EndObject();
}

}  // namespace

void WriteExplanation(const signature::ExplainedSignature& explained, base::JsonWriter& json) {
  json.Key("frames");
  json.BeginArray();
  for (const signature::ExplainedFrame& frame : explained.frames) WriteFrame(frame, json);
  json.EndArray();
  json.Key("rules");
  json.BeginArray();
  for (const signature::RuleStep& step : explained.steps) {
    json.BeginObject();
    json.TextField("rule", step.rule);
    json.TextField("outcome", signature::RuleOutcomeName(step.outcome));
    if (step.outcome != signature::RuleOutcome::kNotApplied) json.TextField("signature", step.signature);
    json.EndObject();
  }
  json.EndArray();
}

void WriteSignature(const model::Signature& signature, base::JsonWriter& json) {
  json.TextField("signature", signature.text);
  json.TextField("proto_signature", signature.proto);
  json.Key("notes");
  json.BeginArray();
  for (const std::string& note : signature.notes) json.String(note);
  json.EndArray();
}

}  // namespace cairn::signature_json
