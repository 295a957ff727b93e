// `cairn symbols missing`: which modules a running server wants symbols of.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cairn::apps {

class SymbolsMissingVerb {
 public:
  // Adds itself to the noun `symbols`.
  explicit SymbolsMissingVerb(CLI::App& symbols);
  SymbolsMissingVerb(const SymbolsMissingVerb&) = delete;  // CLI11 points into it.
  SymbolsMissingVerb& operator=(const SymbolsMissingVerb&) = delete;

  bool parsed() const { return verb_->parsed(); }
  int Run() const;  // An exit code.

 private:
  CLI::App* verb_;
  std::string url_;
  std::string token_;
  std::string file_;
  std::string date_;
  std::string format_ = "table";
  std::int64_t count_ = 100;
};

// The answer of GET /api/MissingSymbols/ as lines for people; nothing if it is none.
std::optional<std::string> DescribeMissing(std::string_view json);

}  // namespace cairn::apps
