// What routes share that write down in the audit log what somebody does.
#pragma once

#include <string>

#include "base/result.h"
#include "server/http/message.h"

namespace cairn::http {

// The caller's name there; "anonymous": nobody in particular.
std::string AuditNameOf(const Caller& caller);

// 503: what must be noted was left undone, because it could not be.
Response NotNoted(const base::Error& error);

}  // namespace cairn::http
