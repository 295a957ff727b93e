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

// All texts of a list may be one place in the file: what is sensible for one is too much for 4,096 of them.
// Linux gives a thread 15 bytes of name, Windows any number; modules have three texts of some hundred bytes.
inline constexpr std::uint32_t kMaxThreadNameBytes = 1024;
inline constexpr std::size_t kMaxModuleTextBytes = std::size_t{16} << 20;

// A Windows path has at most 32,767 units of UTF-16.
inline constexpr std::uint32_t kMaxTextBytes = 1u << 16;

// The longest id of an ELF file seen is 20 bytes (SHA-1); Breakpad refuses CodeView records over 32 KiB.
inline constexpr std::uint32_t kMaxCodeViewBytes = 1u << 15;
inline constexpr std::size_t kMaxBuildIdBytes = 64;

// The number that the collector takes with a report (docs/ARCHITECTURE.md).
inline constexpr std::size_t kMaxAnnotations = 512;

}  // namespace cairn::minidump
