// Which crashes a caller sees: not those of products that are closed to the caller, and single pings only of
// products for which the caller has view_pings. And what follows from it for names that crashes have in
// common: a signature is there for whoever sees one of its crashes.
//
// A permission of a caller is about all products, or by a grant about some (http::Caller). Whether a product
// is closed is asked first: what somebody may do with all products is about those that he sees.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/api/api.h"
#include "server/http/trouble.h"

namespace cairn::api {

using http::StoreTrouble;

// Products whose crashes this caller does not see. An Error if that cannot be known: then nothing is shown.
base::Result<std::vector<std::string>> HiddenProducts(const ApiParts& parts, const http::Caller& caller);

// 403 if the product is one of them, 500 if that cannot be known.
std::optional<http::Response> RefuseHidden(const ApiParts& parts, const http::Caller& caller,
                                           std::string_view product);

bool MayViewPings(const http::Caller& caller, std::string_view product);
http::Response NeedsViewPings();

// Leaves these products out of what a query finds; and those that are hidden from a caller.
void LeaveOut(std::span<const std::string> products, search::Query& query);
base::Status LeaveOutHidden(const ApiParts& parts, const http::Caller& caller, search::Query& query);

// Leaves in a query the products for which the caller has the permission.
void ConfineTo(std::string_view permission, const http::Caller& caller, search::Query& query);

// Queries that together find the crashes of all times that the caller sees; absent for who sees every crash.
base::Result<std::optional<std::vector<search::Query>>> CrashesSeenBy(const ApiParts& parts,
                                                                      const http::Caller& caller);

// Those of the signatures that some crash has which the caller sees, in their order; all of them, whether a
// crash has them or not, for who sees every crash.
base::Result<std::vector<std::string>> VisibleSignatures(const ApiParts& parts, const http::Request& request,
                                                         const std::vector<std::string>& signatures);

// Since when signatures are known, as far as the caller sees their crashes: CrashIndex::FindFirstSeen.
base::Result<std::vector<search::FirstSeen>> FindFirstSeenFor(const ApiParts& parts,
                                                              const http::Caller& caller,
                                                              std::span<const std::string> signatures,
                                                              const search::Deadline& deadline);

// The product of a crash that the index knows; empty if it is no longer there.
base::Result<std::string> ProductOf(const search::CrashIndex& index, const search::CrashReference& crash);

}  // namespace cairn::api
