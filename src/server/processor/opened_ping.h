// A stored ping, unpacked and read.
#pragma once

#include <string>

#include "base/result.h"
#include "server/intake/stored_ping.h"
#include "server/processor/arrival.h"
#include "server/worker/ping_reader.h"

namespace cairn::processor {

struct OpenedPing {
  std::string json;
  worker::Ping ping;
  Arrival arrival;
};

// `pack` is the name of the pack that holds it. An error says why it is no crash ping; the edge has asked
// that already, so there is none unless schemas have changed since.
base::Result<OpenedPing> OpenPing(intake::StoredPing stored, std::string_view pack);

}  // namespace cairn::processor
