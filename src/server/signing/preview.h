// Preview says what would become of all stored crashes if they were signed by other rules: which signatures
// split, merge, appear and vanish.
//
// It compares what is in the index with what an InputSigner makes of each distinct input, so its outcome is
// that of signing everything again, at the price of the distinct inputs and not of the crashes.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/search/crash_index.h"
#include "server/signing/signing_rules.h"

namespace cairn::signing {

// The crashes that have one signature and would have another, or the same.
struct Flow {
  std::string from;  // Empty: they have none yet.
  std::string to;
  std::uint64_t inputs = 0;  // Distinct ones.
  std::uint64_t crashes = 0;
  std::string example;  // The id of a crash.

  friend bool operator==(const Flow&, const Flow&) = default;
};

// A signature and the flows that leave it, or that come to it.
struct SignatureChange {
  std::string signature;
  std::uint64_t crashes = 0;  // In all flows.
  std::vector<Flow> flows;    // Those with the most crashes first.
};

struct Preview {
  std::uint64_t inputs = 0;  // That any crash has.
  std::uint64_t crashes = 0;
  std::uint64_t changed_inputs = 0;  // Those whose signature becomes another.
  std::uint64_t changed_crashes = 0;
  std::uint64_t signatures_before = 0;
  std::uint64_t signatures_after = 0;

  std::vector<Flow> flows;  // All, by both names.

  // Those with the most crashes first. One signature may stand in several.
  std::vector<SignatureChange> splits;    // Of today, whose crashes go to several.
  std::vector<SignatureChange> merges;    // Of then, whose crashes come from several.
  std::vector<SignatureChange> appears;   // Of then, that is none of today.
  std::vector<SignatureChange> vanishes;  // Of today, that would be none.
};

// Two threads work on it. `go_on` is asked now and then, by both; kRefused if it says no.
base::Result<Preview> MakePreview(const search::CrashIndex& index,
                                  const std::shared_ptr<const SigningRules>& rules,
                                  const std::function<bool()>& go_on);

// The changes that flows amount to. For tests.
Preview SumUp(std::vector<Flow> flows);

}  // namespace cairn::signing
