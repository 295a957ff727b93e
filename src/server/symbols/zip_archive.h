// Reads the members of a zip file in order, without trusting a single number in it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/byte_reader.h"
#include "base/result.h"

namespace cairn::symbols {

inline constexpr std::size_t kMaxMembers = 10'000;
// The largest symbol file that compiles.
inline constexpr std::uint64_t kMaxMemberBytes = std::uint64_t{2} << 30;
inline constexpr std::uint64_t kMaxInflatedBytes = std::uint64_t{8} << 30;  // Of all members together.
// Symbol files shrink by 4 to 12 times.
inline constexpr std::uint64_t kMaxZipRatio = 200;
inline constexpr std::uint64_t kZipRatioFloorBytes = std::uint64_t{64} << 20;

struct ZipMember {
  std::string name;
  std::uint64_t size = 0;  // As the archive says, which need not be true; 0 if it does not.
};

struct ZipVisitor {
  // Once per member that is a file. Whether its content is wanted.
  std::function<base::Result<bool>(const ZipMember& member)> begin;
  std::function<base::Status(base::Bytes piece)> data;
  std::function<base::Status()> end;
};

// Stops at the first error of the archive or of the visitor. kLimitExceeded past the limits above.
base::Status VisitZip(base::Bytes zip, const ZipVisitor& visitor);

}  // namespace cairn::symbols
