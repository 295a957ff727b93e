// How an annotation lies in the memory of the crashed process, where the handler reads it.
//
// Annotations form a list that only grows: CrashRequest::annotations_address leads to a pointer to the first
// node, zero ends the list. A node is 40 bytes; its numbers are native (the handler runs on the same
// machine):
//   0 next u64 | 8 name address u64 | 16 value address u64 | 24 name size u32 | 28 value size u32 | 32
//   capacity u32
// The value size is 0 while a value is absent or being replaced.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cairn::wire {

inline constexpr std::size_t kAnnotationNodeSize = 40;
inline constexpr std::size_t kAnnotationNextOffset = 0;
inline constexpr std::size_t kAnnotationNameOffset = 8;
inline constexpr std::size_t kAnnotationValueOffset = 16;
inline constexpr std::size_t kAnnotationNameSizeOffset = 24;
inline constexpr std::size_t kAnnotationValueSizeOffset = 28;
inline constexpr std::size_t kAnnotationCapacityOffset = 32;

// Limits that hold for what a (possibly corrupted) process offers. Crashpad's are 256 and 20,480 bytes; 512
// is what the collector takes.
inline constexpr std::uint32_t kMaxAnnotationNameBytes = 256;
inline constexpr std::uint32_t kMaxAnnotationValueBytes = 20480;
inline constexpr std::uint32_t kMaxAnnotations = 512;

}  // namespace cairn::wire
