// `cairn report get`: single crashes of a running server, processed, as they were submitted, or their dumps.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cairn::apps {

class ReportVerb {
 public:
  explicit ReportVerb(CLI::App& app);
  ReportVerb(const ReportVerb&) = delete;  // CLI11 points into it.
  ReportVerb& operator=(const ReportVerb&) = delete;

  bool parsed() const { return get_->parsed(); }
  int Run() const;  // An exit code: the worst of all ids.

 private:
  int Get(const std::string& id) const;

  CLI::App* get_;
  std::string url_;
  std::string token_;
  std::vector<std::string> ids_;
  bool raw_ = false;
  std::string dump_;
  std::string format_ = "json";
};

// The answer of GET /api/ProcessedCrash/ for people: what crashed, and the crashing thread's frames. Nothing
// if the text is none.
std::optional<std::string> DescribeCrash(std::string_view json);

}  // namespace cairn::apps
