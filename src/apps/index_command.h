// `cairn index`: what is done to the index of a data folder while no server runs on it.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace cairn::apps {

class IndexVerbs {
 public:
  explicit IndexVerbs(CLI::App& app);
  IndexVerbs(const IndexVerbs&) = delete;  // CLI11 points into it.
  IndexVerbs& operator=(const IndexVerbs&) = delete;

  bool parsed() const { return noun_->parsed(); }
  // An exit code. Call it while there is one thread.
  int Run() const;

 private:
  CLI::App* noun_;
  CLI::App* rebuild_;
  CLI::App* sweep_;
  std::string data_ = "cairn-data";
  std::string config_;  // The server's, for its annotations; empty: none.
};

}  // namespace cairn::apps
