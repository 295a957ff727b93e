#include "server/processor/opened_ping.h"

#include <utility>

#include "server/http/gzip.h"
#include "server/http/limits.h"

namespace cairn::processor {
namespace {

using base::Code;
using base::Error;

base::Result<std::string> JsonOf(intake::StoredPing& stored) {
  if (stored.id_is_made_up)
    return Error{Code::kBadValue, 0, "Entry in document_id place is not a valid UUID"};
  if (stored.doc_type != "crash") return Error{Code::kUnsupported, 0, "No such docType"};
  if (stored.compressed) return http::InflateGzip(stored.body, http::kMaxInflatedPingBytes);
  return std::move(stored.body);
}

}  // namespace

base::Result<OpenedPing> OpenPing(intake::StoredPing stored, std::string_view pack) {
  OpenedPing opened;
  ASSIGN_OR_RETURN(opened.json, JsonOf(stored));
  ASSIGN_OR_RETURN(opened.ping, worker::ReadPing(opened.json));
  opened.arrival = ArrivalOfPing(std::move(stored.id), stored.submitted_ms, opened.ping.facts);
  opened.arrival.pack = pack;
  // Pings of Glean often do not name their product; their namespace does.
  if (opened.arrival.product.empty() && stored.name_space != "telemetry")
    opened.arrival.product = std::move(stored.name_space);
  return opened;
}

}  // namespace cairn::processor
