// RenderJson writes a CrashReport as JSON: the schema of rust-minidump's minidump-stackwalk
// (minidump-processor, json-schema.md), which Socorro consumes, and besides it "signature",
// "proto_signature", "signature_notes", "diagnostics", "system_memory", a thread's "truncated", and
// "stack_overflow" and "poison" of "crash_info".
//
// Every key of the schema is always there, null when unknown. Addresses are hex text, "0x" and 16 digits, 8
// on 32-bit CPUs. File names of modules are base names: a path can name a person.
#pragma once

#include <string>

#include "model/crash_report.h"

namespace cairn::report {

struct JsonOptions {
  bool pretty = false;  // Two blanks per level; else one line.
  bool brief = false;   // Only the crashing thread, and only modules that its frames lie in.
  // What a dump holds of texts that may be private: "annotations", "module_annotations", "handles",
  // "mac_crash_info", "mac_boot_args" and "soft_errors". Whoever shows them must filter them.
  bool private_texts = false;
};

std::string RenderJson(const model::CrashReport& report, JsonOptions options = {});

}  // namespace cairn::report
