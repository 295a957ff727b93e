// What of a processed crash's document leaves the server: default deny, at every depth. Every route that
// gives out a document does so through RenderDocument().
//
// A field is given out if the registry calls it public, an annotation in its public form, and of walked dumps
// the keys that stand in the table of the .cc file; anything else needs view_pii. So what somebody adds
// to a document later is protected until it is made public. Names of frames that came after the processing
// are added, and say "named_later".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "server/api/late_names.h"
#include "server/registry/registry.h"
#include "server/search/crash_row.h"

namespace cairn::api {

struct DocumentView {
  bool with_protected = false;
  // What the index says now: names are a view, and the document is as old as its processing. Empty: as in the
  // document.
  std::string signature;
  std::string proto_signature;
  FindNames find_names =
      {};  // For frames of walked dumps (late_names.h). Empty: they have those of the document.
  // The other trail of the same crash, if the caller may see it.
  std::optional<std::string> counterpart_uuid;
  search::CrashKind counterpart_kind = search::CrashKind::kReport;
};

// The kind that the document says; kBadValue if it is no document of a crash.
base::Result<search::CrashKind> KindOfDocument(std::string_view document);

// The product that the document says; empty if it says none.
std::string ProductOfDocument(std::string_view document);

base::Result<std::string> RenderDocument(std::string_view document, const registry::Registry& registry,
                                         const DocumentView& view);

}  // namespace cairn::api
