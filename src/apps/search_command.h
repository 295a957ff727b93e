// `cairn search`, `cairn facet` and `cairn export`: what a running server finds, for terminals and for
// scripts.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/output_table.h"

namespace cairn::apps {

class SearchVerbs {
 public:
  explicit SearchVerbs(CLI::App& app);
  SearchVerbs(const SearchVerbs&) = delete;  // CLI11 points into it.
  SearchVerbs& operator=(const SearchVerbs&) = delete;

  bool parsed() const { return search_->parsed() || facet_->parsed() || export_->parsed(); }
  int Run() const;  // An exit code.

 private:
  int Search(std::string query) const;
  int Facet(std::string query) const;
  int Export(std::string query) const;
  void AddColumns(std::string& query) const;

  CLI::App* search_;
  CLI::App* facet_;
  CLI::App* export_;
  std::string url_;
  std::string token_;
  std::vector<std::string> words_;  // QueryStringOf.
  std::vector<std::string> columns_;
  std::vector<std::string> facets_;
  std::vector<std::string> sort_;
  std::string number_ = "100";
  std::uint32_t size_ = 50;
  std::string format_ = "table";
  std::string export_format_ = "csv";
  std::string data_set_;
  std::string day_;
  std::string output_;
};

// A server's address and a token, as every command takes them that asks a server.
void AddServerOptions(CLI::App& verb, std::string& url, std::string& token);

// The facets of an answer of GET /api/SuperSearch/, one table for each that has no facets within. Its head is
// the path, such as "product", "version", and "count"; estimates stand behind it. Nothing if the text is no
// such answer.
std::optional<std::vector<OutputTable>> TablesOfFacets(std::string_view json);

}  // namespace cairn::apps
