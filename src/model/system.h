// The machine that crashed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cairn::model {

enum class Os : std::uint8_t {
  kUnknown,
  kWindows,
  kMacOs,
  kIos,
  kLinux,
  kAndroid,
  kFuchsia,
  kSolaris,
  kPs3,
  kNaCl
};
enum class Cpu : std::uint8_t {
  kUnknown,
  kX86,
  kAmd64,
  kArm,
  kArm64,
  kMips,
  kMips64,
  kPpc,
  kPpc64,
  kSparc,
  kRiscv,
  kRiscv64
};

// The names in JSON, the same as rust-minidump's: "Linux", "Windows NT", "Mac OS X"; "amd64", "x86", "arm64".
std::string_view OsName(Os os);
std::string_view CpuName(Cpu cpu);

// Bytes of a pointer, 4 or 8; 8 for a CPU that is not known.
int PointerBytes(Cpu cpu);

struct SystemInfo {
  Os os = Os::kUnknown;
  std::string os_version;  // "6.1.0", with the build appended as the writer gave it: "6.1.0 #1 SMP ...".
  Cpu cpu = Cpu::kUnknown;
  std::string cpu_info;  // "GenuineIntel family 6 model 85 stepping 7"; empty if unknown.
  std::uint32_t cpu_count = 0;
  std::string cpu_microcode;  // "0xf0"; empty if unknown.
};

}  // namespace cairn::model
