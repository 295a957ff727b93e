#include "server/processor/transforms.h"

#include <algorithm>
#include <utility>

#include "server/processor/dump_view.h"

namespace cairn::processor {
namespace {

using registry::Value;

bool Applies(const registry::Rewrite& rewrite, const Record& record) {
  return std::ranges::all_of(rewrite.when, [&](const auto& condition) {
    return std::ranges::find(condition.second, record.Text(condition.first)) != condition.second.end();
  });
}

// The value of the first rewrite that knows one is final: the others of the field are passed over.
void RunRewrites(const registry::Registry& registry, Record& record) {
  std::vector<std::string> done;
  for (const registry::Rewrite& rewrite : registry.rewrites()) {
    const std::string old = record.Text(rewrite.field);
    if (old.empty() || std::ranges::find(done, rewrite.field) != done.end() || !Applies(rewrite, record))
      continue;
    const auto by_build = rewrite.by_build.find(record.Text("build"));
    const auto by_value = rewrite.replace.find(old);
    if (by_build != rewrite.by_build.end()) {
      record.SetText(rewrite.field, by_build->second);
    } else if (by_value != rewrite.replace.end()) {
      record.SetText(rewrite.field, by_value->second);
    } else if (!rewrite.append.empty()) {
      record.SetText(rewrite.field, old + rewrite.append);
      if (!rewrite.note.empty()) record.notes.push_back(rewrite.note);
    } else {
      continue;
    }
    done.push_back(rewrite.field);
  }
}

}  // namespace

void Record::SetText(std::string_view field, std::string_view text) {
  if (!text.empty()) Set(field, std::string(text));
}

void Record::Set(std::string_view field, Value value) {
  fields.insert_or_assign(std::string(field), std::move(value));
}

std::string Record::Text(std::string_view field) const {
  const auto found = fields.find(field);
  const auto* const text = found == fields.end() ? nullptr : std::get_if<std::string>(&found->second);
  return text == nullptr ? std::string() : *text;
}

std::optional<std::uint64_t> Record::Number(std::string_view field) const {
  const auto found = fields.find(field);
  const auto* const number = found == fields.end() ? nullptr : std::get_if<std::uint64_t>(&found->second);
  if (number == nullptr) return std::nullopt;
  return *number;
}

void RunTransforms(std::span<const Transform> transforms, const TransformInput& input, Record& record) {
  for (const Transform& transform : transforms) {
    const base::Status status = transform.run(input, record);
    if (status) continue;
    // The code's sentence only: notes are public.
    record.notes.push_back("rule " + std::string(transform.name) +
                           " failed: " + std::string(base::CodeSentence(status.error().code)));
  }
}

Record MakeRecord(const Arrival& arrival, const worker::CrashOutcome& outcome,
                  const registry::Registry& registry) {
  const DumpView dump(outcome.json_dump);
  const TransformInput input{arrival, outcome, registry, dump};
  Record record;
  RunTransforms(AnnotationTransforms(), input, record);
  RunTransforms(DumpTransforms(), input, record);
  RunRewrites(registry, record);
  return record;
}

}  // namespace cairn::processor
