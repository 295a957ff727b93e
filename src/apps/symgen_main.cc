// cairn-symgen: makes Breakpad symbol files of binaries. `cairn symbols gen` runs it.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "apps/command.h"
#include "apps/symgen_convert.h"
#include "apps/symgen_inputs.h"
#include "apps/symgen_run.h"

namespace cairn::apps {
namespace {

// Where Debian and Fedora packages keep debug information.
constexpr const char* kDebugFolder = "/usr/lib/debug";

int Main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() >= 2 && words[0] == "--convert")
    return ConvertInSandbox(words[1], words.size() > 2 && words[2] == "--with-debug-file");
  SymgenInputs inputs;
  SymgenPlan plan;
  plan.threads = std::max(1u, std::thread::hardware_concurrency());
  CLI::App app(
      "Makes Breakpad symbol files (.sym) of programs and libraries: ELF and Mach-O with DWARF, PE with PDB "
      "or DWARF.",
      "cairn-symgen");
  app.add_option("FILE", inputs.paths, "Binaries, debug files, PDBs, dSYM bundles, or folders of them")
      ->required();
  CLI::Option* output =
      app.add_option("-o,--output", plan.output, "Write to this file instead of standard output");
  app.add_option("--store", plan.store, "Write DIR/NAME/ID/NAME.sym for each FILE and print the paths")
      ->type_name("DIR")
      ->excludes(output);
  app.add_option(
         "--sources", plan.sources,
         "Write a line for each FILE: its symbol file (or nothing), itself, its debug file; tabs between")
      ->type_name("LIST");
  app.add_option("--debug-file", inputs.debug_file, "Where the debug information of a stripped FILE is");
  app.add_option("--debug-folder", inputs.debug_folders,
                 "Look there for debug files by build id, before /usr/lib/debug; may be given several times")
      ->type_name("DIR");
  app.add_option("--name", inputs.name, "What crash reports call the module; else the name of FILE");
  app.add_option("-j,--threads", plan.threads, "Threads to work with; else one for each core")
      ->check(CLI::Range(1, 256));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitOk : kExitUsage;
  }
  inputs.debug_folders.emplace_back(kDebugFolder);
  const bool one_path = !inputs.debug_file.empty() || !inputs.name.empty();
  if (inputs.paths.size() > 1 && one_path) {
    std::fprintf(stderr, "cairn-symgen: %zu files: give neither --debug-file nor --name\n",
                 inputs.paths.size());
    return kExitUsage;
  }
  const std::vector<SymgenJob> jobs = FindSymgenJobs(inputs);
  if (jobs.empty()) {
    std::fprintf(stderr, "cairn-symgen: %s: no binary below it: give a folder that has some\n",
                 inputs.paths.front().c_str());
    return kExitProblem;
  }
  if (jobs.size() > 1 && plan.store.empty()) {
    std::fprintf(stderr, "cairn-symgen: %zu symbol files would come: give --store DIR\n", jobs.size());
    return kExitUsage;
  }
  return RunSymgen(jobs, plan);
}

}  // namespace
}  // namespace cairn::apps

int main(int argc, char** argv) { return cairn::apps::Main(argc, argv); }
