#include "server/processor/pack_rows.h"

#include <utility>

#include "os/clock.h"
#include "os/file.h"
#include "server/processor/crash_document.h"
#include "server/processor/note_missing.h"
#include "server/worker/parts.h"
#include "server/worker/protocol.h"

namespace cairn::processor {
namespace {

// Of one job: pings unpack to 8 MiB at most, and most have 10 kB.
constexpr std::size_t kMaxJobBytes = 16 << 20;

// What a worker says about several pings; an empty list if it has nothing to say.
base::Result<std::vector<std::string>> AnswersOf(const base::Result<worker::JobResult>& job,
                                                 std::size_t count) {
  if (!job) return job.error();
  if (job->failure) return std::vector<std::string>();
  const base::Result<std::string> text =
      os::ReadAll(job->output.get(), worker::kMaxOutcomeBytes + count * sizeof("123456789\n"));
  if (!text) return std::vector<std::string>();
  const auto parts = worker::SplitParts(*text, count);
  if (!parts || parts->size() != count) return std::vector<std::string>();
  return std::vector<std::string>(parts->begin(), parts->end());
}

}  // namespace

base::Status PackRows::Add(OpenedPing opened) {
  std::string key = KeyOfStack(opened.ping);
  worker::CrashOutcome facts = worker::FactsOf(opened.ping.report);
  if (search::SharedInput input = parts_.named_stacks.Find(key, os::MonotonicMillis())) {
    NoteMissing(parts_.missing, opened.arrival, opened.ping.report.modules, *input);
    AddRow(opened.arrival, facts, std::move(input));
    return {};
  }
  const auto [entry, is_new] = new_stacks_.try_emplace(std::move(key));
  entry->second.pings.push_back(
      {std::move(opened.arrival), std::move(facts), std::move(opened.ping.report.modules)});
  if (!is_new) return {};
  json_bytes_ += opened.json.size();
  entry->second.json = std::move(opened.json);
  const bool is_full = new_stacks_.size() == worker::kMaxPingsPerJob || json_bytes_ >= kMaxJobBytes;
  return is_full ? NameNewStacks() : base::Status();
}

base::Status PackRows::Finish() { return new_stacks_.empty() ? base::Status() : NameNewStacks(); }

void PackRows::AddRow(const Arrival& arrival, const worker::CrashOutcome& facts, search::SharedInput input) {
  const Record record = MakeRecord(arrival, facts, parts_.registry);
  // Annotations that are no part of the stack's key may say which system it was.
  if (const std::string platform = record.Text("os_name"); platform != input->parts().platform) {
    search::SignatureInput::Parts changed = input->parts();
    changed.platform = platform;
    input = search::MakeInput(std::move(changed));
  }
  rows_.push_back(MakeRow(arrival, facts, record, parts_.registry, std::move(input)));
}

base::Status PackRows::NameNewStacks() {
  std::map<std::string, NewStack> stacks = std::exchange(new_stacks_, {});
  json_bytes_ = 0;
  std::vector<std::string> pings;
  for (auto& [key, stack] : stacks) pings.push_back(std::move(stack.json));
  ASSIGN_OR_RETURN(const std::vector<std::string> answers,
                   AnswersOf(parts_.process.NameStacks(pings, parts_.find_symbols), pings.size()));
  auto answer = answers.begin();
  for (const auto& [key, stack] : stacks) {
    const base::Result<worker::CrashOutcome> outcome = answer == answers.end()
                                                           ? base::Error{base::Code::kNotFound, 0, "stack"}
                                                           : worker::ReadNamedStack(*answer++);
    if (!outcome) {
      for (const Waiting& ping : stack.pings) unnamed_.push_back(ping.arrival.uuid);
      continue;
    }
    const Waiting& first = stack.pings.front();
    const Record record = MakeRecord(first.arrival, first.facts, parts_.registry);
    const search::SharedInput input = MakeInput(first.arrival, *outcome, record);
    parts_.named_stacks.Put(key, input, os::MonotonicMillis());
    for (const Waiting& ping : stack.pings) {
      NoteMissing(parts_.missing, ping.arrival, ping.modules, *input);
      AddRow(ping.arrival, ping.facts, input);
    }
  }
  return {};
}

}  // namespace cairn::processor
