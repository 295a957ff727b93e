// `cairn reprocess`: has crashes processed again, over a running server's API.
#pragma once

#include <string>
#include <vector>

namespace cairn::apps {

struct Reprocess {
  std::string url;
  std::string token;             // With the permission to reprocess.
  std::vector<std::string> ids;  // "-" reads ids from standard input, one a line.
  std::string query;             // A query string of Super Search.
  std::string signature;
  bool set_aside = false;
};

// The forms to be posted, each at most 100 ids long.
std::vector<std::string> ReprocessingForms(const Reprocess& asked);

// An exit code.
int ReprocessCrashes(Reprocess asked);

}  // namespace cairn::apps
