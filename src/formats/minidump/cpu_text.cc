#include "formats/minidump/cpu_text.h"

#include <cstddef>

#include "base/hex.h"

namespace cairn::minidump {
namespace {

// MIDR_EL1.Implementer, Arm Architecture Reference Manual.
struct ImplementerRow {
  std::uint8_t code;
  std::string_view name;
};
constexpr ImplementerRow kImplementers[] = {
    {0x41, "ARM"},    {0x42, "Broadcom"}, {0x43, "Cavium"},  {0x48, "HiSilicon"},
    {0x4e, "NVIDIA"}, {0x51, "Qualcomm"}, {0x53, "Samsung"}, {0x56, "Marvell"},
    {0x61, "Apple"},  {0x69, "Intel"},    {0xc0, "Ampere"},
};

// MIDR_EL1.PartNum, from the manuals of the cores.
struct PartRow {
  std::uint8_t implementer;
  std::uint16_t part;
  std::string_view name;
};
constexpr PartRow kParts[] = {
    {0x41, 0x926, "ARM926"},
    {0x41, 0xb36, "ARM1136"},
    {0x41, 0xb56, "ARM1156"},
    {0x41, 0xb76, "ARM1176"},
    {0x41, 0xb02, "ARM11MPCore"},
    {0x41, 0xc05, "Cortex-A5"},
    {0x41, 0xc07, "Cortex-A7"},
    {0x41, 0xc08, "Cortex-A8"},
    {0x41, 0xc09, "Cortex-A9"},
    {0x41, 0xc0d, "Cortex-A12"},
    {0x41, 0xc0e, "Cortex-A17"},
    {0x41, 0xc0f, "Cortex-A15"},
    {0x41, 0xc14, "Cortex-R4"},
    {0x41, 0xc15, "Cortex-R5"},
    {0x41, 0xc17, "Cortex-R7"},
    {0x41, 0xc18, "Cortex-R8"},
    {0x41, 0xd01, "Cortex-A32"},
    {0x41, 0xd03, "Cortex-A53"},
    {0x41, 0xd04, "Cortex-A35"},
    {0x41, 0xd05, "Cortex-A55"},
    {0x41, 0xd06, "Cortex-A65"},
    {0x41, 0xd07, "Cortex-A57"},
    {0x41, 0xd08, "Cortex-A72"},
    {0x41, 0xd09, "Cortex-A73"},
    {0x41, 0xd0a, "Cortex-A75"},
    {0x41, 0xd0b, "Cortex-A76"},
    {0x41, 0xd0c, "Neoverse-N1"},
    {0x41, 0xd0d, "Cortex-A77"},
    {0x41, 0xd40, "Neoverse-V1"},
    {0x41, 0xd41, "Cortex-A78"},
    {0x41, 0xd44, "Cortex-X1"},
    {0x41, 0xd46, "Cortex-A510"},
    {0x41, 0xd47, "Cortex-A710"},
    {0x41, 0xd48, "Cortex-X2"},
    {0x41, 0xd49, "Neoverse-N2"},
    {0x41, 0xd4a, "Neoverse-E1"},
    {0x41, 0xd4d, "Cortex-A715"},
    {0x41, 0xd4e, "Cortex-X3"},
    {0x41, 0xd4f, "Neoverse-V2"},
    {0x41, 0xd80, "Cortex-A520"},
    {0x41, 0xd81, "Cortex-A720"},
    {0x41, 0xd82, "Cortex-X4"},
    {0x51, 0x00f, "Scorpion"},
    {0x51, 0x02d, "Scorpion"},
    {0x51, 0x04d, "Krait"},
    {0x51, 0x06f, "Krait"},
    {0x51, 0x201, "Kryo"},
    {0x51, 0x205, "Kryo"},
    {0x51, 0x211, "Kryo"},
    {0x51, 0x800, "Kryo 2xx Gold"},
    {0x51, 0x801, "Kryo 2xx Silver"},
    {0x51, 0x802, "Kryo 3xx Gold"},
    {0x51, 0x803, "Kryo 3xx Silver"},
    {0x51, 0x804, "Kryo 4xx Gold"},
    {0x51, 0x805, "Kryo 4xx Silver"},
    {0x4e, 0x000, "Denver"},
    {0x4e, 0x003, "Denver 2"},
    {0x4e, 0x004, "Carmel"},
    {0x53, 0x001, "Exynos M1"},
    {0x53, 0x002, "Exynos M3"},
    {0x53, 0x003, "Exynos M4"},
    {0x53, 0x004, "Exynos M5"},
    {0x48, 0xd01, "TaiShan v110"},
};

// AT_HWCAP of 32-bit ARM by bit, Linux's arch/arm/include/uapi/asm/hwcap.h. "vfp" is called by its version,
// as other tools do.
constexpr std::string_view kArmCapabilities[] = {
    "swp",   "half",   "thumb",  "26bit",   "fastmult", "fpa",    "vfpv2",    "edsp",
    "java",  "iwmmxt", "crunch", "thumbee", "neon",     "vfpv3",  "vfpv3d16", "tls",
    "vfpv4", "idiva",  "idivt",  "vfpd32",  "lpae",     "evtstrm"};

// "ARM Cortex-A9"; numbers for what has no name here.
std::string CoreName(std::uint32_t cpuid) {
  const auto implementer = static_cast<std::uint8_t>(cpuid >> 24);
  const auto part = static_cast<std::uint16_t>(cpuid >> 4 & 0xfff);
  std::string text = "vendor(0x" + base::ToHex(implementer) + ")";
  for (const ImplementerRow& row : kImplementers) {
    if (row.code == implementer) text = row.name;
  }
  for (const PartRow& row : kParts) {
    if (row.implementer == implementer && row.part == part) return text.append(" ").append(row.name);
  }
  return text.append(" part(0x").append(base::ToHex(part)).append(")");
}

}  // namespace

std::string X86CpuText(std::string_view vendor, std::uint16_t level, std::uint16_t revision) {
  std::string text(vendor.substr(0, vendor.find('\0')));  // Converted microdumps have none.
  if (!text.empty()) text += ' ';
  text += "family " + std::to_string(level);
  text += " model " + std::to_string(revision >> 8);
  text += " stepping " + std::to_string(revision & 0xff);
  return text;
}

std::string ArmCpuText(std::uint16_t level, std::uint32_t cpuid, std::uint32_t capabilities) {
  std::string text = "ARMv" + std::to_string(level);
  if (cpuid != 0) text.append(" ").append(CoreName(cpuid));
  std::string names;
  for (std::size_t bit = 0; bit < std::size(kArmCapabilities); ++bit) {
    if ((capabilities >> bit & 1) != 0) names.append(names.empty() ? "" : ",").append(kArmCapabilities[bit]);
  }
  if (!names.empty()) text.append(" features: ").append(names);
  return text;
}

std::string Arm64CpuText(std::uint32_t cpuid) { return cpuid == 0 ? std::string() : CoreName(cpuid); }

}  // namespace cairn::minidump
