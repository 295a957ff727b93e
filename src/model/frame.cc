#include "model/frame.h"

namespace cairn::model {

std::string_view TrustName(Trust trust) {
  switch (trust) {
    case Trust::kContext: return "context";
    case Trust::kPrewalked: return "prewalked";
    case Trust::kCfi: return "cfi";
    case Trust::kLeaf: return "leaf";
    case Trust::kFramePointer: return "frame_pointer";
    case Trust::kCfiScan: return "cfi_scan";
    case Trust::kScan: return "scan";
    case Trust::kNone: break;
  }
  return "none";
}

}  // namespace cairn::model
