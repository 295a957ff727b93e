// `cairn product`: what a data folder knows of products: who may fetch their symbols, and how long their
// crashes are kept. Works while the server runs, which sees a change at once.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

#include "server/store/directory.h"

namespace cairn::apps {

class ProductVerbs {
 public:
  explicit ProductVerbs(CLI::App& app);
  ProductVerbs(const ProductVerbs&) = delete;  // CLI11 points into it.
  ProductVerbs& operator=(const ProductVerbs&) = delete;

  bool parsed() const { return noun_->parsed(); }
  // An exit code.
  int Run() const;

 private:
  CLI::App* Verb(const std::string& name, const std::string& what);
  int Set(store::Directory& directory) const;
  int Remove(store::Directory& directory) const;

  CLI::App* noun_;
  CLI::App* set_;
  CLI::App* list_;
  CLI::App* remove_;
  std::string data_ = "cairn-data";
  std::string name_;
  std::string symbols_;
  std::int64_t report_days_ = 0;
  std::int64_t ping_days_ = 0;
};

}  // namespace cairn::apps
