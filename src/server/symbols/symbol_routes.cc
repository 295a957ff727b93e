#include "server/symbols/symbol_routes.h"

#include <utility>

#include "server/symbols/breakpad_uploads.h"
#include "server/symbols/download.h"
#include "server/symbols/part_upload.h"
#include "server/symbols/upload_v2.h"
#include "server/symbols/zip_upload.h"

namespace cairn::symbols {

std::vector<http::Route> MakeRoutes(const SymbolRoutesParts& parts) {
  const SessionUploadParts uploads{parts.intake, parts.sessions, parts.public_url};
  const FinishPart finish = [uploads](const Session& session, std::size_t index, int fd,
                                      std::string& why) -> base::Status {
    // What Breakpad's client sent has no name yet: it waits for the end of the upload.
    if (session.protocol == kSymUploadV2) return {};
    return StoreSessionFile(uploads, session, index, fd, why);
  };
  std::vector<http::Route> routes = MakeZipUploadRoutes({parts.intake, parts.fetch});
  const auto append = [&routes](std::vector<http::Route> more) {
    for (http::Route& route : more) routes.push_back(std::move(route));
  };
  append(MakeUploadV2Routes(uploads));
  append(MakePartUploadRoutes(parts.sessions, finish));
  append(MakeBreakpadRoutes(uploads));
  append(MakeUploadsApiRoutes(parts.intake.records(), parts.days_kept));
  // Last: a symbol file may have almost any name.
  append(MakeDownloadRoutes({parts.intake.store(),
                             parts.intake.records(),
                             {parts.directory, parts.public_by_default},
                             parts.public_url,
                             parts.find_elsewhere}));
  return routes;
}

}  // namespace cairn::symbols
