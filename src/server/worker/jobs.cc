#include "server/worker/jobs.h"

#include <algorithm>
#include <span>

#include "analysis/instruction/decode.h"
#include "analysis/pipeline/analyze.h"
#include "formats/minidump/private_parts.h"
#include "server/worker/outcome.h"
#include "server/worker/parts.h"
#include "server/worker/protocol.h"

namespace cairn::worker {
base::Result<std::string> ProcessReport(base::Bytes dump, const Annotations& annotations,
                                        const GiveSymbols& give_symbols) {
  ASSIGN_OR_RETURN(pipeline::Analysis analysis,
                   pipeline::Analysis::Create(dump, {.decode_instruction = instruction::Decode,
                                                     .add_annotations = Adding(annotations)}));
  return WriteOutcome(Finish(analysis, give_symbols), OtherThreads::kIncluded);
}

base::Result<std::string> ProcessPing(std::string_view json, const GiveSymbols& give_symbols) {
  ASSIGN_OR_RETURN(const model::CrashReport report, NamePing(json, give_symbols));
  return WriteOutcome(report, OtherThreads::kLeftOut);
}

base::Result<std::string> NameStacks(std::string_view pings, const GiveSymbols& give_symbols) {
  ASSIGN_OR_RETURN(const std::vector<std::string_view> parts, SplitParts(pings, kMaxPingsPerJob));
  std::vector<std::string> names;
  std::size_t bytes = 0;
  for (const std::string_view json : parts) {
    const base::Result<model::CrashReport> report = NamePing(json, give_symbols);
    std::string& named = names.emplace_back();
    if (!report) continue;
    named = WriteNamedStack(*report);
    bytes += named.size();
    if (bytes > kMaxOutcomeBytes)
      return base::Error{base::Code::kLimitExceeded, bytes, "worker: stacks of pings"};
  }
  return JoinParts(names);
}

base::Result<std::optional<std::vector<std::byte>>> ScrubDump(base::Bytes dump) {
  model::Diagnostics ignored;
  ASSIGN_OR_RETURN(const minidump::Minidump opened, minidump::Minidump::Open(dump, ignored));
  const std::vector<minidump::FileRange> ranges = minidump::FindPrivateParts(opened, dump);
  if (ranges.empty()) return std::optional<std::vector<std::byte>>();
  std::vector<std::byte> clean(dump.begin(), dump.end());
  for (const minidump::FileRange& range : ranges) {
    std::ranges::fill(std::span(clean).subspan(range.offset, range.size), std::byte{0});
  }
  return std::optional(std::move(clean));
}

}  // namespace cairn::worker
