// The tables of examples that lie beside a checkout, in tests. Where CAIRN_FIXTURES is not set they are
// absent, and a test that needs them says so aloud (GTEST_SKIP).
#pragma once

#include <cstdlib>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

namespace cairn::testing {

// The folder of sample pings; nothing if there are no fixtures.
inline std::optional<std::string> PingFixtures() {
  const char* const fixtures = std::getenv("CAIRN_FIXTURES");
  if (fixtures == nullptr) return std::nullopt;
  return std::string(fixtures) + "/pings";
}

// The rows of a table of fields between tabs, without its heading.
inline std::vector<std::vector<std::string>> FixtureRows(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::vector<std::string>> rows;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::vector<std::string>& fields = rows.emplace_back();
    std::size_t start = 0;
    for (;;) {
      const std::size_t end = line.find('\t', start);
      fields.push_back(line.substr(start, end - start));
      if (end == std::string::npos) break;
      start = end + 1;
    }
  }
  return rows;
}

}  // namespace cairn::testing
