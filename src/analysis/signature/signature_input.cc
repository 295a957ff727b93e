#include "analysis/signature/signature_input.h"

#include <utility>

#include "base/hex.h"

namespace cairn::signature {
namespace {

SignatureFrame FrameOf(const model::Frame& frame, const std::vector<model::Module>& modules) {
  SignatureFrame result{.function = frame.location.function,
                        .file = frame.location.file,
                        .line = frame.location.line,
                        .offset = base::ToAddress(frame.instruction.value)};
  if (frame.module && *frame.module < modules.size()) {
    const model::Module& module = modules[*frame.module];
    result.module = model::BaseName(module.code_file);
    result.debug_id = module.debug_id.text;
    result.module_offset = module.OffsetOf(frame.instruction).value;
  }
  for (const model::SourceLocation& inlined : frame.inlines) {
    result.inlines.push_back({.function = inlined.function, .file = inlined.file, .line = inlined.line});
  }
  return result;
}

}  // namespace

SignatureInput SignatureInputOf(const model::CrashReport& report) {
  SignatureInput input{.os = std::string(model::OsName(report.system.os)),
                       .reason = report.crash.reason,
                       .crashing_thread = report.crash.thread.value_or(0)};
  input.threads.resize(report.threads.size());
  for (std::size_t i = 0; i < report.threads.size(); ++i) {
    if (i != 0 && std::cmp_not_equal(i, input.crashing_thread)) continue;
    for (const model::Frame& frame : report.threads[i].frames) {
      if (input.threads[i].frames.size() == kMaxSignatureFrames) break;
      input.threads[i].frames.push_back(FrameOf(frame, report.modules));
    }
  }
  return input;
}

}  // namespace cairn::signature
