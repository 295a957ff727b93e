// The body with which a report is posted: multipart/form-data (RFC 7578), annotations first and the dump
// last.
#pragma once

#include <map>
#include <string>

#include "base/byte_reader.h"

namespace cairn::handler {

struct ReportBody {
  std::string content_type;  // With the boundary.
  std::string bytes;
};

// Annotations that the registry keeps on the machine, or gives to pings only, are left out. `boundary` must
// not occur in what is sent: a random one does not.
ReportBody MakeReportBody(const std::map<std::string, std::string>& annotations, base::Bytes dump,
                          const std::string& boundary);

}  // namespace cairn::handler
