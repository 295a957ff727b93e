// Signatures of crash data that a caller sends, without anything being stored.
//
//   POST /api/CrashSignature/   {"jobs": [crash data...], "explain": true}
//                               -> {"results": [{"signature", "notes", "extra": {"proto_signature"},
//                               "frames",
//                                  "rules"}...]}, the last two if they were asked for
//
// Crash data is what `cairn signature` takes; a job that is none has {"error"} for its result. Anybody may
// ask. They are made by the lists and rules in force; decisions about single signatures are left aside.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/http/router.h"
#include "server/signing/signing_rules.h"

namespace cairn::api {

inline constexpr std::size_t kMaxSignatureBytes =
    8 << 20;                                           // A processed crash with all its threads has some MB.
inline constexpr std::size_t kMaxSignatureJobs = 100;  // Of one request: some ten milliseconds of work.
inline constexpr std::size_t kMaxExplainedJobs = 20;   // To explain takes longer.

http::Response CrashSignature(const std::string& body, const signing::SigningRules& rules);

// What is in force when somebody asks.
using RulesInForce = std::function<std::shared_ptr<const signing::SigningRules>()>;

// Without `rules`, signatures are made by Cairn's own lists.
void AddCrashSignatureRoutes(const RulesInForce& rules, std::vector<http::Route>& routes);

}  // namespace cairn::api
