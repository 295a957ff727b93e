// What a submission knows of a crash beside its dump: minidump-stackwalk's --raw-json (once --evil-json).
//
// A JSON object of annotations. "ModuleSignatureInfo" says who signed which modules, {"subject": ["file",
// ...]}, as an object or as a string that holds it; "CPUMicrocodeVersion" is text in hex.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/crash_report.h"

namespace cairn::apps {

struct RawJson {
  std::map<std::string, std::string> signers;  // Base name of a module's file to the certificate's subject.
  std::string cpu_microcode;                   // "0xf0"; empty if it does not say.
};

// kBadValue if the text is no JSON object; a member of another form is as good as none.
base::Result<RawJson> ReadRawJson(std::string_view text);

// What the dump itself says goes first.
void AddRawJson(const RawJson& raw, model::CrashReport& report);

}  // namespace cairn::apps
