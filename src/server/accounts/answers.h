// Answers that the routes of accounts share.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_writer.h"
#include "base/result.h"
#include "server/http/json_order.h"
#include "server/http/message.h"
#include "server/store/permissions.h"
#include "server/store/roles.h"

namespace cairn::accounts {

// What a store said: a mistake of who asked, or its own trouble.
http::Response AnswerTo(const base::Error& error);

// 429, with when to come again.
http::Response TooOften(std::string_view message, std::int64_t wait_ms);

// The parameter of that name, or an empty text.
std::string ParameterOf(const http::Request& request, std::string_view name);

// A list of the names.
void WritePermissions(store::PermissionSet permissions, base::JsonWriter& json);
// {"Fenix": ["view_pii"]}
void WriteGrants(const store::Grants& grants, base::JsonWriter& json);
// Of names of permissions and roles. kBadValue if one of them is neither.
base::Result<store::PermissionSet> ReadPermissions(const std::vector<std::string>& names,
                                                   std::span<const store::Role> roles);
// Likewise by product; of roles what may be given for single products.
base::Result<store::Grants> ReadGrants(const http::JsonOrder::Lists& lists,
                                       std::span<const store::Role> roles);
store::PermissionSet PermissionsOf(const http::Caller& caller);
store::Grants GrantsOf(const http::Caller& caller);
// Takes over what somebody may do; what grants bring along is in them.
void SetRights(store::PermissionSet permissions, const store::Grants& grants, http::Caller& caller);

// "2026-11-22T10:30:00.000Z" under a key, and nothing at all for no time.
void WriteTime(std::string_view key, const std::optional<std::int64_t>& time_ms, base::JsonWriter& json);

}  // namespace cairn::accounts
