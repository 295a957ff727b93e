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
#include "model/crash_facts.h"
#include "model/diagnostics.h"
#include "model/frame.h"
#include "model/module.h"
#include "model/system.h"

namespace cairn::model {

// A piece of the process's address space: of /proc/PID/maps, or a committed region of Windows.
struct MemoryMapping {
  ProcessAddress start;
  ProcessAddress end;  // Half-open.
  bool readable = false;
  bool writable = false;
  bool executable = false;
};

// A module that was unloaded before the crash. Such modules may overlap each other and loaded ones.
struct UnloadedModule {
  ProcessAddress base;
  std::uint64_t size = 0;
  std::string code_file;
  std::string code_id;       // Timestamp and size, as of Module.
  std::string cert_subject;  // As of Module.
};

// An open handle of Windows, or a file descriptor of Linux.
struct Handle {
  std::uint64_t handle = 0;
  std::string type_name;
  std::string object_name;
};

// A line of /proc/PID/limits.
struct ProcessLimit {
  std::string name;
  std::string soft;  // "8388608", "unlimited" or "err".
  std::string hard;
  std::string unit;
};

struct LinuxRelease {
  std::string id;
  std::string release;
  std::string codename;
  std::string description;
};

// A record of macOS' __DATA,__crash_info. Empty and absent fields were not there.
struct MacCrashInfo {
  std::optional<std::uint64_t> thread;
  std::optional<std::uint64_t> dialog_mode;
  std::optional<std::uint64_t> abort_cause;
  std::string module;
  std::string message;
  std::string signature_string;
  std::string backtrace;
  std::string message2;
};

// What Crashpad notes of one module.
struct ModuleAnnotations {
  std::uint32_t module = 0;  // Index into CrashReport::modules.
  std::vector<std::string> list;
  std::map<std::string, std::string> values;  // Simple annotations and annotation objects of text.
};

// Memory of the whole system at the crash, in bytes.
struct SystemMemory {
  std::optional<std::uint64_t> physical_total;
  std::optional<std::uint64_t> physical_available;
  std::optional<std::uint64_t> commit_limit;
  std::optional<std::uint64_t> commit_available;
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
  std::vector<Module>
      modules;  // In the dump's order; the first is the main one. None owns an address of another.
  std::vector<UnloadedModule> unloaded_modules;
  std::vector<Thread> threads;  // In the dump's order.
  std::vector<Handle> handles;
  std::optional<std::uint32_t> linux_memory_map_count;
  std::optional<LinuxRelease> linux_release;
  std::vector<ProcessLimit> process_limits;
  std::vector<MacCrashInfo> mac_crash_info;
  std::string mac_boot_args;
  std::string soft_errors;  // JSON on one line, which its reader has checked; empty: none.
  std::optional<SystemMemory> system_memory;
  std::vector<ModuleAnnotations> module_annotations;
  std::map<std::string, std::string> annotations;  // Found in the dump; those of the submission are not here.
  Signature signature;
  Diagnostics diagnostics;
};

}  // namespace cairn::model
