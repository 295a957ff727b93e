// Healing gives the addresses of a module the names that its symbols have today, and signs all that is
// affected again: names, signatures, groups and searches of stored crashes change, and no dump is read.
//
// It works in batches beside what comes in, and can be done twice: what is right already is not written. So
// after a kill it is done from its beginning. Any thread may call it, several at once for several modules.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/search/crash_index.h"
#include "server/signing/signing.h"

namespace cairn::signing {

// Addresses that are asked for names, and then written, at once.
inline constexpr std::size_t kNamedAtOnce = 1000;

// How far it is; as JSON for people.
struct HealProgress {
  bool are_named = false;  // All addresses: from then on inputs are signed again.
  bool is_done = false;
  std::uint64_t addresses = 0;  // That were asked for names.
  std::uint64_t named = 0;      // Of them, those that got some.
  std::uint64_t inputs = 0;     // That were looked at.
  std::uint64_t changed = 0;    // That got another signature.

  friend bool operator==(const HealProgress&, const HealProgress&) = default;
};

std::string WriteHealProgress(const HealProgress& progress);

struct HealOrder {
  std::string debug_id;
  // The addresses that symbols know, with their names. Asked for up to kNamedAtOnce at a time, without any
  // lock.
  std::function<base::Result<std::vector<search::StackFrame>>(std::span<const search::StackFrame> addresses)>
      name;
  // Told after each batch, once it is durable. False: no further.
  std::function<bool(const HealProgress& progress)> on_progress = [](const HealProgress&) { return true; };
};

// `signing` works on the same index. Crashes that came without these names while it went on may be left with
// the signature that they came with; those that are processed after the symbols came are not.
base::Result<HealProgress> Heal(Signing& signing, search::CrashIndex& index, const HealOrder& order);

}  // namespace cairn::signing
