// Does what is left to do for the crashes of a database: walk, ping, report, keep or forget.
#pragma once

#include <string>

#include "base/byte_reader.h"
#include "handler/database.h"
#include "handler/log.h"
#include "handler/settings.h"

namespace cairn::handler {

// Everything that waits and is due, oldest first. One process at a time works on a database; a second waits
// for it.
void DeliverAll(const Database& database, const Settings& settings, const Log& log);

// One crash whose dump may not or could not be put on the disk.
void DeliverFromMemory(const Database& database, const Settings& settings, const Log& log,
                       const std::string& id, base::Bytes dump);

struct SendResult {
  bool sent = false;
  std::string detail;  // "sent as bp-...", or why not.
};

// One report that waits, because a person asks for it: consent and back-off do not count. Empty `url`: where
// the application would have sent it. A report that was sent is deleted here.
SendResult SendReportNow(const Database& database, const Log& log, const std::string& id,
                         const std::string& url);

}  // namespace cairn::handler
