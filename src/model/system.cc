#include "model/system.h"

namespace cairn::model {

std::string_view OsName(Os os) {
  switch (os) {
    case Os::kWindows: return "Windows NT";
    case Os::kMacOs: return "Mac OS X";
    case Os::kIos: return "iOS";
    case Os::kLinux: return "Linux";
    case Os::kAndroid: return "Android";
    case Os::kFuchsia: return "Fuchsia";
    case Os::kSolaris: return "Solaris";
    case Os::kPs3: return "PS3";
    case Os::kNaCl: return "NaCl";
    case Os::kUnknown: break;
  }
  return "unknown";
}

std::string_view CpuName(Cpu cpu) {
  switch (cpu) {
    case Cpu::kX86: return "x86";
    case Cpu::kAmd64: return "amd64";
    case Cpu::kArm: return "arm";
    case Cpu::kArm64: return "arm64";
    case Cpu::kMips: return "mips";
    case Cpu::kMips64: return "mips64";
    case Cpu::kPpc: return "ppc";
    case Cpu::kPpc64: return "ppc64";
    case Cpu::kSparc: return "sparc";
    case Cpu::kRiscv: return "riscv";
    case Cpu::kRiscv64: return "riscv64";
    case Cpu::kUnknown: break;
  }
  return "unknown";
}

int PointerBytes(Cpu cpu) {
  switch (cpu) {
    case Cpu::kX86:
    case Cpu::kArm:
    case Cpu::kMips:
    case Cpu::kPpc:
    case Cpu::kSparc:
    case Cpu::kRiscv: return 4;
    default: return 8;
  }
}

}  // namespace cairn::model
