#include "server/signing/preview.h"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <map>
#include <optional>
#include <thread>
#include <tuple>
#include <utility>

#include "os/thread.h"
#include "server/signing/input_signer.h"

namespace cairn::signing {
namespace {

constexpr std::size_t kPreviewedAtOnce = 10'000;  // By each of two threads: some 100 MB.

using FlowTable = boost::unordered_flat_map<std::pair<std::string, std::string>, Flow>;

// The least id is the example, so that the answer does not depend on the order.
void Add(const Flow& more, Flow& flow) {
  flow.inputs += more.inputs;
  flow.crashes += more.crashes;
  if (flow.example.empty() || more.example < flow.example) flow.example = more.example;
}

// Of the inputs behind `after` and before `end`.
struct Range {
  std::optional<std::int64_t> after;
  std::optional<std::int64_t> end;
};

base::Result<FlowTable> CountFlows(const search::CrashIndex& index, const Range& range,
                                   const std::shared_ptr<const SigningRules>& rules,
                                   const std::function<bool()>& go_on) {
  ASSIGN_OR_RETURN(const std::unique_ptr<search::InputReader> reader,
                   index.ReadInputs({.after = range.after, .with_crashes = true}));
  InputSigner signer(rules);
  FlowTable table;
  for (;;) {
    if (!go_on()) return base::Error{base::Code::kRefused, 0, "preview: it was called off"};
    ASSIGN_OR_RETURN(const std::span<const search::StoredInput> page, reader->Next(kPreviewedAtOnce));
    for (const search::StoredInput& input : page) {
      if (range.end && input.id >= *range.end) return table;
      if (input.crashes == 0) continue;
      Flow& flow = table[{input.signature.signature, signer.TextOf(input)}];
      Add({.from = {}, .to = {}, .inputs = 1, .crashes = input.crashes, .example = input.example}, flow);
    }
    if (page.empty()) return table;
  }
}

// Those with the most crashes first, then by name.
std::vector<SignatureChange> Sorted(std::vector<SignatureChange> changes) {
  for (SignatureChange& change : changes) {
    std::ranges::stable_sort(change.flows, std::ranges::greater(), &Flow::crashes);
  }
  std::ranges::stable_sort(changes, std::ranges::greater(), &SignatureChange::crashes);
  return changes;
}

using BySignature = std::map<std::string, std::vector<const Flow*>>;

SignatureChange ChangeOf(const std::string& signature, const std::vector<const Flow*>& flows) {
  SignatureChange change{.signature = signature};
  for (const Flow* const flow : flows) {
    change.crashes += flow->crashes;
    change.flows.push_back(*flow);
  }
  return change;
}

}  // namespace

Preview SumUp(std::vector<Flow> flows) {
  Preview preview;
  std::ranges::sort(
      flows, [](const Flow& a, const Flow& b) { return std::tie(a.from, a.to) < std::tie(b.from, b.to); });
  preview.flows = std::move(flows);
  BySignature before;
  BySignature after;
  for (const Flow& flow : preview.flows) {
    preview.inputs += flow.inputs;
    preview.crashes += flow.crashes;
    if (flow.from != flow.to) {
      preview.changed_inputs += flow.inputs;
      preview.changed_crashes += flow.crashes;
    }
    if (!flow.from.empty()) before[flow.from].push_back(&flow);
    after[flow.to].push_back(&flow);
  }
  preview.signatures_before = before.size();
  preview.signatures_after = after.size();
  for (const auto& [signature, of_it] : before) {
    if (of_it.size() > 1) preview.splits.push_back(ChangeOf(signature, of_it));
    if (!after.contains(signature)) preview.vanishes.push_back(ChangeOf(signature, of_it));
  }
  for (const auto& [signature, of_it] : after) {
    if (of_it.size() > 1) preview.merges.push_back(ChangeOf(signature, of_it));
    if (!before.contains(signature)) preview.appears.push_back(ChangeOf(signature, of_it));
  }
  for (std::vector<SignatureChange>* const list :
       {&preview.splits, &preview.merges, &preview.appears, &preview.vanishes}) {
    *list = Sorted(std::move(*list));
  }
  return preview;
}

base::Result<Preview> MakePreview(const search::CrashIndex& index,
                                  const std::shared_ptr<const SigningRules>& rules,
                                  const std::function<bool()>& go_on) {
  // Ids are hashes, so each half of them has half of the inputs.
  base::Result<FlowTable> upper = FlowTable();
  std::thread other([&] {
    os::NameThread("preview");
    upper = CountFlows(index, {.after = -1, .end = std::nullopt}, rules, go_on);
  });
  base::Result<FlowTable> flows_of = CountFlows(index, {.after = std::nullopt, .end = 0}, rules, go_on);
  other.join();
  if (!flows_of) return flows_of.error();
  if (!upper) return upper.error();
  for (const auto& [names, flow] : *upper) Add(flow, (*flows_of)[names]);
  std::vector<Flow> flows;
  flows.reserve(flows_of->size());
  for (auto& [names, flow] : *flows_of) {
    flow.from = names.first;
    flow.to = names.second;
    flows.push_back(std::move(flow));
  }
  return SumUp(std::move(flows));
}

}  // namespace cairn::signing
