// Under which names clients send what every report should say: Firefox and Cairn's own client use the first
// of each row, Crashpad and Breakpad the others.
#pragma once

#include <array>
#include <string_view>

namespace cairn::intake {

using AnnotationNames = std::array<std::string_view, 3>;  // Padded with empty texts.

inline constexpr AnnotationNames kProductNames = {"ProductName", "prod", "product"};
inline constexpr AnnotationNames kVersionNames = {"Version", "ver"};
inline constexpr AnnotationNames kBuildIdNames = {"BuildID", "build_id"};
inline constexpr AnnotationNames kReleaseChannelNames = {"ReleaseChannel", "channel"};
inline constexpr AnnotationNames kProcessTypeNames = {"ProcessType", "ptype"};

// All names of an annotation, if it is the first of a row, else itself alone.
constexpr AnnotationNames AllNamesOf(std::string_view annotation) {
  for (const AnnotationNames& names :
       {kProductNames, kVersionNames, kBuildIdNames, kReleaseChannelNames, kProcessTypeNames}) {
    if (names[0] == annotation) return names;
  }
  return {annotation};
}

}  // namespace cairn::intake
