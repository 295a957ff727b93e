// How much of a minidump is read at most. Beyond a limit the rest is left out and a diagnostic says so.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cairn::minidump {

// Real dumps hold 10 to 30 streams; Breakpad refuses more than 128.
inline constexpr std::uint32_t kMaxStreams = 256;

// A process with more threads or modules has not been seen; Firefox with many tabs has about 150 and 250.
inline constexpr std::uint32_t kMaxThreads = 4096;
inline constexpr std::uint32_t kMaxModules = 4096;

// Full-memory dumps have one range per mapping; Linux allows 65,530 mappings by default (vm.max_map_count).
inline constexpr std::uint32_t kMaxMemoryRanges = 1u << 18;
inline constexpr std::size_t kMaxLinuxMappings = 1u << 17;

// The same for the regions of MemoryInfoList; a browser on Windows has some thousands.
inline constexpr std::uint32_t kMaxRegions = 1u << 17;

// Windows remembers the last 64 modules that were unloaded (RTL_UNLOAD_EVENT_TRACE_NUMBER); other writers
// might more.
inline constexpr std::uint32_t kMaxUnloadedModules = 4096;

// Firefox has about 3,000 handles; a process that leaks them can have any number, and then the first tell.
inline constexpr std::uint32_t kMaxHandles = 1u << 16;

// Tables of unwind data for code that was made at run time: one per region of a JIT compiler.
inline constexpr std::uint32_t kMaxFunctionTables = 1u << 14;

// All texts of a list may be one place in the file: what is sensible for one is too much for 4,096 of them.
// Linux gives a thread 15 bytes of name, Windows any number; modules have three texts of some hundred bytes.
inline constexpr std::uint32_t kMaxThreadNameBytes = 1024;
inline constexpr std::size_t kMaxModuleTextBytes = std::size_t{16} << 20;
inline constexpr std::size_t kMaxHandleTextBytes = std::size_t{16} << 20;
inline constexpr std::size_t kMaxAnnotationTextBytes = std::size_t{16} << 20;  // The collector's limit, too.

// A Windows path has at most 32,767 units of UTF-16.
inline constexpr std::uint32_t kMaxTextBytes = 1u << 16;

// The longest id of an ELF file seen is 20 bytes (SHA-1); Breakpad refuses CodeView records over 32 KiB.
inline constexpr std::uint32_t kMaxCodeViewBytes = 1u << 15;
inline constexpr std::size_t kMaxBuildIdBytes = 64;

// The number that the collector takes with a report (docs/ARCHITECTURE.md); of the process, and of each
// module.
inline constexpr std::size_t kMaxAnnotations = 512;
// Of all modules together. Chromium has some tens.
inline constexpr std::size_t kMaxModuleAnnotations = 4096;

// What Mozilla's writer puts into a dump at most; a record's texts are of 8 KiB at most.
inline constexpr std::uint32_t kMaxMacCrashRecords = 20;

// /proc/cpuinfo of 256 CPUs has 400 KiB; what is looked for stands in the beginning.
inline constexpr std::size_t kMaxLinuxTextBytes = std::size_t{1} << 20;

// Linux has 16 limits of a process; their names and the values of text files are short.
inline constexpr std::size_t kMaxProcessLimits = 64;
inline constexpr std::size_t kMaxValueBytes = 1024;

// Errors of a writer: some hundred bytes of JSON each.
inline constexpr std::size_t kMaxSoftErrorBytes = std::size_t{1} << 20;

// A dump as text: those of Firefox take up to 12 MiB. Of one block of bytes, what a person may look at.
inline constexpr std::size_t kMaxDumpTextBytes = std::size_t{32} << 20;
inline constexpr std::size_t kMaxHexBytes = 4096;

}  // namespace cairn::minidump
