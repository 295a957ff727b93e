// What `cairn export` does: an export or a data set of a running server, to a file or standard output as it
// comes.
#pragma once

#include <string>
#include <string_view>

namespace cairn::apps {

inline constexpr std::string_view kExportVerb = "export";

struct ExportOrder {
  std::string url;
  std::string token;
  std::string path = "/api/Export/";
  std::string query;   // Escaped, with the format.
  std::string output;  // The path of a file; empty: standard output.
};

// An exit code: kExitProblem, with a sentence, if the server cut it.
int ExportToFile(const ExportOrder& order);

}  // namespace cairn::apps
