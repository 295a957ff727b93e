#include "server/signing/healing.h"

#include <simdjson.h>

#include <algorithm>
#include <utility>

#include "base/json_writer.h"
#include "base/parse_json.h"

namespace cairn::signing {
namespace {

// False: no further.
base::Result<bool> NameAddresses(search::CrashIndex& index, const HealOrder& order, HealProgress& progress) {
  while (!progress.are_named) {
    ASSIGN_OR_RETURN(
        const std::vector<search::StackFrame> addresses,
        index.AddressesOf(
            {.debug_id = order.debug_id, .after = progress.named_up_to, .addresses_max = kNamedAtOnce}));
    if (!addresses.empty()) {
      ASSIGN_OR_RETURN(const std::vector<search::StackFrame> named, order.name(addresses));
      RETURN_IF_ERROR(index.SetNames(named));
      progress.addresses += addresses.size();
      progress.named += named.size();
      progress.named_up_to = {addresses.back().module_offset, addresses.back().module};
    }
    progress.are_named = addresses.size() < kNamedAtOnce;
    if (!order.on_progress(progress)) return false;
  }
  return true;
}

base::Status SignInputs(Signing& signing, search::CrashIndex& index, const HealOrder& order,
                        HealProgress& progress) {
  ASSIGN_OR_RETURN(const std::vector<std::int64_t> inputs, index.InputsOf(order.debug_id));
  auto next =
      progress.signed_up_to ? std::ranges::upper_bound(inputs, *progress.signed_up_to) : inputs.begin();
  while (next != inputs.end()) {
    const auto end = next + std::min<std::ptrdiff_t>(kResignedAtOnce, inputs.end() - next);
    ASSIGN_OR_RETURN(const SignedAgain page, signing.SignAgain({.only = {next, end}}, kResignedAtOnce));
    // Other rules came into force: by them they are signed once more.
    if (!page.is_current) continue;
    progress.inputs += page.inputs;
    progress.changed += page.changed;
    progress.signed_up_to = *(end - 1);
    next = end;
    if (next != inputs.end() && !order.on_progress(progress)) return {};
  }
  progress.is_done = true;
  (void)order.on_progress(progress);
  return {};
}

}  // namespace

base::Result<HealProgress> Heal(Signing& signing, search::CrashIndex& index, const HealOrder& order,
                                HealProgress progress) {
  ASSIGN_OR_RETURN(const bool goes_on, NameAddresses(index, order, progress));
  if (goes_on && !progress.is_done) RETURN_IF_ERROR(SignInputs(signing, index, order, progress));
  return progress;
}

std::string WriteHealProgress(const HealProgress& progress) {
  base::JsonWriter json;
  json.BeginObject();
  if (progress.named_up_to) {
    json.NumberField("offset", progress.named_up_to->module_offset);
    json.TextField("module", progress.named_up_to->module);
  }
  json.Key("are_named");
  json.Bool(progress.are_named);
  if (progress.signed_up_to) {
    json.NumberField("signed_up_to", *progress.signed_up_to);
  }
  json.Key("is_done");
  json.Bool(progress.is_done);
  json.NumberField("addresses", progress.addresses);
  json.NumberField("named", progress.named);
  json.NumberField("inputs", progress.inputs);
  json.NumberField("changed", progress.changed);
  json.EndObject();
  return json.Take();
}

base::Result<HealProgress> ReadHealProgress(std::string_view text) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  HealProgress progress;
  if (base::ParseJson(parser, text).get(root) != simdjson::SUCCESS ||
      root["are_named"].get(progress.are_named) != simdjson::SUCCESS ||
      root["is_done"].get(progress.is_done) != simdjson::SUCCESS ||
      root["addresses"].get(progress.addresses) != simdjson::SUCCESS ||
      root["named"].get(progress.named) != simdjson::SUCCESS ||
      root["inputs"].get(progress.inputs) != simdjson::SUCCESS ||
      root["changed"].get(progress.changed) != simdjson::SUCCESS) {
    return base::Error{base::Code::kBadValue, 0, "progress of healing"};
  }
  search::AddressPlace place;
  std::string_view module;
  if (root["offset"].get(place.module_offset) == simdjson::SUCCESS &&
      root["module"].get(module) == simdjson::SUCCESS) {
    place.module = module;
    progress.named_up_to = std::move(place);
  }
  std::int64_t id = 0;
  if (root["signed_up_to"].get(id) == simdjson::SUCCESS) progress.signed_up_to = id;
  return progress;
}

}  // namespace cairn::signing
