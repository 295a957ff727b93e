// Makes the two things that are kept of a processed crash: the document for /api/ProcessedCrash/, and the
// index's row.
//
// The document holds public and protected fields alike, by the names of the registry; who may see which is
// decided where it goes out (api/public_document.h).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "server/processor/arrival.h"
#include "server/processor/transforms.h"
#include "server/registry/registry.h"
#include "server/search/crash_row.h"
#include "server/worker/outcome.h"

namespace cairn::processor {

inline constexpr std::size_t kMaxHistoryEntries = 20;  // Earlier processings that are told of.

struct DocumentParts {
  const Arrival& arrival;
  const worker::CrashOutcome& outcome;
  const Record& record;
  std::map<std::string, std::string> more_dumps;  // Name of an additional dump to its walk as JSON.
  std::vector<std::string> history;               // Notes of earlier processings, newest first.
};

std::string WriteDocument(const DocumentParts& parts);

// The history that a document hands on to the next processing: its own notes before those that it had. Text
// that is no document has none.
std::vector<std::string> HistoryOf(std::string_view document);

// What the signature depends on, with the stack and the names that the worker found.
search::SharedInput MakeInput(const Arrival& arrival, const worker::CrashOutcome& outcome,
                              const Record& record);

// Of public fields only what the registry lets everybody see goes into the row. `input` is that of the crash;
// the outcome's own stack and signature are not looked at.
search::CrashRow MakeRow(const Arrival& arrival, const worker::CrashOutcome& outcome, const Record& record,
                         const registry::Registry& registry, search::SharedInput input);

// What stands for the outcome of a crash from which nothing could be learned.
worker::CrashOutcome EmptyOutcome(std::string signature, std::string_view status);

// That of a crash without anything to walk, as Java's are: its annotations sign it, and those alone.
worker::CrashOutcome OutcomeWithoutStack(const Arrival& arrival, std::string_view status);

}  // namespace cairn::processor
