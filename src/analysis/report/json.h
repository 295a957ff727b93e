// RenderJson writes a CrashReport as JSON: the schema of rust-minidump's minidump-stackwalk
// (minidump-processor, json-schema.md), which Socorro consumes, and besides it "signature",
// "proto_signature", "signature_notes", "annotations" and "diagnostics".
//
// Every key of the schema that Cairn can fill is always there, null when unknown. Addresses are hex text,
// "0x" and 16 digits, 8 on 32-bit CPUs. File names of modules are base names: a path can name a person.
#pragma once

#include <string>

#include "model/crash_report.h"

namespace cairn::report {

struct JsonOptions {
  bool pretty = false;  // Two blanks per level; else one line.
  bool brief = false;   // Only the crashing thread, and only modules that its frames lie in.
  bool annotations =
      false;  // Those found in the dump. They may be private: whoever shows them must filter them.
};

std::string RenderJson(const model::CrashReport& report, JsonOptions options = {});

}  // namespace cairn::report
