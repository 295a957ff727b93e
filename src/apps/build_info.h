// Which build this is, as Dockerflow's /__version__ says it.
#pragma once

#include <string>
#include <string_view>

namespace cairn::apps {

// What was not known when it was built is empty.
struct BuildInfo {
  std::string_view source;   // Where the source code is to be had: a URL.
  std::string_view version;  // "0.1.0"
  std::string_view commit;   // 40 hexadecimal digits.
  std::string_view build;    // Who built it: a URL.
};
extern const BuildInfo kBuildInfo;  // In a file that the build makes: cmake/build_info.cmake.

// {"source":"","version":"0.1.0","commit":"...","build":""}
std::string BuildInfoAsJson();

}  // namespace cairn::apps
