#include "server/signing/healing.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/json_writer.h"

namespace cairn::signing {
namespace {

// False: no further.
base::Result<bool> NameAddresses(search::CrashIndex& index, const HealOrder& order, HealProgress& progress) {
  std::optional<search::AddressPlace> last;
  while (!progress.are_named) {
    ASSIGN_OR_RETURN(
        const std::vector<search::StackFrame> addresses,
        index.AddressesOf({.debug_id = order.debug_id, .after = last, .addresses_max = kNamedAtOnce}));
    if (!addresses.empty()) {
      ASSIGN_OR_RETURN(const std::vector<search::StackFrame> named, order.name(addresses));
      RETURN_IF_ERROR(index.SetNames(named));
      progress.addresses += addresses.size();
      progress.named += named.size();
      last = {addresses.back().module_offset, addresses.back().module};
    }
    progress.are_named = addresses.size() < kNamedAtOnce;
    if (!order.on_progress(progress)) return false;
  }
  return true;
}

base::Status SignInputs(Signing& signing, search::CrashIndex& index, const HealOrder& order,
                        HealProgress& progress) {
  ASSIGN_OR_RETURN(const std::vector<std::int64_t> inputs, index.InputsOf(order.debug_id));
  auto next = inputs.begin();
  while (next != inputs.end()) {
    const auto end = next + std::min<std::ptrdiff_t>(kResignedAtOnce, inputs.end() - next);
    ASSIGN_OR_RETURN(const SignedAgain page, signing.SignAgain({.only = {next, end}}, kResignedAtOnce));
    // Other rules came into force: by them they are signed once more.
    if (!page.is_current) continue;
    progress.inputs += page.inputs;
    progress.changed += page.changed;
    next = end;
    if (next != inputs.end() && !order.on_progress(progress)) return {};
  }
  progress.is_done = true;
  (void)order.on_progress(progress);
  return {};
}

}  // namespace

base::Result<HealProgress> Heal(Signing& signing, search::CrashIndex& index, const HealOrder& order) {
  HealProgress progress;
  ASSIGN_OR_RETURN(const bool goes_on, NameAddresses(index, order, progress));
  if (goes_on) RETURN_IF_ERROR(SignInputs(signing, index, order, progress));
  return progress;
}

std::string WriteHealProgress(const HealProgress& progress) {
  base::JsonWriter json;
  json.BeginObject();
  json.Key("are_named");
  json.Bool(progress.are_named);
  json.Key("is_done");
  json.Bool(progress.is_done);
  json.NumberField("addresses", progress.addresses);
  json.NumberField("named", progress.named);
  json.NumberField("inputs", progress.inputs);
  json.NumberField("changed", progress.changed);
  json.EndObject();
  return json.Take();
}

}  // namespace cairn::signing
