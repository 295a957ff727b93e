// How well signatures, FaST and both find the duplicates of a bug, on stacks of which the bug is known.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analysis/signature/lists.h"
#include "analysis/signature/signature_input.h"
#include "analysis/similar/evaluation.h"

namespace cairn::similar {

struct LabelledStack {
  std::uint32_t bug = 0;
  signature::SignatureInput input;
};

struct DuplicateFigures {
  BCubed grouping;              // Of all stacks, put into groups as they come.
  double area_under_curve = 0;  // Of pairs, one kind against two.
  double first_right = 0;  // RR@1: of stacks whose bug was seen before, how many find it as the first answer.
};

struct DuplicateReport {
  DuplicateFigures by_signature;
  DuplicateFigures by_fast;
  DuplicateFigures by_both;  // The signature if it was seen before and has a name, else FaST.
};

// Stacks in the order of their crashes: each is compared with those before it.
DuplicateReport ReportDuplicates(std::span<const LabelledStack> stacks,
                                 const signature::SignatureLists& lists);

}  // namespace cairn::similar
