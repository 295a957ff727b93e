// Makes symbol files of many binaries at once, and says what happened to each.
#pragma once

#include <string>
#include <vector>

#include "apps/symgen_inputs.h"

namespace cairn::apps {

struct SymgenPlan {
  std::string output;  // A file, if there is one job; empty: standard output, or `store`.
  std::string store;   // The folder that gets NAME/ID/NAME.sym for each.
  // A file that gets a line for each job: the path of its symbol file, empty if there is none; the binary;
  // its debug file, if it has one. Tabs between them. Empty: no such file.
  std::string sources;
  unsigned threads = 1;
};

// Messages and the paths in the store come in the order of the jobs, whichever is ready first. Progress is
// shown on a terminal alone. Gives the exit code: that of the worst job.
int RunSymgen(const std::vector<SymgenJob>& jobs, const SymgenPlan& plan);

}  // namespace cairn::apps
