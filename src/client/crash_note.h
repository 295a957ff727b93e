// Writes what a crashed process can say of itself when no handler answers (wire/crash_note.h). Signal-safe.
#pragma once

#include <string_view>

#include "wire/crash_request.h"

namespace cairn::internal {

// Where notes go, and what they say of the application. Borrows static storage.
struct NoteSetup {
  std::string_view
      path_prefix;  // Followed by the process id and the suffix of notes. Empty: no notes are wanted.
  std::string_view configuration;  // As the handler got it (wire/configuration.h).
};

// Failure is silent: there is nobody to tell.
void WriteCrashNote(const NoteSetup& setup, const wire::CrashRequest& request);

}  // namespace cairn::internal
