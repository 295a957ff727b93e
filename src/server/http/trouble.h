// Answers that say why a question of a client found none.
#pragma once

#include <string_view>

#include "base/result.h"
#include "server/http/message.h"

namespace cairn::http {

// A store that is busy or broken is this server's trouble; the sentence names no path and no value.
Response StoreTrouble(const base::Error& error);

// Of a question that has so much time: kTimeout, with the seconds in its offset, is the caller's matter, who
// hears what may help (empty: nothing does), and kUnreachable means that nobody waits. All else is
// StoreTrouble.
Response SearchTrouble(const base::Error& error, std::string_view remedy);

}  // namespace cairn::http
