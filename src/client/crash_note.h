// Writes what a crashed process can say of itself when no handler answers (wire/crash_note.h). Signal-safe.
#pragma once

#include "wire/crash_request.h"

namespace cairn::internal {

// `path_prefix` is followed by the process id and the suffix of notes. Failure is silent: there is nobody to
// tell.
void WriteCrashNote(const char* path_prefix, const wire::CrashRequest& request);

}  // namespace cairn::internal
