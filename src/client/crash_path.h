// The part of the client that runs inside a crashed process: from the signal to its death.
//
// It runs in a signal handler of a process of which nothing can be trusted: no heap, no locks, no exceptions,
// no cancellation points, only system calls by number. A test reads the symbols that this file's object needs
// (client/crash_path_symbols.txt lists what is allowed). State is static and written once, by Start.
#pragma once

#include <csignal>
#include <cstddef>
#include <cstdint>

#include "client/crash_note.h"

namespace cairn::internal {

// What Start prepares. The descriptors stay open as long as the process lives.
struct CrashSetup {
  int channel = -1;            // To the handler.
  int handler_process_id = 0;  // For PR_SET_PTRACER; 0 if unknown.
  std::uint64_t initial_stack_pointer = 0;
  NoteSetup note;  // For a crash that no handler answers.
};

// Installs the signal actions. False if the system refuses one; none is installed then.
bool InstallCrashPath(const CrashSetup& setup);

// The address that goes into CrashRequest::annotations_address.
const void* AnnotationListAddress();

}  // namespace cairn::internal
