#include "model/diagnostics.h"

namespace cairn::model {

std::string_view StageName(Stage stage) {
  switch (stage) {
    case Stage::kCapture: return "capture";
    case Stage::kMinidump: return "minidump";
    case Stage::kUnwind: return "unwind";
    case Stage::kSymbols: return "symbols";
    case Stage::kSignature: return "signature";
    case Stage::kPing: return "ping";
    case Stage::kProcess: return "process";
  }
  return "unknown";
}

}  // namespace cairn::model
