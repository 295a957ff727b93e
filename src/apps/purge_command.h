// `cairn purge`: removes every trace of crashes, in the data folder or through the server that owns it.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace cairn::apps {

class PurgeVerb {
 public:
  explicit PurgeVerb(CLI::App& app);
  PurgeVerb(const PurgeVerb&) = delete;  // CLI11 points into it.
  PurgeVerb& operator=(const PurgeVerb&) = delete;

  bool parsed() const { return verb_->parsed(); }
  // An exit code: kExitProblem if nothing is known of an id. Call it while there is one thread.
  int Run() const;

 private:
  int PurgeInFolder(const std::vector<std::string>& ids) const;
  int PurgeThroughOwner(const std::vector<std::string>& ids, const std::string& holder) const;

  CLI::App* verb_;
  std::vector<std::string> ids_;
  std::string data_ = "cairn-data";
  std::string url_;
  std::string token_;
  bool with_counterparts_ = false;
};

}  // namespace cairn::apps
