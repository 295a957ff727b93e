// cairn-symgen: makes Breakpad symbol files of ELF binaries. `cairn symbols gen` runs it.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "analysis/symgen/generate.h"
#include "apps/command.h"
#include "base/hex.h"
#include "formats/object/elf_file.h"
#include "formats/symfile/symbol_path.h"
#include "os/file.h"

namespace cairn {
namespace {

using apps::kExitOk;
using apps::kExitProblem;
using apps::kExitUsage;

// Where Debian and Fedora packages keep debug information, by build id.
constexpr const char* kDebugFolder = "/usr/lib/debug/.build-id";

struct Options {
  std::vector<std::string> files;
  std::string output;
  std::string store;
  std::string debug_file;
  std::string name;
};

int Complain(const std::string& path, const base::Error& error, const char* advice) {
  std::fprintf(stderr, "cairn-symgen: %s: %s: %s\n", path.c_str(), base::Describe(error).c_str(), advice);
  return apps::ExitCodeOf(error);
}

// Crash reports name a module by the file that was mapped, which is where symbolic links lead.
std::string ModuleName(const Options& options, const std::string& path) {
  if (!options.name.empty()) return options.name;
  std::error_code error;
  const std::filesystem::path real = std::filesystem::canonical(path, error);
  return (error ? std::filesystem::path(path) : real).filename().string();
}

bool HasDebugInfo(const object::ElfFile& file) {
  return file.FindSection(".debug_info") != nullptr || file.FindSection(".zdebug_info") != nullptr;
}

// The path of a stripped binary's debug information; empty if the binary has its own, or if there is none.
std::string FindDebugFile(const Options& options, base::Bytes bytes) {
  if (!options.debug_file.empty()) return options.debug_file;
  const auto file = object::ElfFile::Open(bytes);
  if (!file || HasDebugInfo(*file)) return {};
  const std::string id = base::BytesToHex(file->build_id());
  if (id.size() < 4) return {};
  std::string path = std::string(kDebugFolder) + "/" + id.substr(0, 2) + "/" + id.substr(2) + ".debug";
  return os::Inspect(path) ? path : std::string();
}

int WriteSymbols(const Options& options, const std::string& name, const symgen::GeneratedSymbols& symbols) {
  if (options.store.empty() && options.output.empty()) {
    if (const base::Status written = os::WriteAll(STDOUT_FILENO, base::AsBytes(symbols.text)); !written) {
      return Complain("standard output", written.error(), "check where it leads to");
    }
    return kExitOk;
  }
  std::string path = options.output;
  if (!options.store.empty()) {
    model::Module module;
    module.debug_file = name;
    module.debug_id = symbols.debug_id;
    const std::string relative = symfile::SymbolPath(module);
    if (relative.empty()) {
      std::fprintf(stderr, "cairn-symgen: %s: not a name for a symbol file: give another with --name\n",
                   name.c_str());
      return kExitProblem;
    }
    path = options.store + "/" + relative;
    const std::string folder = path.substr(0, path.rfind('/'));
    if (const base::Status made = os::MakeDirectories(folder); !made) {
      return Complain(folder, made.error(), "choose a --store that can be written");
    }
  }
  if (const base::Status written = os::WriteOutput(path, base::AsBytes(symbols.text)); !written) {
    return Complain(path, written.error(), "choose a place that can be written");
  }
  if (!options.store.empty()) std::printf("%s\n", path.c_str());
  return kExitOk;
}

int GenerateOne(const Options& options, const std::string& path) {
  const auto binary = os::MappedFile::Open(path);
  if (!binary) return Complain(path, binary.error(), "check the path");
  const std::string debug_path = FindDebugFile(options, binary->bytes());
  std::optional<os::MappedFile> debug_file;
  if (!debug_path.empty()) {
    auto opened = os::MappedFile::Open(debug_path);
    if (!opened) return Complain(debug_path, opened.error(), "check the path");
    debug_file.emplace(*std::move(opened));
  }

  symgen::GenerateInput input;
  input.file = binary->bytes();
  if (debug_file) input.debug_file = debug_file->bytes();
  input.name = ModuleName(options, path);
  const auto symbols = symgen::GenerateSymbols(input);
  if (!symbols) return Complain(path, symbols.error(), "give an ELF binary, shared library or debug file");
  if (symbols->functions == 0) {
    std::fprintf(stderr,
                 "cairn-symgen: %s: no debug information: its symbols name exported functions only; "
                 "give the file that has it with --debug-file\n",
                 path.c_str());
  }
  if (symbols->complaints != 0) {
    std::fprintf(stderr, "cairn-symgen: %s: %zu places could not be read and were left out\n", path.c_str(),
                 symbols->complaints);
  }
  return WriteSymbols(options, input.name, *symbols);
}

int GenerateAll(const Options& options) {
  const bool show_progress = options.files.size() > 1 && isatty(STDERR_FILENO) != 0;
  int exit_code = kExitOk;
  for (std::size_t i = 0; i < options.files.size(); ++i) {
    if (show_progress)
      std::fprintf(stderr, "\r\033[K[%zu/%zu] %s", i + 1, options.files.size(), options.files[i].c_str());
    const int code = GenerateOne(options, options.files[i]);
    exit_code = std::max(exit_code, code);
  }
  if (show_progress) std::fprintf(stderr, "\r\033[K");
  return exit_code;
}

int Main(int argc, char** argv) {
  Options options;
  CLI::App app("Makes Breakpad symbol files (.sym) of ELF binaries with DWARF debug information.",
               "cairn-symgen");
  app.add_option("FILE", options.files, "ELF binaries, shared libraries or debug files")->required();
  CLI::Option* output =
      app.add_option("-o,--output", options.output, "Write to this file instead of standard output");
  app.add_option("--store", options.store, "Write DIR/NAME/ID/NAME.sym for each FILE and print the paths")
      ->type_name("DIR")
      ->excludes(output);
  app.add_option("--debug-file", options.debug_file, "Where the debug information of a stripped FILE is");
  app.add_option("--name", options.name, "What crash reports call the module; else the name of FILE");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitOk : kExitUsage;
  }
  const bool for_one_file = options.store.empty() || !options.debug_file.empty() || !options.name.empty();
  if (options.files.size() > 1 && for_one_file) {
    std::fprintf(stderr, "cairn-symgen: %zu files: give --store DIR, and neither --debug-file nor --name\n",
                 options.files.size());
    return kExitUsage;
  }
  return GenerateAll(options);
}

}  // namespace
}  // namespace cairn

int main(int argc, char** argv) { return cairn::Main(argc, argv); }
