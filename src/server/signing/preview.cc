#include "server/signing/preview.h"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <map>
#include <utility>

#include "server/signing/input_signer.h"

namespace cairn::signing {
namespace {

using FlowTable = boost::unordered_flat_map<std::pair<std::string, std::string>, Flow>;

void Count(const search::StoredInput& input, const search::Signature& signature, FlowTable& table) {
  Flow& flow = table[{input.signature.signature, signature.signature}];
  ++flow.inputs;
  flow.crashes += input.crashes;
  // The least id, so that the answer does not depend on the order.
  if (flow.example.empty() || input.example < flow.example) flow.example = input.example;
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

base::Result<Preview> MakePreview(const search::CrashIndex& index, std::shared_ptr<const SigningRules> rules,
                                  const std::function<bool()>& go_on) {
  ASSIGN_OR_RETURN(const std::unique_ptr<search::InputReader> reader,
                   index.ReadInputs({.after = {}, .with_crashes = true}));
  InputSigner signer(std::move(rules));
  FlowTable table;
  for (;;) {
    if (!go_on()) return base::Error{base::Code::kRefused, 0, "preview: it was called off"};
    ASSIGN_OR_RETURN(const std::span<const search::StoredInput> page,
                     reader->Next(search::kMaxInputsPerPage));
    if (page.empty()) break;
    for (const search::StoredInput& input : page) {
      if (input.crashes > 0) Count(input, signer.Sign(input), table);
    }
  }
  std::vector<Flow> flows;
  flows.reserve(table.size());
  for (auto& [names, flow] : table) {
    flow.from = names.first;
    flow.to = names.second;
    flows.push_back(std::move(flow));
  }
  return SumUp(std::move(flows));
}

}  // namespace cairn::signing
