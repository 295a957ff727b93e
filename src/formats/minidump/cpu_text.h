// What a CPU is called: the texts of system information.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cairn::minidump {

// "GenuineIntel family 6 model 26 stepping 5"; without a vendor if `vendor` holds none.
std::string X86CpuText(std::string_view vendor, std::uint16_t level, std::uint16_t revision);

// "ARMv7 ARM Cortex-A9 features: swp,half,...": `cpuid` is the main id register (MIDR), `capabilities` the
// AT_HWCAP bits of 32-bit Linux. Zero means unknown.
std::string ArmCpuText(std::uint16_t level, std::uint32_t cpuid, std::uint32_t capabilities);

// "ARM Cortex-A76"; empty for a zero `cpuid`. The capabilities of 64-bit Linux are others and are not named.
std::string Arm64CpuText(std::uint32_t cpuid);

}  // namespace cairn::minidump
