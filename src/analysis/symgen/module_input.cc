#include "analysis/symgen/module_input.h"

#include "base/hex.h"

namespace cairn::symgen {

std::string_view ArchitectureName(model::Cpu cpu) {
  switch (cpu) {
    case model::Cpu::kX86: return "x86";
    case model::Cpu::kAmd64: return "x86_64";
    case model::Cpu::kArm: return "arm";
    case model::Cpu::kArm64: return "arm64";
    case model::Cpu::kMips: return "mips";
    case model::Cpu::kMips64: return "mips64";
    case model::Cpu::kPpc: return "ppc";
    case model::Cpu::kPpc64: return "ppc64";
    case model::Cpu::kRiscv: return "riscv";
    case model::Cpu::kRiscv64: return "riscv64";
    default: return {};
  }
}

std::string UpperHex(base::Bytes bytes) {
  std::string text = base::BytesToHex(bytes);
  for (char& c : text) {
    if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

}  // namespace cairn::symgen
