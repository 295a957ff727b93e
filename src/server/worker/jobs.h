// What a worker does with its inputs: values in, the output's text or bytes out. No files, no sockets: those
// are served by worker_main's loop, and tests call these directly.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/byte_reader.h"
#include "base/result.h"
#include "server/worker/name_ping.h"
#include "server/worker/signature_annotations.h"

namespace cairn::worker {

// The outcome (outcome.h) of a minidump, as JSON. `annotations` are those that the signature rules read.
base::Result<std::string> ProcessReport(base::Bytes dump, const Annotations& annotations,
                                        const GiveSymbols& give_symbols);

// The outcome of a ping.
base::Result<std::string> ProcessPing(std::string_view json, const GiveSymbols& give_symbols);

// The named stack (outcome.h) of each of several pings (parts.h), as JSON; empty for what is no ping.
// kLimitExceeded if what they come to is more than the server takes.
base::Result<std::string> NameStacks(std::string_view pings, const GiveSymbols& give_symbols);

// The dump without what tells of the person (private_parts.h); nothing if it holds nothing of the kind.
base::Result<std::optional<std::vector<std::byte>>> ScrubDump(base::Bytes dump);

}  // namespace cairn::worker
