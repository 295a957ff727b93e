// `cairn doctor`: says what of a server's machine, configuration and data is in order, and what to do about
// the rest.
//
// Beside a running server it asks that server how its stores are, and looks at nothing that only the owner of
// the folder may open.
#pragma once

#include <string>

namespace cairn::apps {

struct DoctorOptions {
  std::string config;  // As of `cairn serve`.
  std::string data;    // Empty: what the configuration says.
  bool json = false;
};

// kExitProblem if a check fails.
int RunDoctor(const DoctorOptions& options);

}  // namespace cairn::apps
