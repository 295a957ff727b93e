// CrashReport is a crash once analysed: what the pipeline makes of a dump (or of a ping) and everything later
// reads.
//
// It owns all its text; nothing in it borrows from the dump. Anything may be absent: a report never needs a
// stream to be present.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/address.h"
#include "model/diagnostics.h"
#include "model/frame.h"
#include "model/module.h"
#include "model/system.h"

namespace cairn::model {

// Why and where it crashed.
struct CrashFacts {
  std::string reason;                     // "SIGSEGV / SEGV_MAPERR"; empty if the dump holds no exception.
  std::optional<ProcessAddress> address;  // The faulting address where the reason has one.
  std::optional<std::uint32_t> thread;    // Index into threads of the crashing (or requesting) thread.
  std::string assertion;
};

struct MemoryMapping {
  ProcessAddress start;
  ProcessAddress end;  // Half-open.
  bool readable = false;
  bool writable = false;
  bool executable = false;
};

struct Signature {
  std::string text;   // "EMPTY: no frame data available" and the like when there is none.
  std::string proto;  // All normalised frames, joined with " | ".
  std::vector<std::string> notes;
};

struct CrashReport {
  std::optional<std::uint32_t> process_id;
  std::optional<std::uint32_t> process_create_time_s;  // Unix time.
  std::optional<std::uint32_t> crash_time_s;           // Unix time at which the dump was written.
  SystemInfo system;
  CrashFacts crash;
  std::vector<Module> modules;  // In the dump's order; the first is the main one. Overlaps are dropped.
  std::vector<Thread> threads;  // In the dump's order.
  std::optional<std::uint32_t> linux_memory_map_count;
  std::map<std::string, std::string> annotations;  // Found in the dump; those of the submission are not here.
  Signature signature;
  Diagnostics diagnostics;
};

}  // namespace cairn::model
