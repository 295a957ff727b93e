// Runs a program of the build and gives what it wrote: for whole-program tests.
#pragma once

#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

namespace cairn::tests {

struct CommandResult {
  int exit_code = -1;  // -1: it did not end by itself.
  std::string output;
  std::string errors;
};

inline std::string ReadWhole(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline void WriteWhole(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

// `scratch` is a folder that takes the program's stderr. Words must not hold single quotes.
inline CommandResult RunCommand(const std::vector<std::string>& words, const std::filesystem::path& scratch) {
  CommandResult result;
  const std::filesystem::path errors = scratch / "stderr.txt";
  std::string line;
  for (const std::string& word : words) line += "'" + word + "' ";
  std::FILE* const pipe = popen((line + "2>'" + errors.string() + "'").c_str(), "r");
  if (pipe == nullptr) return result;
  char buffer[1 << 16];
  while (const std::size_t size = std::fread(buffer, 1, sizeof(buffer), pipe))
    result.output.append(buffer, size);
  const int status = pclose(pipe);
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  result.errors = ReadWhole(errors);
  return result;
}

// The dumps of others that $CAIRN_FIXTURES holds, or nothing.
inline std::optional<std::filesystem::path> FixtureMinidumps() {
  const char* const fixtures = std::getenv("CAIRN_FIXTURES");
  if (fixtures == nullptr) return std::nullopt;
  const std::filesystem::path minidumps = std::filesystem::path(fixtures) / "minidumps";
  return std::filesystem::is_directory(minidumps) ? std::optional(minidumps) : std::nullopt;
}

// Copies a folder of dumps that brings an unpack.sh and runs that. The copy can be written, which the
// original need not be.
inline bool CopyUnpacked(const std::filesystem::path& source, const std::filesystem::path& target) {
  const std::filesystem::path scratch = target.parent_path();
  const auto works = [&](const std::vector<std::string>& words) {
    return RunCommand(words, scratch).exit_code == 0;
  };
  return works({"cp", "-r", "--no-preserve=mode", source.string(), target.string()}) &&
         works({"sh", (target / "unpack.sh").string()});
}

}  // namespace cairn::tests
