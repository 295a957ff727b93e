#include "formats/minidump/system_info.h"

#include <string_view>

#include "formats/minidump/cpu_text.h"
#include "formats/minidump/linux_text.h"

namespace cairn::minidump {
namespace {

using model::Cpu;
using model::Os;
using wire::PlatformId;
using wire::ProcessorArchitecture;

constexpr std::size_t kVendorBytes = 12;  // Cpu.X86CpuInfo.VendorId

// Parts of MINIDUMP_MISC_INFO_2 to _5.
constexpr std::size_t kProcessorPowerBytes = 20;
constexpr std::size_t kTimeZoneBytes = 172;  // TIME_ZONE_INFORMATION
constexpr std::size_t kBuildStringBytes = 520;
constexpr std::size_t kDebugBuildStringBytes = 80;
constexpr std::size_t kXstateBytes = 528;  // XSTATE_CONFIG_FEATURE_MSC_INFO

struct CpuRow {
  ProcessorArchitecture architecture;
  Cpu cpu;
};
constexpr CpuRow kCpus[] = {
    {ProcessorArchitecture::kX86, Cpu::kX86},         {ProcessorArchitecture::kX86OnWin64, Cpu::kX86},
    {ProcessorArchitecture::kAmd64, Cpu::kAmd64},     {ProcessorArchitecture::kArm, Cpu::kArm},
    {ProcessorArchitecture::kArm64, Cpu::kArm64},     {ProcessorArchitecture::kArm64Old, Cpu::kArm64},
    {ProcessorArchitecture::kMips, Cpu::kMips},       {ProcessorArchitecture::kMips64, Cpu::kMips64},
    {ProcessorArchitecture::kPpc, Cpu::kPpc},         {ProcessorArchitecture::kPpc64, Cpu::kPpc64},
    {ProcessorArchitecture::kSparc, Cpu::kSparc},     {ProcessorArchitecture::kRiscv, Cpu::kRiscv},
    {ProcessorArchitecture::kRiscv64, Cpu::kRiscv64},
};

struct OsRow {
  PlatformId platform;
  Os os;
};
constexpr OsRow kSystems[] = {
    {PlatformId::kWin32s, Os::kWindows},  {PlatformId::kWin32Windows, Os::kWindows},
    {PlatformId::kWin32Nt, Os::kWindows}, {PlatformId::kMacOs, Os::kMacOs},
    {PlatformId::kIos, Os::kIos},         {PlatformId::kLinux, Os::kLinux},
    {PlatformId::kSolaris, Os::kSolaris}, {PlatformId::kAndroid, Os::kAndroid},
    {PlatformId::kPs3, Os::kPs3},         {PlatformId::kNaCl, Os::kNaCl},
    {PlatformId::kFuchsia, Os::kFuchsia},
};

Cpu CpuOf(std::uint16_t architecture) {
  for (const CpuRow& row : kCpus) {
    if (static_cast<std::uint16_t>(row.architecture) == architecture) return row.cpu;
  }
  return Cpu::kUnknown;
}

Os OsOf(std::uint32_t platform) {
  for (const OsRow& row : kSystems) {
    if (static_cast<std::uint32_t>(row.platform) == platform) return row.os;
  }
  return Os::kUnknown;
}

// "6.1.7600 Service Pack 1". Breakpad's Linux writer of old leaves the numbers zero and puts all of uname
// into the text, "Linux 3.13.0-53-generic #89-Ubuntu SMP ... x86_64": system and machine are dropped there,
// as by rust-minidump.
std::string VersionText(Os os, const std::string& numbers, std::string_view build) {
  constexpr std::string_view kSystemName = "Linux ";
  if (os == Os::kLinux && numbers == "0.0.0" && build.starts_with(kSystemName)) {
    build.remove_prefix(kSystemName.size());
    return std::string(build.substr(0, build.rfind(' ')));
  }
  if (build.empty()) return numbers;
  return numbers + " " + std::string(build);
}

// What CPU_INFORMATION says of the machine. It is a union: on x86 it begins with the CPU's vendor, on ARM of
// Linux with two numbers; for all else it holds feature bits of Windows, though some writers put CPUID there
// on amd64 all the same.
std::string CpuText(const model::SystemInfo& system, std::uint16_t level, std::uint16_t revision,
                    base::ByteReader cpu_information) {
  const bool is_linux = system.os == Os::kLinux || system.os == Os::kAndroid;
  switch (system.cpu) {
    case Cpu::kX86: return X86CpuText(base::AsText(cpu_information.ReadBytes(kVendorBytes)), level, revision);
    case Cpu::kAmd64: return X86CpuText({}, level, revision);
    case Cpu::kArm: {
      const auto cpuid = cpu_information.Read<std::uint32_t>();
      return ArmCpuText(level, cpuid, cpu_information.Read<std::uint32_t>());
    }
    case Cpu::kArm64: return is_linux ? Arm64CpuText(cpu_information.Read<std::uint32_t>()) : std::string();
    default: return {};
  }
}

std::optional<std::uint32_t> ReadFlagged(std::uint32_t flags, std::uint32_t flag, base::ByteReader& reader) {
  const auto value = reader.Read<std::uint32_t>();
  if (!reader.ok() || (flags & flag) == 0) return std::nullopt;
  return value;
}

}  // namespace

model::SystemInfo ReadSystemInfo(const Minidump& dump, model::Diagnostics& diagnostics) {
  const std::optional<base::Bytes> stream = dump.Stream(wire::StreamType::kSystemInfo);
  model::SystemInfo system;
  if (!stream) {
    diagnostics.Add(model::Stage::kMinidump, {base::Code::kNotFound, 0, "system info"});
    return system;
  }
  // MINIDUMP_SYSTEM_INFO, minidumpapiset.h.
  base::ByteReader reader = dump.Reader(*stream);
  system.cpu = CpuOf(reader.Read<std::uint16_t>());    // ProcessorArchitecture
  const auto level = reader.Read<std::uint16_t>();     // ProcessorLevel
  const auto revision = reader.Read<std::uint16_t>();  // ProcessorRevision
  system.cpu_count = reader.Read<std::uint8_t>();      // NumberOfProcessors
  reader.Skip(1);                                      // ProductType
  const auto major = reader.Read<std::uint32_t>();     // MajorVersion
  const auto minor = reader.Read<std::uint32_t>();     // MinorVersion
  const auto build = reader.Read<std::uint32_t>();     // BuildNumber
  system.os = OsOf(reader.Read<std::uint32_t>());      // PlatformId
  const auto text_rva = reader.Read<std::uint32_t>();  // CSDVersionRva
  if (!reader.ok()) {
    diagnostics.Add(model::Stage::kMinidump, {base::Code::kTruncated, stream->size(), "system info"});
    return system;
  }
  reader.Skip(4);  // SuiteMask, Reserved2
  const std::string numbers =
      std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(build);
  system.os_version = VersionText(system.os, numbers, dump.Utf16At(text_rva).value_or(std::string()));
  system.cpu_info = CpuText(system, level, revision, reader);
  system.cpu_microcode = ReadMicrocode(dump);
  return system;
}

MiscInfo ReadMiscInfo(const Minidump& dump) {
  MiscInfo info;
  if (const std::optional<base::Bytes> stream = dump.Stream(wire::StreamType::kMiscInfo)) {
    // MINIDUMP_MISC_INFO to _5, minidumpapiset.h: each version adds fields at the end.
    base::ByteReader reader = dump.Reader(*stream);
    reader.Skip(sizeof(std::uint32_t));  // SizeOfInfo
    const auto flags = reader.Read<std::uint32_t>();
    info.process_id = ReadFlagged(flags, wire::kMiscProcessId, reader);
    info.process_create_time_s = ReadFlagged(flags, wire::kMiscProcessTimes, reader);
    reader.Skip(2 * sizeof(std::uint32_t) + kProcessorPowerBytes);  // User and kernel time; version 2.
    info.integrity_level = ReadFlagged(flags, wire::kMiscIntegrity, reader);
    reader.Skip(3 * sizeof(std::uint32_t) + kTimeZoneBytes);  // The rest of version 3.
    const base::Bytes build = reader.ReadBytes(kBuildStringBytes);
    const base::Bytes debug_build = reader.ReadBytes(kDebugBuildStringBytes);
    if ((flags & wire::kMiscBuildString) != 0) {
      info.build = Utf16ToUtf8(build, dump.order());
      info.debug_build = Utf16ToUtf8(debug_build, dump.order());
    }
    reader.Skip(kXstateBytes);  // XStateData
    info.process_cookie = ReadFlagged(flags, wire::kMiscProcessCookie, reader);
  }
  if (!info.process_id) info.process_id = ReadProcStatusPid(dump);
  return info;
}

}  // namespace cairn::minidump
