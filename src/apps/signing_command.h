// `cairn signature preview|save|undo|history|merge|rename|split|resolve|similar`: what signatures are made
// by, and which are alike, over a running server's API.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cairn::apps {

class SigningVerbs {
 public:
  explicit SigningVerbs(CLI::App& app);
  SigningVerbs(const SigningVerbs&) = delete;  // CLI11 points into it.
  SigningVerbs& operator=(const SigningVerbs&) = delete;

  bool parsed() const { return noun_->parsed(); }
  // An exit code: kExitProblem if the server refuses what it is asked.
  int Run() const;

 private:
  CLI::App* Verb(const std::string& name, const std::string& what);
  int SendSettings(const std::string& verb) const;
  int SendOrder(const std::string& verb, const std::string& body) const;
  int Ask(const std::string& verb, const std::string& path) const;
  int AskSimilar() const;
  int Print(const std::string& verb, const std::string& answer) const;

  CLI::App* noun_;
  std::string url_;
  std::string token_;
  std::string lists_;  // A folder; empty: Cairn's own.
  std::string rules_;  // A file; empty: none.
  std::string why_;
  std::string to_;
  std::string signature_;
  std::vector<std::string> from_;
  std::int64_t decision_ = 0;
  int count_ = 10;
  bool json_ = false;
};

// The body of a preview or a save: the four lists of a folder, and a file of rules. Empty paths: Cairn's own,
// none.
base::Result<std::string> SettingsBody(const std::string& lists_folder, const std::string& rules_path,
                                       const std::string& why);

// A preview as lines for people; nothing if it is none.
std::optional<std::string> DescribePreview(std::string_view json);
// Revisions, the newest first, as lines.
std::optional<std::string> DescribeHistory(std::string_view json);
// Signatures that are alike one as a table, and under each the frames that matched.
std::optional<std::string> DescribeSimilar(std::string_view json);

// "bp-de1bb258-cbbf-4589-a673-34f800160918" without "bp-"; empty if it is no crash id.
std::string_view CrashIdIn(std::string_view word);

}  // namespace cairn::apps
