#include "formats/minidump/system_info.h"

#include <charconv>
#include <string>
#include <string_view>

namespace cairn::minidump {
namespace {

using model::Cpu;
using model::Os;
using wire::PlatformId;
using wire::ProcessorArchitecture;

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

std::string X86CpuText(std::string_view vendor, std::uint16_t level, std::uint16_t revision) {
  std::string text(vendor);
  if (!text.empty()) text += ' ';
  return text + "family " + std::to_string(level) + " model " + std::to_string(revision >> 8) + " stepping " +
         std::to_string(revision & 0xff);
}

// The number behind "Pid:" in /proc/PID/status.
std::optional<std::uint32_t> ProcStatusPid(std::string_view text) {
  constexpr std::string_view kKey = "\nPid:";
  const std::size_t at = text.find(kKey);
  if (at == std::string_view::npos) return std::nullopt;
  text.remove_prefix(at + kKey.size());
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  std::uint32_t process_id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), process_id);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  return process_id;
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
  reader.Skip(4);                                   // SuiteMask, Reserved2
  const base::Bytes vendor = reader.ReadBytes(12);  // Cpu.X86CpuInfo.VendorId
  const std::string numbers =
      std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(build);
  system.os_version = VersionText(system.os, numbers, dump.Utf16At(text_rva).value_or(std::string()));
  // On amd64 the union holds feature bits and no vendor, though some writers put CPUID there all the same.
  if (system.cpu == Cpu::kX86) system.cpu_info = X86CpuText(base::AsText(vendor), level, revision);
  if (system.cpu == Cpu::kAmd64) system.cpu_info = X86CpuText({}, level, revision);
  return system;
}

MiscInfo ReadMiscInfo(const Minidump& dump) {
  MiscInfo info;
  if (const std::optional<base::Bytes> stream = dump.Stream(wire::StreamType::kMiscInfo)) {
    base::ByteReader reader = dump.Reader(*stream);  // MINIDUMP_MISC_INFO, minidumpapiset.h.
    reader.Skip(sizeof(std::uint32_t));              // SizeOfInfo
    const auto flags = reader.Read<std::uint32_t>();
    const auto process_id = reader.Read<std::uint32_t>();
    const auto create_time_s = reader.Read<std::uint32_t>();
    if (reader.ok() && (flags & wire::kMiscProcessId) != 0) info.process_id = process_id;
    if (reader.ok() && (flags & wire::kMiscProcessTimes) != 0) info.process_create_time_s = create_time_s;
  }
  if (!info.process_id) {
    const std::optional<base::Bytes> status = dump.Stream(wire::StreamType::kLinuxProcStatus);
    if (status) info.process_id = ProcStatusPid(base::AsText(*status));
  }
  return info;
}

}  // namespace cairn::minidump
