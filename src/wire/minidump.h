// The numbers of the minidump format that its writer (client, handler) and its reader share.
//
// Source: Microsoft's minidumpapiset.h (MINIDUMP_*), Breakpad's minidump_format.h for the 0x4767 streams,
// Crashpad's minidump_extensions.h for the 0x4350 stream. Sizes are of the file's layout, which has no
// padding but what is named here. A reader takes each field by value with base::ByteReader; these are no
// structs to lay over bytes.
#pragma once

#include <cstdint>

namespace cairn::wire {

inline constexpr std::uint32_t kMinidumpSignature = 0x504d444d;  // "MDMP" in a little-endian file.
inline constexpr std::uint16_t kMinidumpVersion = 0xa793;        // The low 16 bits of the version field.

// Sizes of fixed structures in bytes.
inline constexpr std::uint32_t kHeaderSize =
    32;  // signature, version, stream count, directory rva, checksum, time, flags u64
inline constexpr std::uint32_t kDirectoryEntrySize = 12;    // type, size, rva
inline constexpr std::uint32_t kLocationSize = 8;           // size, rva
inline constexpr std::uint32_t kMemoryDescriptorSize = 16;  // start u64, size u32, rva u32
inline constexpr std::uint32_t kThreadSize =
    48;  // id, suspend count, class, priority, teb u64, stack, context
inline constexpr std::uint32_t kModuleSize = 108;
inline constexpr std::uint32_t kThreadNameSize = 12;  // id u32, rva u64
inline constexpr std::uint32_t kExceptionStreamSize = 168;
inline constexpr std::uint32_t kSystemInfoSize = 56;
inline constexpr std::uint32_t kMiscInfo1Size = 24;
inline constexpr std::uint32_t kContextAmd64Size = 1232;
inline constexpr std::uint32_t kMaxExceptionParameters = 15;

enum class StreamType : std::uint32_t {
  kUnused = 0,
  kThreadList = 3,
  kModuleList = 4,
  kMemoryList = 5,
  kException = 6,
  kSystemInfo = 7,
  kThreadExList = 8,
  kMemory64List = 9,
  kCommentA = 10,
  kCommentW = 11,
  kHandleData = 12,
  kFunctionTable = 13,
  kUnloadedModuleList = 14,
  kMiscInfo = 15,
  kMemoryInfoList = 16,
  kThreadInfoList = 17,
  kHandleOperationList = 18,
  kToken = 19,
  kJavaScriptData = 20,
  kSystemMemoryInfo = 21,
  kProcessVmCounters = 22,
  kIptTrace = 23,
  kThreadNames = 24,
  kBreakpadInfo = 0x47670001,
  kAssertionInfo = 0x47670002,
  kLinuxCpuInfo = 0x47670003,
  kLinuxProcStatus = 0x47670004,
  kLinuxLsbRelease = 0x47670005,
  kLinuxCommandLine = 0x47670006,
  kLinuxEnviron = 0x47670007,
  kLinuxAuxv = 0x47670008,
  kLinuxMaps = 0x47670009,
  kLinuxDsoDebug = 0x4767000a,
  kCrashpadInfo = 0x43500001,
  kStabilityReport = 0x4b6b0002,
  kMozMacosCrashInfo = 0x4d7a0001,
  kMozMacosBootargs = 0x4d7a0002,
  kMozLinuxLimits = 0x4d7a0003,
  kMozSoftErrors = 0x4d7a0004,
};

// MINIDUMP_SYSTEM_INFO.ProcessorArchitecture.
enum class ProcessorArchitecture : std::uint16_t {
  kX86 = 0,
  kMips = 1,
  kPpc = 3,
  kArm = 5,
  kAmd64 = 9,
  kX86OnWin64 = 10,
  kArm64 = 12,
  kSparc = 0x8001,
  kPpc64 = 0x8002,
  kArm64Old = 0x8003,
  kMips64 = 0x8004,
  kRiscv = 0x8005,
  kRiscv64 = 0x8006,
  kUnknown = 0xffff,
};

// MINIDUMP_SYSTEM_INFO.PlatformId.
enum class PlatformId : std::uint32_t {
  kWin32s = 0,
  kWin32Windows = 1,
  kWin32Nt = 2,
  kMacOs = 0x8101,
  kIos = 0x8102,
  kLinux = 0x8201,
  kSolaris = 0x8202,
  kAndroid = 0x8203,
  kPs3 = 0x8204,
  kNaCl = 0x8205,
  kFuchsia = 0x8206,
};

// CodeView records: the u32 at their start.
inline constexpr std::uint32_t kCodeViewPdb70 = 0x53445352;  // "RSDS": GUID, age u32, file name
inline constexpr std::uint32_t kCodeViewPdb20 =
    0x3031424e;  // "NB10": offset u32, signature u32, age u32, file name
inline constexpr std::uint32_t kCodeViewElf = 0x4270454c;  // "LEpB": the build id

// MINIDUMP_MEMORY_INFO_LIST and its entries: base, allocation base u64; allocation protection, alignment u32;
// size u64; state, protection, type, alignment u32. The numbers are winnt.h's.
inline constexpr std::uint32_t kMemoryInfoHeaderSize = 16;
inline constexpr std::uint32_t kMemoryInfoSize = 48;
inline constexpr std::uint32_t kMemoryCommitted = 0x1000;
inline constexpr std::uint32_t kMemoryPrivate = 0x20000;
inline constexpr std::uint32_t kMemoryMapped = 0x40000;
inline constexpr std::uint32_t kPageNoAccess = 0x01;
inline constexpr std::uint32_t kPageReadOnly = 0x02;
inline constexpr std::uint32_t kPageReadWrite = 0x04;
inline constexpr std::uint32_t kPageWriteCopy = 0x08;
inline constexpr std::uint32_t kPageExecute = 0x10;
inline constexpr std::uint32_t kPageExecuteRead = 0x20;
inline constexpr std::uint32_t kPageExecuteReadWrite = 0x40;
inline constexpr std::uint32_t kPageExecuteWriteCopy = 0x80;
inline constexpr std::uint32_t kPageGuard = 0x100;  // The next access raises an exception.

// Entries of lists that begin with their own sizes (minidumpapiset.h): unloaded modules, handles, thread
// infos.
inline constexpr std::uint32_t kUnloadedModuleSize = 24;  // base u64; size, checksum, timestamp, name rva u32
// Handle u64; type name rva, object name rva, attributes, access, handle count, pointer count u32. Version 2
// adds the rva of more information and a reserved u32.
inline constexpr std::uint32_t kHandleDescriptorSize = 32;
inline constexpr std::uint32_t kThreadInfoSize = 64;

// MINIDUMP_MISC_INFO.Flags1.
inline constexpr std::uint32_t kMiscProcessId = 0x1;
inline constexpr std::uint32_t kMiscProcessTimes = 0x2;
inline constexpr std::uint32_t kMiscProcessorPower = 0x4;
inline constexpr std::uint32_t kMiscIntegrity = 0x10;
inline constexpr std::uint32_t kMiscExecuteFlags = 0x20;
inline constexpr std::uint32_t kMiscTimeZone = 0x40;
inline constexpr std::uint32_t kMiscProtectedProcess = 0x80;
inline constexpr std::uint32_t kMiscBuildString = 0x100;
inline constexpr std::uint32_t kMiscProcessCookie = 0x200;

// CONTEXT.ContextFlags on amd64: the CPU's bit, then which parts are filled.
inline constexpr std::uint32_t kContextAmd64 = 0x00100000;
inline constexpr std::uint32_t kContextAmd64Control = kContextAmd64 | 1;
inline constexpr std::uint32_t kContextAmd64Integer = kContextAmd64 | 2;
inline constexpr std::uint32_t kContextAmd64Segments = kContextAmd64 | 4;
inline constexpr std::uint32_t kContextAmd64FloatingPoint = kContextAmd64 | 8;

// Offsets of fields in CONTEXT on amd64 (winnt.h, _CONTEXT). The 16 integer registers follow Rax in hardware
// order: rax rcx rdx rbx rsp rbp rsi rdi r8 ... r15, then rip.
inline constexpr std::uint32_t kContextAmd64FlagsOffset = 0x30;
inline constexpr std::uint32_t kContextAmd64SegmentsOffset = 0x38;  // cs ds es fs gs ss, u16 each
inline constexpr std::uint32_t kContextAmd64EflagsOffset = 0x44;
inline constexpr std::uint32_t kContextAmd64RaxOffset = 0x78;
inline constexpr std::uint32_t kContextAmd64RipOffset = 0xf8;
inline constexpr std::uint32_t kContextAmd64FxSaveOffset = 0x100;  // 512 bytes, FXSAVE layout

// CrashpadInfo stream: version u32, report id 16 bytes, client id 16 bytes, simple annotations {size, rva} of
// a dictionary, module list {size, rva}. A dictionary is a u32 count and {key rva, value rva} pairs; each rva
// leads to a u32 length and UTF-8 bytes with a zero behind them.
inline constexpr std::uint32_t kCrashpadInfoVersion = 1;
inline constexpr std::uint32_t kCrashpadInfoSize = 52;

}  // namespace cairn::wire
