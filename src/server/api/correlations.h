// What crashes of a signature have more often, or less, than the others of the same search.
//
//   GET /api/Correlations/   signature, filters of Super Search
//                            -> {"signature_total", "other_total", "candidates", "rows": [{"field", "term",
//                            "in_signature",
//                               "in_others", "percent", "other_percent", "difference", "low", "high"}...]}
//
// Others are those that have not the signature: a frequent signature is not compared with itself. Terms are
// those of keyword and yes-or-no fields, and modules on the crashing thread's stack. Of all that are
// compared, those are shown that are significant by Benjamini and Hochberg at 5 %, and differ by five points
// or more. A report's sample is not the population: shares are of the crashes that were kept.
#pragma once

#include "server/api/api.h"

namespace cairn::api {

inline constexpr double kCorrelationPoints = 0.05;        // The least difference that is shown.
inline constexpr double kCorrelationFalseShare = 0.05;    // Of those that are shown, expected to be chance.
inline constexpr std::uint64_t kCorrelationCountMin = 5;  // With fewer on both sides nothing is said.
inline constexpr std::size_t kMaxCorrelations = 200;

http::Response Correlations(const ApiParts& parts, const http::Request& request);

}  // namespace cairn::api
