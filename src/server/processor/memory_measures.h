// Sums of the account that a program gave of its memory: what about:memory of Firefox shows, in the JSON that
// it saves.
//
// {"reports": [{"process": "Main Process (pid 12)", "path": "explicit/images/...", "kind": 1, "units": 0,
// "amount": 4096}, ...]}; kinds and units are those of xpcom/base/nsIMemoryReporter.idl. The sums are those
// of Crash Stats, by its names.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "server/registry/value.h"

namespace cairn::processor {

// By name; bytes, but for the numbers of ghost windows and object URLs. Zero is what the account does not
// have. The heap's unclassified part is below zero where the account contradicts itself.
using MemoryMeasures = std::map<std::string, std::int64_t>;

// Of the process of this id, among those in the account. kBadValue: it has another form; kNotFound: it says
// nothing of the process; kOverflow: a sum has more than 64 bits.
base::Result<MemoryMeasures> MeasureMemory(std::string_view account, std::uint64_t process_id);

// As fields of a processed crash: all in one, and each on its own to be searched.
void AddMemoryFields(const MemoryMeasures& measures, std::map<std::string, registry::Value>& fields);

}  // namespace cairn::processor
