// The processor's rules: a table of small transforms that fill the record of a crash, one after the other.
//
// Each reads what came (annotations) and what the worker found (the outcome), and sets fields of the record.
// One that fails leaves a note, which names the rule and never what was sent, and the next one runs. Quirks
// of products are no rows here: they are rewrites of a profile (registry/rewrite.h), which run behind the
// table.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/processor/arrival.h"
#include "server/registry/registry.h"
#include "server/registry/value.h"
#include "server/worker/outcome.h"

namespace cairn::processor {

// A processed crash: fields by the names of the registry. What has no value is not there.
struct Record {
  std::map<std::string, registry::Value, std::less<>> fields;
  std::vector<std::string> notes;

  // An empty text is no value.
  void SetText(std::string_view field, std::string_view text);
  void Set(std::string_view field, registry::Value value);
  std::string Text(std::string_view field) const;  // Empty if it is not there or no text.
  std::optional<std::uint64_t> Number(std::string_view field) const;
};

class DumpView;  // The walked dump, dump_view.h.

struct TransformInput {
  const Arrival& arrival;
  const worker::CrashOutcome& outcome;
  const registry::Registry& registry;
  const DumpView& dump;
};

struct Transform {
  std::string_view name;
  std::string_view does;
  base::Status (*run)(const TransformInput& input, Record& record);
};

// The two halves of the table, in the order in which they run: what the annotations say, then what the dump
// says.
std::span<const Transform> AnnotationTransforms();
std::span<const Transform> DumpTransforms();

// Runs both, then the rewrites of the registry.
Record MakeRecord(const Arrival& arrival, const worker::CrashOutcome& outcome,
                  const registry::Registry& registry);

// Runs some rows.
void RunTransforms(std::span<const Transform> transforms, const TransformInput& input, Record& record);

}  // namespace cairn::processor
