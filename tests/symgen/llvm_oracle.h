// What llvm-symbolizer says of addresses of a binary, and what Cairn says of them by the symbols that it made
// of it.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "analysis/symgen/generate.h"
#include "formats/symfile/symbol_cache.h"

namespace cairn::symgen_test {

struct Place {
  std::string function;
  std::string file;
  std::uint32_t line = 0;
};
// Innermost first.
using Places = std::vector<Place>;

inline bool HasSymbolizer() { return std::system("llvm-symbolizer-19 --version >/dev/null 2>&1") == 0; }

inline std::string Show(const Places& places) {
  std::ostringstream text;
  for (const Place& place : places)
    text << "\n    " << place.function << " " << place.file << ":" << place.line;
  return text.str();
}

inline base::Result<std::string> Generate(const symgen::GenerateInput& input) {
  std::string text;
  RETURN_IF_ERROR(symgen::GenerateSymbols(input, [&text](std::string_view piece) {
    text += piece;
    return base::Status();
  }));
  return text;
}

// Start and size of every line row, as offsets in the module.
inline std::vector<std::pair<std::uint64_t, std::uint64_t>> LineRows(const std::string& symbols) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> rows;
  std::istringstream lines(symbols);
  for (std::string line; std::getline(lines, line);) {
    unsigned long long start = 0;
    unsigned long long size = 0;
    if (line.empty() || !isxdigit(line[0]) || line.starts_with("F")) continue;
    if (sscanf(line.c_str(), "%llx %llx ", &start, &size) == 2) rows.emplace_back(start, size);
  }
  return rows;
}

// Start and last byte of each, ascending.
inline std::vector<std::uint64_t> LineAddresses(const std::string& symbols) {
  std::set<std::uint64_t> addresses;
  for (const auto& [start, size] : LineRows(symbols)) {
    addresses.insert(start);
    addresses.insert(start + size - 1);
  }
  return {addresses.begin(), addresses.end()};
}

// In the order of the addresses, which are offsets in the module. `options` name the binary.
inline std::vector<Places> Symbolize(const std::string& options,
                                     const std::vector<std::uint64_t>& addresses) {
  const std::string input = testing::TempDir() + "/addresses." + std::to_string(getpid());
  FILE* file = fopen(input.c_str(), "w");
  for (const std::uint64_t address : addresses)
    fprintf(file, "0x%llx\n", static_cast<unsigned long long>(address));
  fclose(file);
  FILE* pipe = popen(("llvm-symbolizer-19 --relative-address " + options + " < " + input).c_str(), "r");
  std::string text;
  char buffer[1 << 16];
  while (const std::size_t size = fread(buffer, 1, sizeof buffer, pipe)) text.append(buffer, size);
  pclose(pipe);
  unlink(input.c_str());

  std::vector<Places> all(1);
  std::istringstream lines(text);
  for (std::string function; std::getline(lines, function);) {
    if (function.empty()) {
      all.emplace_back();
      continue;
    }
    std::string place;
    std::getline(lines, place);  // file:line:column
    const std::size_t column = place.rfind(':');
    const std::size_t line = place.rfind(':', column - 1);
    all.back().push_back({function, std::filesystem::path(place.substr(0, line)).lexically_normal(),
                          static_cast<std::uint32_t>(std::stoul(place.substr(line + 1, column - line - 1)))});
  }
  all.pop_back();  // Every answer ends in an empty line.
  return all;
}

inline Places Ours(const symfile::SymbolCache& cache, std::uint64_t address) {
  Places places;
  const auto found = cache.Symbolize({address});
  if (!found) return places;
  for (const model::SourceLocation& call : found->inlines)
    places.push_back({call.function, call.file, call.line});
  places.push_back({found->location.function, found->location.file, found->location.line});
  return places;
}

}  // namespace cairn::symgen_test
