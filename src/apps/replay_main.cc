// `cairn replay`, which `cairn` starts: a load test with made-up pings and reports, and its comparison.
#include <signal.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apps/command.h"
#include "apps/replay_check.h"
#include "apps/replay_ledger.h"
#include "apps/replay_load.h"
#include "apps/replay_modules.h"
#include "apps/replay_population.h"
#include "apps/replay_summary.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/random.h"

namespace cairn::apps {
namespace {

constexpr std::string_view kVerb = "replay";
constexpr rlim_t kFilesBesideConnections = 64;

struct RunOptions {
  std::string url;
  LoadOptions load;
  double seconds = 0;
  std::size_t stacks = 20'000;
  std::size_t dumps = 300;
  std::uint64_t seed = 0;
  std::string symbols;
  std::string write_symbols;
  std::string write_rules;
  std::string ledger;
  bool json = false;
};

std::atomic<bool> stopped = false;

// The first time the schedule ends and the last answers are waited for, the second time the program does.
void StopAtSignals() {
  for (const int number : {SIGINT, SIGTERM}) {
    struct sigaction action{};
    action.sa_handler = [](int) { stopped = true; };
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
    sigaction(number, &action, nullptr);
  }
}

// "http://127.0.0.1:8000" into host and port.
bool TakeUrl(const std::string& url, LoadOptions& load) {
  constexpr std::string_view kScheme = "http://";
  std::string_view text = url;
  if (!text.starts_with(kScheme)) return false;
  text.remove_prefix(kScheme.size());
  text = text.substr(0, text.find('/'));
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  load.host = text.substr(0, colon);
  if (load.host == "localhost") load.host = "127.0.0.1";
  const std::string port(text.substr(colon + 1));
  const unsigned long number = std::strtoul(port.c_str(), nullptr, 10);
  load.port = static_cast<std::uint16_t>(number);
  return number > 0 && number < 65'536 && load.host.find_first_not_of("0123456789.") == std::string::npos;
}

// A rate and a time say how many, where nobody did.
void SetTotal(StreamOptions& stream, double seconds) {
  if (stream.total == 0) stream.total = static_cast<std::uint64_t>(stream.per_second * seconds);
}

void RaiseOpenFilesLimit(std::size_t connections) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max,
                                    std::max<rlim_t>(limit.rlim_cur, connections + kFilesBesideConnections));
  (void)setrlimit(RLIMIT_NOFILE, &limit);
}

int Fail(const std::string& what, const base::Error& error) {
  PrintError(kVerb, what + ": " + base::Describe(error));
  return ExitCodeOf(error);
}

// What is written for the server, before anything is sent. Whether that was all that was asked for.
base::Status WriteForServer(const RunOptions& options, const std::vector<ReplayModule>& made_up) {
  if (!options.write_symbols.empty()) RETURN_IF_ERROR(WriteSymbolFiles(made_up, options.write_symbols));
  if (!options.write_rules.empty())
    RETURN_IF_ERROR(os::WriteFileDurably(options.write_rules, base::AsBytes(RulesThatKeepBeta())));
  return {};
}

int Run(RunOptions options) {
  std::vector<ReplayModule> modules = MadeUpModules();
  if (const base::Status written = WriteForServer(options, modules); !written)
    return Fail("--write-symbols, --write-rules", written.error());
  SetTotal(options.load.pings, options.seconds);
  SetTotal(options.load.reports, options.seconds);
  const bool sends = options.load.pings.total + options.load.reports.total > 0;
  if (!sends && (!options.write_symbols.empty() || !options.write_rules.empty())) return kExitOk;
  if (!sends || !TakeUrl(options.url, options.load)) {
    PrintError(
        kVerb,
        "say where to, --url http://ADDRESS:PORT, and how much: --total-pings, --total-submissions, or "
        "rates and --seconds");
    return kExitUsage;
  }
  if (!options.symbols.empty()) {
    base::Result<std::vector<ReplayModule>> read = ReadModulesOf(options.symbols);
    if (!read) return Fail(options.symbols, read.error());
    modules = *std::move(read);
  }
  if (options.seed == 0) os::FillRandom(std::as_writable_bytes(std::span(&options.seed, 1)));
  options.load.seed = options.seed;
  options.load.stop = &stopped;
  RaiseOpenFilesLimit(options.load.connections);

  const double cpu_before = CpuSecondsOfProcess();
  const ReplayPopulation population({.seed = options.seed,
                                     .stacks = options.stacks,
                                     .dumps = options.dumps,
                                     .ping_modules = std::move(modules),
                                     .now_ms = os::UnixMillis()});
  const double preparing = CpuSecondsOfProcess() - cpu_before;
  std::optional<LedgerFile> ledger;
  if (!options.ledger.empty()) {
    base::Result<LedgerFile> opened = LedgerFile::Open(options.ledger);
    if (!opened) return Fail(options.ledger, opened.error());
    ledger = *std::move(opened);
  }
  StopAtSignals();
  base::Result<LoadResult> result = RunLoad(options.load, population, ledger ? &*ledger : nullptr);
  if (!result) return Fail(options.url, result.error());
  PrintSummary({options.load, *std::move(result), preparing, population.bytes()}, options.json);
  return kExitOk;
}

void AddRunOptions(CLI::App& app, RunOptions& options) {
  const CLI::Range share(0.0, 1.0);
  LoadOptions& load = options.load;
  app.add_option("--url", options.url, "the server, such as http://127.0.0.1:8000");
  app.add_option("--pings-per-second", load.pings.per_second, "0 (default): as fast as answers come");
  app.add_option("--submissions-per-second", load.reports.per_second, "likewise, crash reports");
  app.add_option("--total-pings", load.pings.total, "how many pings");
  app.add_option("--total-submissions", load.reports.total, "how many reports");
  app.add_option("--seconds", options.seconds, "how long, where a rate and no total is given");
  app.add_option("--connections", load.connections, "kept open at once (default 64)")
      ->check(CLI::Range(1, 2'000));
  app.add_option("--stacks", options.stacks, "distinct stacks of pings (default 20000)")
      ->check(CLI::Range(1, 1'000'000));
  app.add_option("--dumps", options.dumps, "distinct dumps of reports (default 300)")
      ->check(CLI::Range(1, 100'000));
  app.add_option("--duplicates", load.duplicates, "share that is sent twice (default 0.02)")->check(share);
  app.add_option("--bad", load.bad, "share whose body is broken (default 0)")->check(share);
  app.add_option("--kept", load.kept,
                 "share of reports of channel beta, the others being of release; the rules of "
                 "--write-rules keep these (default 0.1)")
      ->check(share);
  app.add_option("--usage-share", load.usage_share, "share of main pings among pings (default 0)")
      ->check(share);
  app.add_option("--retry-ms", load.retry_ms, "until a 5xx or no answer is tried again (default 1000)");
  app.add_option("--timeout-ms", load.timeout_ms, "until an answer is given up (default 60000)");
  app.add_option("--patience-ms", load.patience_ms, "for the last answers, at the end (default 60000)");
  app.add_option("--symbols", options.symbols,
                 "a folder of .sym files whose addresses the pings' stacks have; "
                 "without it modules are made up");
  app.add_option("--write-symbols", options.write_symbols,
                 "puts the made-up modules' .sym files into this folder");
  app.add_option("--write-rules", options.write_rules,
                 "writes rules for the collector that keep what --kept says");
  app.add_option("--seed", options.seed, "the same population and ids for the same seed (default: random)");
  app.add_option("--ledger", options.ledger, "a file to which each acknowledged id is appended");
  app.add_flag("--json", options.json, "the summary as JSON");
}

int Main(int argc, char** argv) {
  CLI::App app("Sends made-up crash pings and reports to a server, and measures", "cairn replay");
  RunOptions run;
  AddRunOptions(app, run);
  CheckOptions checked;
  double patience_s = 60;
  CLI::App* const check = app.add_subcommand("check", "compare ledgers with what the server has");
  check
      ->add_option("--ledger", checked.ledgers,
                   "what `cairn replay --ledger` wrote; may be given several times")
      ->required();
  check->add_option("--url", checked.url, "the server")->required();
  check->add_option("--token", checked.token, "a token with the permission view_pings");
  check->add_flag("--nothing-else", checked.nothing_else,
                  "the server never had anything else: compare counts as well");
  check->add_option("--wait", patience_s, "seconds for what is not processed yet (default 60)");
  check->add_flag("--json", checked.json, "as JSON");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {  // CLI11's own way to say it; nothing else throws.
    return app.exit(error) == 0 ? kExitOk : kExitUsage;
  }
  if (!check->parsed()) return Run(std::move(run));
  checked.patience_ms = static_cast<int>(patience_s * 1000);
  return CheckLedgers(checked);
}

}  // namespace
}  // namespace cairn::apps

int main(int argc, char** argv) { return cairn::apps::Main(argc, argv); }
